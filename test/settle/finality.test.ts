import { describe, expect, it } from 'vitest';
import { canonicalJson, decimal, settlementSchema } from '../../src/index.ts';
import { codes, july, result, settled, steps } from './small-contract.ts';

const LAST = '2026-07-31';
const REVISED = '2026-07-15 90.0000 rev=1 known=';

describe('the status of a settlement', () => {
  it.each([
    ['2026-07-15T20:00:00Z', 'indicative'],
    ['2026-07-31T20:00:00Z', 'preliminary'],
    // The first business day after the last, at its hour; the last fixing is final by then.
    ['2026-08-03T17:59:59Z', 'preliminary'],
    ['2026-08-03T18:00:00Z', 'final'],
    ['2027-01-01T00:00:00Z', 'final'],
  ])('at %s it is %s', (at, status) => {
    const found = settled({ fixings: july(), at });
    expect(found.status).toBe(status);
    expect(() => settlementSchema.parse(found)).not.toThrow();
    if (status === 'final') expect(found.known_at).toBe('2026-08-03T18:00:00Z');
  });

  it('is that of the last fixing given, where no moment is', () => {
    const found = settled({ fixings: july(), at: 'unsaid' });
    expect(found).toMatchObject({ status: 'preliminary', known_at: '2026-07-31T16:00:00Z' });
  });

  it('waits for the last fixing to be final', () => {
    const final =
      '{ from_day: 1, deadline_day: 3, time: "18:00", zone: UTC, fixing_after_hours: 96 }';
    const found = settled({ terms: { final }, fixings: july() });
    expect(found).toMatchObject({ status: 'final', known_at: '2026-08-04T16:00:00Z' });
  });

  it('goes by what a publication says is final', () => {
    const at = '2026-08-04T00:00:00Z';
    const said = july({ [LAST]: `100.0000 final=${at}` });
    expect(settled({ fixings: said }).known_at).toBe(at);
    // Provisional to the end: at the deadline it does not count.
    const provisional = settled({ fixings: july({ [LAST]: '100.0000 final=never' }) });
    expect(steps(provisional, LAST)).toEqual([`${LAST} none null`]);
    expect(provisional.days.at(-1)?.why).toBe('not_final');
    expect(provisional).toMatchObject({ status: 'undetermined', known_at: '2026-08-05T18:00:00Z' });
  });

  it('is undetermined at the deadline where a day is still missing', () => {
    const fixings = [...july({ '2026-07-15': null })];
    expect(settled({ fixings, at: '2026-08-05T17:00:00Z' }).status).toBe('indicative');
    expect(codes(settled({ fixings }))).toEqual(['no_value 2026-07-15']);
  });

  it('is illustrative on a single fixing that was calculated after its day', () => {
    expect(settled({ fixings: july() }).illustrative).toBe(false);
    const one = july({ '2026-07-15': '100.0000 basis=reconstructed' });
    expect(settled({ fixings: one }).illustrative).toBe(true);
  });

  it('needs a fixing, and a period that has begun to be settled', () => {
    expect(result({ fixings: [], at: 'unsaid' })).toMatchObject({ none: { code: 'no_fixings' } });
    const early = result({ fixings: july(), period: '2025-12' });
    expect(early).toMatchObject({ none: { code: 'before_first_day' } });
  });
});

describe('a restatement', () => {
  const known = (moment: string) => [...july(), REVISED + moment];
  // 22 · 100 + 90, over 23.
  const RESTATED = '99.57';

  it('before the last day counts under either rule', () => {
    for (const revisions of ['until_final', 'until_last_day']) {
      const found = settled({ terms: { revisions }, fixings: known('2026-07-20T12:00:00Z') });
      expect(found.settled).toBe(RESTATED);
      expect(found.days.find(({ day }) => day === '2026-07-15')?.fixing?.revision).toBe(1);
    }
  });

  it('after the last day counts where the contract says so', () => {
    const fixings = known('2026-08-01T12:00:00Z');
    expect(settled({ terms: { revisions: 'until_final' }, fixings }).settled).toBe(RESTATED);
    expect(settled({ terms: { revisions: 'until_last_day' }, fixings }).settled).toBe('100.00');
  });

  it('is waited for until it is final, and no longer than the deadline', () => {
    const late = settled({ fixings: known('2026-08-03T12:00:00Z') });
    expect(late).toMatchObject({ settled: RESTATED, known_at: '2026-08-04T12:00:00Z' });
    const never = settled({ fixings: known('2026-08-03T12:00:00Z final=never') });
    // At the deadline the fixing that it would take the place of is the last final one.
    expect(never).toMatchObject({ settled: '100.00', known_at: '2026-08-05T18:00:00Z' });
  });

  it('after finality changes nothing, to the byte', () => {
    const before = settled({ fixings: july(), at: '2026-08-03T18:00:00Z' });
    for (const moment of ['2026-08-03T18:00:01Z', '2026-08-04T12:00:00Z', '2026-09-01T00:00:00Z']) {
      expect(canonicalJson(settled({ fixings: known(moment) }))).toBe(canonicalJson(before));
    }
  });

  it('is not used before it was known', () => {
    const fixings = known('2026-07-20T12:00:00Z');
    const { days } = settled({ fixings, at: '2026-07-20T11:00:00Z' });
    expect(days.find(({ day }) => day === '2026-07-15')?.value).toBe('100.0000');
  });
});

describe('two fixings of one day', () => {
  it('that say different things as the same revision are refused', () => {
    const fixings = [...july(), '2026-07-15 90.0000'];
    expect(() => settled({ fixings })).toThrow(/one fixing of TEST on 2026-07-15 as revision 0/);
  });

  it('that are the same are one', () => {
    expect(settled({ fixings: [...july(), ...july()] })).toEqual(settled({ fixings: july() }));
  });
});

it('a document names the one that it takes over from', () => {
  const supersedes = 'a'.repeat(64);
  expect(settled({ fixings: july(), supersedes }).supersedes).toBe(supersedes);
  expect(settled({ fixings: july() }).supersedes).toBeNull();
});

describe('money', () => {
  it('is the settled price, not the mean, times the multiplier', () => {
    const found = settled({ fixings: july({ '2026-07-15': '90.0000' }) });
    expect(found.unrounded).toBe('99.56521739130434782608695652173913043478');
    expect(found).toMatchObject({
      settled: '99.57',
      cash: { kind: 'settled_value', amount: '995.7' },
    });
  });

  it('of a swap goes to the payer of the fixed price, and is negative below it', () => {
    const cash = (fixed: string) =>
      settled({
        terms: { cash: `{ kind: difference, fixed: "${fixed}" }` },
        fixings: july(),
      }).cash?.amount;
    expect(cash('98.5')).toBe('15');
    expect(cash('101.25')).toBe('-12.5');
  });

  it('waits for the settlement before, where a tie settles nearer to it', () => {
    const terms = { tie: 'nearer_prior', averaging: '{ method: last_fixing }' };
    const fixings = [`${LAST} 100.0050`];
    const waits = settled({ terms, fixings });
    expect(codes(waits)).toEqual(['no_prior_settlement']);
    expect(waits).toMatchObject({ unrounded: '100.005', settled: null, tie: { applied: true } });
    const up = settled({ terms, fixings, prior: decimal('101') });
    expect(up).toMatchObject({ settled: '100.01', tie: { applied: true, prior: '101' } });
    expect(settled({ terms, fixings, prior: decimal('99') }).settled).toBe('100.00');
  });
});
