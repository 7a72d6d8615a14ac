import { describe, expect, it } from 'vitest';
import { type SensitiveAt, yearInputs } from '../../src/cli/report-account.ts';
import { bookAccount } from '../../src/cli/report-book.ts';
import { decimal } from '../../src/domain/decimal.ts';
import { type BookRows, type Correction, EMPTY_BOOK } from '../../src/domain/rows.ts';
import { distributionOf } from '../../src/fix/report/distribution.ts';
import { type YearReport, yearReport } from '../../src/fix/report/report.ts';
import type { Rulebook } from '../../src/index.ts';
import { at } from '../normalize/rows.ts';
import { calendar, hold, judgement, quote, revision, rulebook } from './small-book.ts';

/** The report of 2026 of a small book. */
async function report(
  rules: Rulebook | readonly Rulebook[],
  quotes: readonly string[],
  rows: Partial<BookRows> = {},
  { until, sensitive = 'never' }: { until?: string; sensitive?: SensitiveAt } = {},
): Promise<YearReport> {
  const rulebooks = Array.isArray(rules) ? rules : [rules as Rulebook];
  const book = {
    ...{ rulebooks, contracts: [], rejects: [], rulebookRejects: [] },
    rows: { ...EMPTY_BOOK, quotes: quotes.map(quote), ...rows },
  };
  const account = bookAccount(book as never, rulebooks, 2026, until);
  if (!account) throw new RangeError('no fixing');
  return yearReport(await yearInputs(account, 2026, sensitive, () => undefined));
}

/**
 * Two weeks on weekdays: alpha 2 and beta 4 in equal quantities, so 3.0000 and 100. beta is
 * withdrawn on Thursday and Friday, and imputed at 4: one constituent is left, and two must be. On
 * the second Tuesday alpha is 2.5, which is seen a day late and brings a revision.
 */
const FORTNIGHT = {
  base: '{ date: 2026-07-06, level: "100" }',
  calendar: 'weekdays',
  gates: '{ min_constituents: 2 }',
  finality: '{ hours: 8, restate_above: "0.01" }',
};
const PRICES = [
  '2026-07-01 acme/alpha 2',
  '2026-07-01 bell/beta 4',
  '2026-07-09 bell/beta withdrawn',
  '2026-07-13 bell/beta 4',
  '2026-07-14T12:00:00Z acme/alpha 2.5 observed=2026-07-15T10:00:00Z',
  // The last day that anything is known of.
  '2026-07-17 coil/gamma 1',
];
const REVISED = { revisions: [revision('TEST 2026-07-14 1 2026-07-15T12:00:00Z')] };
const fortnight = () =>
  report(rulebook({ ...FORTNIGHT, universe: '{ exclude: { models: [gamma] } }' }), PRICES, REVISED);

