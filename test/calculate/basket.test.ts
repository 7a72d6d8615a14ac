import { describe, expect, it } from 'vitest';
import { calculateFixing } from '../../src/index.ts';
import {
  brief,
  briefs,
  evidence,
  excluded,
  fixingOn,
  fixings,
  rulebook,
  standing,
  succession,
  usage,
} from '../fix/small-book.ts';
import { alias } from '../normalize/rows.ts';

/** 2026-07-01 is a Wednesday; 6 and 13 July are Mondays. */
const WEEKLY = { rebalance: '{ frequency: weekly }' };
const START = ['2026-07-01 x/a 4', '2026-07-01 y/b 8'];
const USED = 'method: usage, window_days: 7, min_days: 7, lag_days: 0';

describe('what is in a basket', () => {
  it('has a weight, where weights are fixed', () => {
    const weights = '{ method: fixed, fixed: { a: "1", c: "0" } }';
    const known = evidence([...START, '2026-07-01 z/c 5']);
    const fixing = fixingOn(rulebook({ weights }), known, '2026-07-01');
    expect(standing(fixing)).toEqual(['a 4 observed']);
    expect(excluded(fixing)).toEqual(['b/y no_weight', 'c/z no_weight']);
  });

  it('is used, where usage weighs', () => {
    const tokens = ['2026-06-20 2026-07-01 a 700'].map(usage);
    const known = evidence(START, { usage: tokens });
    const fixing = fixingOn(rulebook({ weights: `{ ${USED} }` }), known, '2026-07-01');
    expect(standing(fixing)).toEqual(['a 4 observed']);
    expect(excluded(fixing)).toEqual(['b/y no_usage']);
  });

  it('is the most used of its lab, in tokens', () => {
    const tokens = ['2026-06-20 2026-07-01 a 100', '2026-06-20 2026-07-01 b 700'].map(usage);
    const known = evidence(['2026-06-30 x/b 8', '2026-07-01 x/a 4'], { usage: tokens });
    const keys = { universe: '{ max_models_per_lab: 1 }', weights: `{ ${USED} }` };
    const fixing = fixingOn(rulebook(keys), known, '2026-07-01');
    expect(standing(fixing)).toEqual(['b 8 observed']);
    expect(excluded(fixing)).toEqual(['a/x over_lab_limit']);
  });

  it('has sellers of enough owners', () => {
    const sellers = ['p', 'q'].map((seller) => ({ seller, owner: 'o' }));
    const lines = ['p/a 4', 'q/a 4', 'p/b 4', 'r/b 4'].map((line) => `2026-07-01 ${line}`);
    const keys = { price: '{ sellers: mean }', universe: '{ min_sellers: 2 }' };
    const fixing = fixingOn(rulebook(keys), evidence(lines, { sellers }), '2026-07-01');
    expect(standing(fixing)).toEqual(['b 4 observed']);
    expect(excluded(fixing)).toEqual(['a/p too_few_sellers', 'a/q too_few_sellers']);
  });

  it('is as old as its model is at any seller', () => {
    const keys = { price: '{ constituent: seller_model }', universe: '{ min_history_days: 9 }' };
    const lines = ['2026-06-01 p/a 4', '2026-06-30 q/a 5', '2026-06-30 q/b 6'];
    const fixing = fixingOn(rulebook(keys), evidence(lines), '2026-07-01');
    expect(standing(fixing)).toEqual(['p/a 4 observed', 'q/a 5 observed']);
    expect(excluded(fixing)).toEqual(['q/b/q too_new']);
  });
});

describe('a basket that is empty', () => {
  it('is no first basket', () => {
    const rules = rulebook({ universe: '{ min_history_days: 9 }' });
    const found = calculateFixing(rules, evidence(START), '2026-07-02');
    expect(found.fixing ? 'a fixing' : found.none.message).toContain('(empty_basket)');
  });

  it('withholds from the rebalance on', () => {
    const lines = [...START, '2026-07-03 x/a withdrawn', '2026-07-03 y/b withdrawn'];
    const days = fixings(rulebook(WEEKLY), evidence(lines), '2026-07-06', '2026-07-07');
    expect(days.map(({ withheld }) => withheld)).toEqual([
      ['no_matched_price'],
      ['empty_basket', 'no_matched_price'],
    ]);
  });

  it('withholds where it was announced with members that are all gone', () => {
    // Announced on Friday the 3rd; both are withdrawn on the 5th.
    const rules = rulebook({ rebalance: '{ frequency: weekly, announce_days: 3 }' });
    const lines = [...START, '2026-07-05 x/a withdrawn', '2026-07-05 y/b withdrawn'];
    const [day] = fixings(rules, evidence(lines), '2026-07-07', '2026-07-07');
    expect(day!.withheld).toEqual(['empty_basket', 'no_matched_price']);
  });
});

