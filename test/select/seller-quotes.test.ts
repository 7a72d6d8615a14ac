import { describe, expect, it } from 'vitest';
import { toText } from '../../src/domain/decimal.ts';
import type { ModelAlias } from '../../src/domain/rows.ts';
import { candidatesOf } from '../../src/select/scope.ts';
import { sellerSays, toldBySellers } from '../../src/select/seller-quotes.ts';
import { evidence, rulebook } from '../fix/small-book.ts';
import { alias, at } from '../normalize/rows.ts';

interface Choice {
  readonly keys?: Readonly<Record<string, string>>;
  readonly models?: readonly ModelAlias[];
  readonly cutoff?: string;
}

/** `acme 3` for each seller whose quote counts, then `(reasons)` of the others. */
function chosen(lines: readonly string[], { keys, models = [], cutoff }: Choice = {}): string {
  const rules = rulebook(keys);
  const known = evidence(lines, { models });
  const cutoffMs = at(cutoff ?? '2026-07-01T12:00:00Z');
  const candidate = candidatesOf(rules, known).get('alpha')!;
  const horizon = { cutoffMs, knownAtMs: cutoffMs };
  const says = candidate.sellers.map((one) => sellerSays(candidate, one, horizon, rules, known));
  const quotes = says.flatMap(({ quote }) => quote ?? []);
  const used = quotes.map(({ seller, quote }) => `${seller} ${toText(quote.legs.input!)}`);
  const { outside } = toldBySellers(says);
  const left = outside.length > 0 ? ` (${[...outside].sort().join(' ')})` : '';
  return `${used.join(', ')}${left}`;
}

const D = '2026-07-01';

describe('a seller’s quote (clause seller-quote)', () => {
  const regions = [
    `${D} acme/alpha 1 region=eu`,
    `${D} acme/alpha 2 region=us`,
    `${D} acme/alpha 3 region=global`,
    `${D} bell/alpha 4 region=us`,
  ];
  it.each([
    ['global only', '[global]', 'acme 3 (other_region other_region other_region)'],
    ['global, else us', '[global, us]', 'acme 3, bell 4 (other_region other_region)'],
    ['us, else global', '[us, global]', 'acme 2, bell 4 (other_region other_region)'],
  ])('is of the first region that the seller quotes in: %s', (_, order, expected) => {
    expect(chosen(regions, { keys: { universe: `{ regions: ${order} }` } })).toBe(expected);
  });

  const venues = [
    `${D} acme/alpha 1 venue=router`,
    `${D} acme/alpha 2`,
    `${D} acme/alpha 3 venue=catalogue observed=2026-07-01T06:00:00Z`,
  ];
  it.each([
    ['the seller itself where no order is given', '[]', venues, 'acme 2'],
    ['the first of the order that is there', '[archive, router, acme]', venues, 'acme 1'],
    ['else where it was seen last', '[]', [venues[0]!, venues[2]!], 'acme 3'],
  ])('is of one venue: %s', (_, order, lines, expected) => {
    const found = chosen(lines, { keys: { price: `{ venues: ${order} }` } });
    expect(found.split(' (')[0]).toBe(expected);
  });

  const tiers = [
    `${D} acme/alpha 1`,
    `${D} acme/alpha 2 context=8000`,
    `${D} acme/alpha 4 context=200000`,
  ];
  it.each([
    ['the lowest below the next', '7999', 'acme 1'],
    ['the next from its bound on', '8000', 'acme 2'],
    ['the highest at or below the prompt', '300000', 'acme 4'],
  ])('is of the context tier of the workload: %s', (_, tokens, expected) => {
    const workload = `{ input: "0.5", output: "0.5", context_tokens: ${tokens} }`;
    expect(chosen(tiers, { keys: { workload } }).split(' (')[0]).toBe(expected);
  });

  it('is of the service tier of the workload', () => {
    const lines = [`${D} acme/alpha 2`, `${D} acme/alpha 1 tier=batch`];
    expect(chosen(lines)).toBe('acme 2 (other_tier)');
    const workload = '{ input: "0.5", output: "0.5", service_tier: batch }';
    expect(chosen(lines, { keys: { workload } })).toBe('acme 1 (other_tier)');
  });

  const hours = [`${D} acme/alpha 4`, `${D} acme/alpha 2 window=16:30-00:30`];
  it.each([
    ['before the hours', '2026-07-02T16:29:59Z', '4'],
    ['from their start', '2026-07-02T16:30:00Z', '2'],
    ['past midnight', '2026-07-03T00:29:59Z', '2'],
    ['not at their end', '2026-07-03T00:30:00Z', '4'],
  ])('is the one for the hours of the cut-off: %s', (_, cutoff, price) => {
    expect(chosen(hours, { cutoff })).toBe(`acme ${price} (other_hours)`);
  });
});

describe('two names of one seller for one model', () => {
  const models = [alias('alpha-0701', 'alpha'), alias('alpha-latest', 'alpha', { seller: 'acme' })];
  it('leave the later quote', () => {
    const lines = ['2026-06-01 acme/alpha-0701 3', '2026-06-15 acme/alpha-latest 2'];
    expect(chosen(lines, { models })).toBe('acme 2 (superseded)');
    expect(chosen([...lines].reverse(), { models })).toBe('acme 2 (superseded)');
  });

  it('leave the smaller name where both are of one moment', () => {
    const lines = ['2026-06-01 acme/alpha-latest 2', '2026-06-01 acme/alpha-0701 3'];
    expect(chosen(lines, { models })).toBe('acme 3 (superseded)');
  });

  it('count only while they mean it', () => {
    const moved = [
      alias('alpha-0701', 'alpha'),
      alias('latest', 'alpha', { until: '2026-07-01T12:00:00Z' }),
    ];
    const lines = ['2026-06-01 acme/alpha-0701 3', '2026-06-15 acme/latest 2'];
    expect(chosen(lines, { models: moved, cutoff: '2026-07-01T11:59:59Z' })).toMatch(/^acme 2/);
    expect(chosen(lines, { models: moved, cutoff: '2026-07-01T12:00:00Z' })).toBe('acme 3');
  });
});

describe('a constituent', () => {
  const withdrawn = (lines: readonly string[]) => {
    const known = evidence(lines);
    const candidate = candidatesOf(rulebook(), known).get('alpha')!;
    const horizon = { cutoffMs: at('2026-07-05'), knownAtMs: at('2026-07-05') };
    const rules = rulebook();
    const says = candidate.sellers.map((one) => sellerSays(candidate, one, horizon, rules, known));
    return toldBySellers(says).withdrawn;
  };
  const gone = [`${D} acme/alpha 3`, '2026-07-02 acme/alpha withdrawn'];
  it.each([
    ['by its one seller', gone, true],
    ['not while another sells it', [...gone, `${D} bell/alpha 3`], false],
    [
      'not while another’s price has only expired',
      [...gone, `${D} bell/alpha 3 until=2026-07-04`],
      false,
    ],
    [
      'by all of its sellers',
      [...gone, `${D} bell/alpha 3`, '2026-07-03 bell/alpha withdrawn'],
      true,
    ],
    ['whatever is sold in another region', [...gone, `${D} acme/alpha 3 region=eu`], true],
    ['not by a withdrawal that was undone', [...gone, '2026-07-04 acme/alpha 3'], false],
  ])('is withdrawn %s', (_, lines, expected) => {
    expect(withdrawn(lines)).toBe(expected);
  });
});