describe('a fortnight by hand', () => {
  it('counts its days, and says which were not as they should be', async () => {
    const { days, exceptions, reasons, from, to, first, last } = await fortnight();
    expect({ from, to }).toEqual({ from: '2026-07-06', to: '2026-07-17' });
    expect(days).toEqual({
      ...{ scheduled: 10, published: 8, repeated: 0, withheld: 2, missing: 0 },
      ...{ live: 0, reconstructed: 10 },
    });
    expect(reasons).toEqual([{ reason: 'min_constituents', days: 2 }]);
    expect(exceptions).toEqual([
      {
        ...{ from: '2026-07-09', to: '2026-07-10', days: 2, status: 'withheld' },
        reasons: ['min_constituents'],
      },
    ]);
    expect(first).toEqual({ date: '2026-07-06', price: '3.0000', level: '100.0000' });
    // (2.5 + 4) / 2, and 6.5 / 6.
    expect(last).toEqual({ date: '2026-07-17', price: '3.2500', level: '108.3333' });
  });

  it('says how near its gate came', async () => {
    expect((await fortnight()).gates).toEqual([
      {
        ...{ name: 'min_constituents', thresholds: ['2'], measured_days: 10, failed_days: 2 },
        ...{ nearest: '1', nearest_on: '2026-07-09' },
      },
    ]);
  });

  it('measures the restatement against what it took the place of', async () => {
    expect((await fortnight()).restatements).toEqual([
      {
        ...{ date: '2026-07-14', revision: 1, known_at: '2026-07-15T12:00:00Z', reason: 'late' },
        // 3 to 3.25 is a twelfth.
        price: { before: '3.0000', after: '3.2500', percent: '8.3333' },
        level: { before: '100.0000', after: '108.3333', percent: '8.3333' },
        ...{ beyond_threshold: true, threshold: '0.01' },
      },
    ]);
  });

  it('says how coverage and concentration lay', async () => {
    const { coverage, concentration } = await fortnight();
    // alpha alone is 2 of 6 on two days of ten: (8 + 2/3) / 10.
    expect(coverage).toEqual({
      ...{ days: 10, least: '0.333333', least_on: '2026-07-09', lower_quartile: '1.000000' },
      ...{ median: '1.000000', upper_quartile: '1.000000', most: '1.000000' },
      ...{ most_on: '2026-07-06', mean: '0.866667' },
    });
    const { hhi, largest_constituent, largest_lab, months } = concentration;
    // 1/9 + 4/9 on six days, (2.5² + 4²) / 6.5² on four.
    expect(hhi).toMatchObject({ most: '0.555556', least: '0.526627', mean: '0.543984' });
    expect(hhi).toMatchObject({ least_on: '2026-07-14', most_on: '2026-07-06' });
    expect(largest_constituent).toMatchObject({ id: 'beta', most: '0.666667', least: '0.615385' });
    expect(largest_lab).toMatchObject({ id: 'bell', most: '0.666667' });
    expect(months).toEqual([
      {
        ...{ date: '2026-07-17', constituents: 2, coverage: '1.000000', hhi: '0.526627' },
        ...{ largest_constituent: 'beta', largest_constituent_share: '0.615385' },
        ...{ largest_lab: 'bell', largest_lab_share: '0.615385' },
      },
    ]);
  });

  it('says what the prices rested on', async () => {
    const { evidence, exclusions } = await fortnight();
    expect(evidence).toEqual([
      {
        ...{ evidence: 'observed', prices: 18, days: 10, share_of_prices: '0.900000' },
        mean_share_of_value: '0.866667',
      },
      {
        ...{ evidence: 'imputed', prices: 2, days: 2, share_of_prices: '0.100000' },
        // 4 of 6 on two days of ten.
        mean_share_of_value: '0.133333',
      },
    ]);
    expect(exclusions).toEqual([]);
  });

  it('counts as due what the reader says was due', async () => {
    const rules = rulebook(FORTNIGHT);
    const { days, to } = await report(rules, PRICES, {}, { until: '2026-07-10' });
    expect({ days: days.scheduled, to }).toEqual({ days: 5, to: '2026-07-10' });
  });
});

/** acme asks 4 for alpha, and 40 from the third day at nine on; bell 2 for beta. Cut-off 16:00. */
const HELD = [
  '2026-07-01 acme/alpha 4 observed=2026-07-01',
  '2026-07-01 bell/beta 2 observed=2026-07-01',
  '2026-07-03T09:00:00Z acme/alpha 40 observed=2026-07-03T09:00:00Z',
  '2026-07-08 bell/beta 2.1 observed=2026-07-08',
];
const HOLDING = {
  mode: 'settlement',
  hold: '{ move: "3", max_hours: 48 }',
  cutoff: '{ time: "16:00", zone: UTC }',
};
const QUOTE = '2026-07-03T09:00:00Z acme/alpha';

