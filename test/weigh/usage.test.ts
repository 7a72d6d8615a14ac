import { describe, expect, it } from 'vitest';
import { toText } from '../../src/domain/decimal.ts';
import type { Usage } from '../../src/domain/rows.ts';
import { usageIn, usageWindowBounds } from '../../src/weigh/usage.ts';
import { evidence, rulebook, usage } from '../fix/small-book.ts';
import { alias, at } from '../normalize/rows.ts';

const WEEK = { weights: '{ method: usage, window_days: 7, min_days: 1, lag_days: 2 }' };

/** `alpha in+out (cached) of total`, as a rebalance on 2026-07-10 sees it: window [01, 08). */
function seen(rows: readonly Usage[], options: { known?: string; rules?: string } = {}) {
  const rules = rulebook({ weights: options.rules ?? WEEK.weights });
  const known = at(options.known ?? '2026-07-10T23:59:00Z');
  const book = evidence([], { usage: rows });
  const window = usageIn(book, rules, at('2026-07-10'), known, (model) =>
    model === 'other' ? undefined : model,
  );
  const totals = [...window.totals].map(
    ([id, { input, cached, output, total }]) =>
      `${id} ${toText(input)}+${toText(output)} (${toText(cached)}) of ${toText(total)}`,
  );
  const unmatched = [...window.unmatched].map(([name, tokens]) => `${name}? ${toText(tokens)}`);
  return { lines: [...totals, ...unmatched], days: window.daysCovered };
}

describe('the window of a rebalance (clause usage)', () => {
  it('ends lag days before it and is half-open', () => {
    // 10 July − 2 = 8 July; 8 July − 7 = 1 July.
    expect(usageWindowBounds(at('2026-07-10'), rulebook(WEEK))).toEqual([
      at('2026-07-01'),
      at('2026-07-08'),
    ]);
  });

  it.each([
    [
      'a period within it counts whole',
      '2026-07-02 2026-07-04 alpha 100',
      'alpha 50+50 (0) of 100',
    ],
    // 28 June to 5 July is 7 days, of which 1 to 4 July are 4: 700 · 4/7.
    [
      'one that begins before it, pro rata',
      '2026-06-28 2026-07-05 alpha 700',
      'alpha 200+200 (0) of 400',
    ],
    // 6 to 12 July is 6 days, of which 6 and 7 July are 2: 600 · 2/6.
    [
      'one that ends after it, pro rata',
      '2026-07-06 2026-07-12 alpha 600',
      'alpha 100+100 (0) of 200',
    ],
    // 28 days, of which 7 lie in the window: 2800 · 7/28.
    [
      'one that is longer than it, pro rata',
      '2026-06-20 2026-07-18 alpha 2800',
      'alpha 350+350 (0) of 700',
    ],
    // 36 hours, of which the first 12 lie before the window: 36 · 24/36.
    [
      'part of a day by its hours',
      '2026-06-30T12:00:00Z 2026-07-02T00:00:00Z alpha 36',
      'alpha 12+12 (0) of 24',
    ],
  ])('%s', (_, row, line) => {
    const { lines } = seen([usage(`${row} published=2026-07-09`)]);
    expect(lines).toEqual([line]);
  });

  it.each([
    ['a period that ends where it begins', '2026-06-30 2026-07-01 alpha 9'],
    ['a period that begins where it ends', '2026-07-08 2026-07-09 alpha 9'],
  ])('leaves out %s', (_, row) => {
    expect(seen([usage(row)])).toEqual({ lines: [], days: 0 });
  });

  it('counts the distinct days that any row covers', () => {
    const rows = [
      usage('2026-06-28 2026-07-03 alpha 5'), // 1 and 2 July
      usage('2026-07-02 2026-07-04 beta 5'), // 2 and 3 July
      usage('2026-07-07 2026-07-09 other 5 published=2026-07-09'), // 7 July
    ];
    expect(seen(rows).days).toBe(4);
  });
});

describe('what is known of usage', () => {
  const first = usage('2026-07-01 2026-07-08 alpha 700 published=2026-07-08');
  const restated = usage('2026-07-01 2026-07-08 alpha 1400 published=2026-07-10');
  it.each([
    ['nothing before it is published', '2026-07-07', []],
    ['the first figure on its moment', '2026-07-08', ['alpha 350+350 (0) of 700']],
    ['the first until the second is known', '2026-07-09T23:59:59Z', ['alpha 350+350 (0) of 700']],
    ['the last published', '2026-07-10', ['alpha 700+700 (0) of 1400']],
  ])('%s', (_, known, lines) => {
    expect(seen([restated, first], { known }).lines).toEqual(lines);
  });
});

describe('tokens', () => {
  it('are added up by leg, cached ones within the input', () => {
    const rows = [
      usage('2026-07-01 2026-07-02 alpha 60+40 cached=10'),
      usage('2026-07-02 2026-07-03 alpha 30+20 cached=5'),
    ];
    expect(seen(rows).lines).toEqual(['alpha 90+60 (15) of 150']);
  });

  it('of which only totals are known are split as the rulebook says', () => {
    const rows = [
      usage('2026-07-01 2026-07-02 alpha 100'),
      usage('2026-07-02 2026-07-03 alpha 6+4'),
    ];
    const rules =
      '{ method: usage, window_days: 7, lag_days: 2, split: { input: "0.9", output: "0.1" } }';
    // input 6 + 0.9·100, output 4 + 0.1·100
    expect(seen(rows, { rules }).lines).toEqual(['alpha 96+14 (0) of 110']);
  });

  it('of names that are no constituent are kept apart', () => {
    const rows = [usage('2026-07-01 2026-07-02 other 9'), usage('2026-07-01 2026-07-02 alpha 8')];
    expect(seen(rows).lines).toEqual(['alpha 4+4 (0) of 8', 'other? 9']);
  });

  it('go to the model that the name meant when the period began', () => {
    const rows = [
      usage('2026-07-01 2026-07-03 latest 10'),
      usage('2026-07-03 2026-07-05 latest 6'),
    ];
    const models = [
      alias('latest', 'old', { until: '2026-07-03' }),
      alias('latest', 'new', { from: '2026-07-03' }),
    ];
    const book = evidence([], { usage: rows, models });
    const { totals } = usageIn(
      book,
      rulebook(WEEK),
      at('2026-07-10'),
      at('2026-07-10'),
      (id) => id,
    );
    expect([...totals].map(([id, { total }]) => `${id} ${toText(total)}`)).toEqual([
      'old 10',
      'new 6',
    ]);
  });
});