describe('a formula with quantities of the day', () => {
  // Of the week before the base date 300 and 100; then 100 and 300 a day.
  const tokens = (until: string) => [
    ...['2026-06-24 2026-07-01 a 300', '2026-06-24 2026-07-01 b 100'],
    ...[`2026-07-01 ${until} a 100`, `2026-07-01 ${until} b 300`],
  ];
  const fisher = { formula: 'fisher', weights: `{ ${USED} }` };

  it('is withheld on a day whose window is not covered', () => {
    const known = evidence(START, { usage: tokens('2026-07-05').map(usage) });
    expect(briefs(rulebook(fisher), known, '2026-07-05', '2026-07-06')).toEqual([
      '05 #1 price 5.0000 level 100.0000',
      '06 #1 withheld short_usage',
    ]);
  });

  it('is withheld on a day on which nothing of it is used', () => {
    const idle = ['a', 'b'].map((id) => `2026-07-01 2026-07-20 ${id} 0 published=2026-07-01`);
    const known = evidence(START, {
      usage: [...tokens('2026-07-01').slice(0, 2), ...idle].map(usage),
    });
    expect(briefs(rulebook(fisher), known, '2026-07-07', '2026-07-08')).toEqual([
      '07 #1 price 5.0000 level 100.0000',
      '08 #1 withheld short_usage',
    ]);
  });

  it('adds its tokens to those of a basket that was announced and lost a member', () => {
    // Usage of each day to the 4th and from the 5th: a 100, 300; b 300, 100; c 100, none. Announced
    // on the 3rd by the week to the 2nd: 700, 2100, 700. c is withdrawn on the 5th.
    const ofDays = (id: string, first: number, then: number) => [
      `2026-06-01 2026-07-05 ${id} ${34 * first} published=2026-06-01`,
      `2026-07-05 2026-07-25 ${id} ${20 * then} published=2026-06-01`,
    ];
    const rows = [...ofDays('a', 100, 300), ...ofDays('b', 300, 100), ...ofDays('c', 100, 0)];
    const lines = [
      ...[...START, '2026-07-01 z/c 4', '2026-07-05 z/c withdrawn', '2026-07-12 x/a 6'],
    ];
    const rules = rulebook({
      ...{ formula: 'marshall_edgeworth', rebalance: '{ frequency: weekly, announce_days: 3 }' },
      weights: '{ method: usage, window_days: 7, min_days: 7, lag_days: 3 }',
    });
    // The week to the 8th: a 3 · 100 + 4 · 300, b 3 · 300 + 4 · 100. With the basket's a 2200 and
    // b 3400: (6 · 2200 + 8 · 3400) / (4 · 2200 + 8 · 3400) = 40400/36000.
    const [day] = fixings(
      rules,
      evidence(lines, { usage: rows.map(usage) }),
      '2026-07-12',
      '2026-07-12',
    );
    expect(standing(day!).map((text) => text[0])).toEqual(['a', 'b']);
    expect(day!.level).toBe('112.2222');
  });
});

describe('a predecessor that is compared with its successor', () => {
  it('makes way for it at the rebalance, though it is only absent', () => {
    const lines = ['2026-07-01 x/a 4 until=2026-07-03', '2026-07-01 y/c 4', '2026-07-02 x/b 5'];
    const known = evidence(lines, { succession: [succession('2026-07-03 a b 0.8')] });
    const days = fixings(rulebook(WEEKLY), known, '2026-07-06', '2026-07-07');
    expect(days.map((day) => standing(day).map((text) => text[0]))).toEqual([
      ['a', 'c'],
      ['b', 'c'],
    ]);
  });
});

describe('the Young formula', () => {
  // The window of the base date is the week to 24 June, when b was not quoted yet.
  const tokens = ['a', 'b'].map((id) =>
    usage(`2026-06-01 2026-07-20 ${id} 4900 published=2026-06-01`),
  );
  const lines = ['2026-06-01 x/a 4', '2026-06-30 y/b 8'];
  const on = (measure: string) => {
    const weights = `{ method: usage, measure: ${measure}, window_days: 7, min_days: 7, lag_days: 7 }`;
    const known = evidence(lines, { usage: tokens, models: [alias('a', 'a'), alias('b', 'b')] });
    return fixingOn(rulebook({ formula: 'young', weights }), known, '2026-07-01');
  };

  it('has no member without a price on the day on which the window ends', () => {
    const fixing = on('tokens');
    expect(standing(fixing)).toEqual(['a 4 observed']);
    expect(excluded(fixing)).toEqual(['b/y no_price_then']);
  });

  it('asks for no such price where spend weighs', () => {
    expect(standing(on('spend'))).toEqual(['a 4 observed', 'b 8 observed']);
    // As many tokens of each, whose values are 4 to 8.
    expect(brief(on('spend'))).toBe('01 #1 price 6.0000 level 100.0000');
  });
});

it('an absent member whose peers left at the fixing has none from the next day on', () => {
  // a is gone from the 3rd and moves with b, which is too old on Monday the 6th.
  const lines = ['2026-07-01 x/a 4 until=2026-07-03', '2026-06-30 y/b 4'];
  const rules = rulebook({
    rebalance: '{ frequency: weekly, effective: at_fixing }',
    universe: '{ max_model_age_days: 5 }',
  });
  expect(briefs(rules, evidence(lines), '2026-07-05', '2026-07-08')).toEqual([
    ...['05 #1 price 4.0000 level 100.0000', '06 #2 price 4.0000 level 100.0000'],
    ...['07 #2 withheld no_matched_price', '08 #2 withheld no_matched_price'],
  ]);
});