describe('a hold', () => {
  const ways: readonly [string, string[], Partial<BookRows>, object][] = [
    [
      'released',
      [],
      { holds: [hold(`${QUOTE} release 2026-07-04T12:00:00Z`)] },
      { fixings: 1, by: ['a. smith', 'b. jones'], decided_at: '2026-07-04T12:00:00Z' },
    ],
    [
      'rejected',
      [],
      { holds: [hold(`${QUOTE} reject 2026-07-04T12:00:00Z`)] },
      { fixings: 1, by: ['a. smith', 'b. jones'], rationale: 'asked the vendor' },
    ],
    // 48 hours are over at nine on the fifth: it was held at two cut-offs.
    ['expired', [], {}, { fixings: 2, last_day: '2026-07-04', by: [], decided_at: null }],
    [
      'confirmed',
      ['2026-07-04T09:00:00Z acme/alpha 40 venue=router observed=2026-07-04T09:00:00Z'],
      {},
      { fixings: 1, by: [] },
    ],
    [
      'replaced',
      ['2026-07-04T09:00:00Z acme/alpha 4.2 observed=2026-07-04T09:00:00Z'],
      {},
      { fixings: 1, by: [] },
    ],
  ];
  it.each(ways)('ends %s', async (outcome, quotes, rows, expected) => {
    const { holds } = await report(rulebook(HOLDING), [...HELD, ...quotes], rows);
    expect(holds.holds).toHaveLength(1);
    expect(holds.holds?.[0]).toMatchObject({
      ...{ constituent: 'alpha', seller: 'acme', quoted_as: 'alpha', venue: 'acme' },
      ...{ effective_at: '2026-07-03T09:00:00Z', since: '2026-07-03T09:00:00Z' },
      ...{ suspicions: ['moves'], first_day: '2026-07-03', outcome, ...expected },
    });
    expect(holds.outcomes).toEqual({ [outcome]: 1 });
    const { fixings, in_basket } = holds.holds?.[0] ?? {};
    expect(holds.fixings_with_held_prices).toBe(fixings);
    expect(in_basket).toBe(fixings);
  });

  it('may still wait at the end', async () => {
    const { holds } = await report(rulebook(HOLDING), HELD, {}, { until: '2026-07-04' });
    expect(holds.outcomes).toEqual({ waiting: 1 });
    expect(holds.holds?.[0]).toMatchObject({ fixings: 2, last_day: '2026-07-04' });
  });

  it('ends where a new rulebook holds nothing', async () => {
    const next = rulebook({
      ...{ mode: 'settlement', cutoff: HOLDING.cutoff, version: '2.0.0' },
      effective_from: '2026-07-04',
    });
    const { holds, rulebooks } = await report([rulebook(HOLDING), next], HELD);
    expect(holds.outcomes).toEqual({ rule_changed: 1 });
    expect(
      rulebooks.map(({ version, first_day, fixings }) => [version, first_day, fixings]),
    ).toEqual([
      ['1.0.0', '2026-07-01', 3],
      ['2.0.0', '2026-07-04', 5],
    ]);
  });

  it('by people goes on until they decide again', async () => {
    const holds = [
      hold('2026-07-08 bell/beta hold 2026-07-08T10:00:00Z'),
      hold('2026-07-08 bell/beta release 2026-07-10T10:00:00Z'),
      hold(`${QUOTE} reject 2026-07-03T10:00:00Z`),
    ];
    const later = '2026-07-11 acme/alpha 4.1 observed=2026-07-11';
    const found = await report(rulebook(HOLDING), [...HELD, later], { holds });
    expect(found.holds.holds).toMatchObject([
      {
        ...{ quoted_as: 'beta', suspicions: ['decision'], first_day: '2026-07-08' },
        ...{ last_day: '2026-07-09', fixings: 2, outcome: 'released' },
      },
    ]);
    // Each decision is printed while it bears on what stands: 3 to 10, 8 and 9, 10 and 11.
    expect(
      found.decisions.map(
        ({ quoted_as, decision, fixings }) => `${quoted_as} ${decision} ${fixings}`,
      ),
    ).toEqual(['alpha reject 8', 'beta hold 2', 'beta release 2']);
  });
});

describe('judgements and corrections', () => {
  it('are listed with who, when, why and where they stood', async () => {
    const rules = rulebook({ mode: 'settlement', fallback: '[{ rule: judgement }]' });
    const quotes = [
      '2026-07-01 acme/alpha 4 until=2026-07-03',
      '2026-07-01 bell/beta 2',
      '2026-07-06 bell/beta 2.2',
    ];
    const judgements = [
      judgement('2026-07-03 2026-07-05 alpha 5 2026-07-02'),
      judgement('2026-08-03 - alpha 9 2026-07-02'),
    ];
    const found = (await report(rules, quotes, { judgements })).judgements;
    expect(found).toEqual({
      fixings_with_judged_prices: 2,
      judgements: [
        {
          ...{ constituent: 'alpha', from: '2026-07-03', until: '2026-07-05', fixings: 2 },
          ...{ legs: { input: '5', output: '5' }, by: ['a. smith', 'b. jones'] },
          ...{ decided_at: '2026-07-02T00:00:00Z', rationale: 'asked the vendor' },
        },
      ],
    });
  });

  it('count in the year in which they became known', async () => {
    const correction = (
      effective: string,
      known: string | null,
      is: string | null,
    ): Correction => ({
      ...{ seller: 'acme', model: 'alpha', effectiveAtMs: at(effective), source: '' },
      was: { input: decimal(effective.endsWith('01') ? 4 : 5), output: decimal(4) },
      is: is === null ? null : { input: decimal(is), output: decimal(is) },
      ...{ reason: `of ${effective}`, knownSinceMs: known === null ? null : at(known) },
    });
    const quotes = ['2025-06-01 acme/alpha 4', '2026-07-01 acme/alpha 4', '2026-07-09 bell/beta 1'];
    const rules = rulebook({ base: '{ date: 2025-07-01, level: "100" }' });
    const corrections = [
      correction('2025-06-01', '2025-08-01', '3'),
      correction('2026-07-01', '2026-07-05', null),
    ];
    const found = await report(rules, quotes, { corrections });
    expect(found.corrections).toEqual([
      {
        ...{ seller: 'acme', quoted_as: 'alpha', effective_at: '2026-07-01T00:00:00Z' },
        ...{ was: { input: '4', output: '4' }, is: null, reason: 'of 2026-07-01' },
        known_since: '2026-07-05T00:00:00Z',
      },
    ]);
  });
});

describe('a restatement', () => {
  const late = (price: string, seen: string) =>
    `2026-07-03T12:00:00Z acme/alpha ${price} observed=2026-07-0${seen}`;
  const revisions = [
    revision('TEST 2026-07-03 1 2026-07-05T00:00:00Z'),
    revision('TEST 2026-07-03 2 2026-07-07T00:00:00Z'),
  ];

  it('is measured against the revision before it, each by itself', async () => {
    const rules = rulebook({ finality: '{ hours: 96, restate_above: "0.2" }' });
    const quotes = ['2026-07-01 acme/alpha 4', late('5', '4'), late('4.5', '6')];
    const { restatements, days } = await report(rules, quotes, { revisions });
    expect(
      restatements.map((one) => [one.revision, one.level.percent, one.beyond_threshold]),
    ).toEqual([
      [1, '25.0000', true],
      // A tenth less than 5.
      [2, '-10.0000', false],
    ]);
    expect(days).toMatchObject({ scheduled: 6, published: 6 });
  });

  it('of a day that was withheld has no size', async () => {
    const rules = rulebook({ gates: '{ max_move: "0.1" }' });
    const quotes = [
      ...['2026-07-01 acme/alpha 4', '2026-07-03T11:00:00Z acme/alpha 6', late('4.2', '4')],
    ];
    const [first = revision('')] = revisions;
    const { restatements, gates } = await report(rules, quotes, { revisions: [first] });
    expect(restatements).toMatchObject([
      {
        price: { before: null, after: '4.2000', percent: null },
        level: { before: null, after: '105.0000', percent: null },
        beyond_threshold: null,
      },
    ]);
    // The fourth stays as it came out on its day, before the revision: from 6 to 4.2.
    expect(gates).toMatchObject([
      { name: 'max_move', failed_days: 1, nearest: '0.3', nearest_on: '2026-07-04' },
    ]);
  });
});

describe('a year', () => {
  it('repeats, and is suspended, as on_withheld says', async () => {
    const rules = rulebook({ gates: '{ min_constituents: 2 }', on_withheld: '{ previous: 2 }' });
    const quotes = [
      ...['2026-07-01 acme/alpha 2', '2026-07-01 bell/beta 4', '2026-07-02 bell/beta withdrawn'],
      '2026-07-06 bell/beta 4',
    ];
    const { days, exceptions } = await report(rules, quotes);
    expect(days).toMatchObject({ scheduled: 6, published: 2, repeated: 2, withheld: 2 });
    expect(
      exceptions.map(({ from, to, status, reasons }) => [from, to, status, ...reasons]),
    ).toEqual([
      ['2026-07-02', '2026-07-03', 'repeated', 'min_constituents'],
      ['2026-07-04', '2026-07-05', 'withheld', 'min_constituents', 'suspended'],
    ]);
  });

  it('begins with the basket of the year before, and names what entered and left', async () => {
    const rules = rulebook({
      base: '{ date: 2025-12-01, level: "100" }',
      rebalance: '{ frequency: monthly, on: first_day, effective: after_close }',
    });
    const quotes = [
      ...['2025-11-01 acme/alpha 2', '2025-11-01 bell/beta 4', '2025-12-10 coil/gamma 3'],
      ...['2026-01-20 bell/beta withdrawn', '2026-02-03 acme/alpha 2.1'],
    ];
    const { rebalances, from } = await report(rules, quotes);
    expect(from).toBe('2026-01-01');
    expect(
      rebalances.map(({ series, first_day, entered, left }) => [series, first_day, entered, left]),
    ).toEqual([
      [2, '2026-01-02', ['gamma'], []],
      [3, '2026-02-02', [], ['beta']],
    ]);
    // alpha and beta at 3, with gamma at 3 as well: no step. Then beta's 4 goes.
    expect(rebalances.map(({ roll_spread }) => Number(roll_spread))).toEqual([0, -0.5]);
  });

  it('has days of a calendar with holidays', async () => {
    const rules = rulebook({ calendar: 'own' });
    const calendars = calendar('own', '2026-07-03 closed', '2026-07-04 open');
    const quotes = ['2026-07-01 acme/alpha 2', '2026-07-06 acme/alpha 3'];
    const { days, exceptions } = await report(rules, quotes, { calendars });
    // Wednesday, Thursday, the Saturday that is open, Monday.
    expect(days).toMatchObject({ scheduled: 4, published: 4, missing: 0 });
    expect(exceptions).toEqual([]);
  });

  it('ends each quarter with its sensitivity, where that is asked for', async () => {
    const quotes = ['2026-06-25 acme/alpha 2', '2026-10-02 acme/alpha 3'];
    const rules = rulebook({ base: '{ date: 2026-06-29, level: "100" }', calendar: 'weekdays' });
    const dates = async (sensitive: SensitiveAt) =>
      (await report(rules, quotes, {}, { sensitive })).sensitivities.map(({ date }) => date);
    expect(await dates('quarters')).toEqual(['2026-06-30', '2026-09-30', '2026-10-02']);
    expect(await dates('year')).toEqual(['2026-10-02']);
    expect(await dates('never')).toEqual([]);
  });

  it('of a shipped index has a fixing each day, and a basket each month', async () => {
    const { evidenceOf, findBook, readBook } = await import('../../src/index.ts');
    const book = await readBook(await findBook('data'));
    expect(evidenceOf(book.rows).offers.length).toBeGreaterThan(0);
    const versions = book.rulebooks.filter(({ index }) => index === 'MTOK-LIST');
    const account = bookAccount(book, versions, 2025, undefined);
    const inputs = await yearInputs(account!, 2025, 'never', () => undefined);
    const { days, rebalances, evidence } = yearReport(inputs);
    expect(days).toMatchObject({ scheduled: 365, published: 365, missing: 0, reconstructed: 365 });
    expect(rebalances).toHaveLength(12);
    const total = evidence.reduce((sum, one) => sum + Number(one.mean_share_of_value), 0);
    expect(total).toBeCloseTo(1, 5);
  });
});

describe('a distribution', () => {
  const dated = (...values: string[]) =>
    values.map((value, day) => ({ date: `2026-07-0${day + 1}`, value: decimal(value) }));

  it('of one day is that day', () => {
    expect(distributionOf(dated('0.25'))).toEqual({
      ...{ days: 1, least: '0.250000', least_on: '2026-07-01', lower_quartile: '0.250000' },
      ...{ median: '0.250000', upper_quartile: '0.250000', most: '0.250000' },
      ...{ most_on: '2026-07-01', mean: '0.250000' },
    });
  });

  it('has quartiles between neighbours, and names the first of equal days', () => {
    // Sorted 1 2 3 4: a quarter of the way is 1.75, a half 2.5, three quarters 3.25.
    expect(distributionOf(dated('4', '1', '3', '2'))).toMatchObject({
      ...{ lower_quartile: '1.750000', median: '2.500000', upper_quartile: '3.250000' },
      ...{ least_on: '2026-07-02', most_on: '2026-07-01', mean: '2.500000' },
    });
    expect(distributionOf(dated('1', '1', '1'))).toMatchObject({ most_on: '2026-07-01' });
  });

  it('of no day is refused', () => {
    expect(() => distributionOf([])).toThrow('at least one day');
  });
});
