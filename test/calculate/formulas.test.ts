import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/dates.ts';
import {
  absolute,
  compare,
  type Decimal,
  decimal,
  multiply,
  subtract,
} from '../../src/domain/decimal.ts';
import { BILATERAL_FORMULAS, type BilateralName, toText } from '../../src/index.ts';
import {
  brief,
  briefs,
  evidence,
  excluded,
  fixingOn,
  fixings,
  refusals,
  rulebook,
  standing,
  usage,
} from '../fix/small-book.ts';

/** Base on Wednesday 1 July; rebalances on the Mondays 6 and 13 July, after the close. */
const WEEKLY = { rebalance: '{ frequency: weekly }', rounding: '{ price: 30, level: 30 }' };
const LINKS = ['2026-07-01', '2026-07-06', '2026-07-13'];
const DAYS = Array.from({ length: 18 }, (_, index) => addDays('2026-07-01', index));

/** Prices of each day by constituent. */
const PRICES: Readonly<Record<string, (day: string) => number>> = {
  a: (day) => (day < '2026-07-04' ? 4 : day < '2026-07-08' ? 5 : day < '2026-07-14' ? 7 : 6),
  b: (day) => (day < '2026-07-03' ? 9 : day < '2026-07-10' ? 8 : 3),
  c: (day) => (day < '2026-07-06' ? 2 : day < '2026-07-15' ? 1 : 4),
};
const IDS = Object.keys(PRICES);
const QUOTES = DAYS.flatMap((day) => IDS.map((id) => `${day} x-${id}/${id} ${PRICES[id]!(day)}`));

/** Tokens of each day, which shift from one constituent to another. */
const tokensOn = (day: string, id: string): number => {
  const since = (Date.parse(day) - Date.parse('2026-06-20')) / 86_400_000;
  return { a: 100 + 7 * since, b: 400 - 9 * since, c: 50 + ((since * since) % 37) }[id]!;
};
const USAGE = Array.from({ length: 30 }, (_, index) => addDays('2026-06-20', index)).flatMap(
  (day) => IDS.map((id) => usage(`${day} ${addDays(day, 1)} ${id} ${tokensOn(day, id)}`)),
);

/** Tokens of the seven days before a day. */
const windowOf = (day: string) =>
  IDS.map((id) => {
    const days = Array.from({ length: 7 }, (_, index) => addDays(day, index - 7));
    return decimal(days.map((one) => tokensOn(one, id)).reduce((one, other) => one + other));
  });
const pricesOn = (day: string) => IDS.map((id) => decimal(PRICES[id]!(day)));

/** Levels of a chain: L_r · F(p_r, p_t, q_r, q_t), r being the last rebalance day before t. */
function levelsBy(formula: BilateralName, quantities: (day: string) => Decimal[]): Decimal[] {
  let [level, link] = [decimal(100), LINKS[0]!];
  return DAYS.map((day) => {
    const found = BILATERAL_FORMULAS[formula]({
      ...{ p0: pricesOn(link), p1: pricesOn(day), q0: quantities(link), q1: quantities(day) },
    });
    const today = multiply(level, found);
    if (LINKS.includes(day)) [level, link] = [today, day];
    return today;
  });
}

function expectLevels(keys: Readonly<Record<string, string>>, expected: readonly Decimal[]): void {
  const known = evidence(QUOTES, { usage: USAGE });
  const days = fixings(rulebook({ ...WEEKLY, ...keys }), known, DAYS[0]!, DAYS.at(-1)!);
  expect(days.map(({ series: { number } }) => number)).toEqual([
    ...[1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3],
  ]);
  days.forEach(({ date, level }, index) => {
    const off = absolute(subtract(decimal(level!), expected[index]!));
    const text = `${date}: ${level} instead of ${toText(expected[index]!)}`;
    expect(compare(off, decimal('1e-27')), text).toBeLessThan(0);
  });
}

const USED = { weights: '{ method: usage, window_days: 7 }' };

describe('a link formula (clause current-weights)', () => {
  it.each([
    ...(['laspeyres', 'paasche', 'fisher', 'tornqvist', 'walsh'] as const),
    ...(['marshall_edgeworth', 'geometric_laspeyres', 'geometric_paasche'] as const),
  ])('is the library function of that name over two rebalances: %s by usage', (formula) => {
    expectLevels({ ...USED, formula }, levelsBy(formula, windowOf));
  });

  it.each(['carli', 'dutot', 'jevons', 'harmonic'] as const)(
    'is the library function of that name over two rebalances: %s, without usage',
    (formula) => {
      const none = () => IDS.map(() => decimal(1));
      expectLevels({ formula }, levelsBy(formula, none));
    },
  );

  it('is by its quantities the same whatever it is called: Lowe', () => {
    expectLevels({ ...USED, formula: 'lowe' }, levelsBy('laspeyres', windowOf));
  });
});

describe('by hand', () => {
  // a doubles, b halves.
  const lines = [
    ...['2026-07-01 x/a 2', '2026-07-01 y/b 6'],
    ...['2026-07-02 x/a 4', '2026-07-02 y/b 3'],
  ];
  // Of the days to the base date, and those to the next day.
  const tokens = [
    ...['2026-06-30 2026-07-01 a 300', '2026-06-30 2026-07-01 b 100'],
    ...['2026-07-01 2026-07-02 a 100', '2026-07-01 2026-07-02 b 300'],
  ].map(usage);
  const used = { weights: '{ method: usage, window_days: 1 }' };
  it.each([
    ['carli', {}, '125.0000'], // (2 + ½) / 2
    ['dutot', {}, '87.5000'], // (4 + 3) / (2 + 6)
    ['harmonic', {}, '80.0000'], // 2 / (½ + 2)
    ['jevons', {}, '100.0000'], // √(2 · ½)
    ['laspeyres', used, '125.0000'], // (300·4 + 100·3) / (300·2 + 100·6)
    ['lowe', used, '125.0000'],
    ['paasche', used, '65.0000'], // (100·4 + 300·3) / (100·2 + 300·6)
    ['fisher', used, '90.1388'], // √(1.25 · 0.65)
    ['marshall_edgeworth', used, '87.5000'], // (400·4 + 400·3) / (400·2 + 400·6)
    ['walsh', used, '87.5000'], // the same, both √(300·100)
    ['geometric_laspeyres', used, '100.0000'], // half of the value each: √(2 · ½)
    ['geometric_paasche', used, '76.5983'], // 400 and 900 of 1300: 2^(4/13) · ½^(9/13)
    ['tornqvist', used, '87.5205'], // half of both exponents: 2^(21/52) · ½^(31/52)
  ])('%s', (formula, keys, level) => {
    const fixing = fixingOn(
      rulebook({ ...keys, formula }),
      evidence(lines, { usage: tokens }),
      '2026-07-02',
    );
    expect(fixing.level).toBe(level);
  });

  it('a formula that adds the quantities of two days adds tokens, also where spend weighs', () => {
    const known = evidence(lines, { usage: tokens });
    const weights = '{ method: usage, measure: spend, window_days: 1 }';
    // Spend over price is 300 and 100 tokens at the link, 100 and 300 on the day, as before.
    const fixing = fixingOn(
      rulebook({ weights, formula: 'marshall_edgeworth' }),
      known,
      '2026-07-02',
    );
    expect(fixing.level).toBe('87.5000');
  });

  it('a formula that compares two days leaves the price to the basket of the link', () => {
    const known = evidence(lines, { usage: tokens });
    const fixing = fixingOn(rulebook({ ...used, formula: 'paasche' }), known, '2026-07-02');
    // (300·4 + 100·3) / 400
    expect(brief(fixing)).toBe('02 #1 price 3.7500 level 65.0000');
    expect(fixing.constituents.map(({ weight }) => weight)).toEqual(['0.75', '0.25']);
  });

  it('a formula that needs usage of the day is withheld where there is none', () => {
    const known = evidence(lines, { usage: tokens });
    expect(
      briefs(rulebook({ ...used, formula: 'fisher' }), known, '2026-07-02', '2026-07-03'),
    ).toEqual(['02 #1 price 3.7500 level 90.1388', '03 #1 withheld short_usage']);
  });
});

describe('Young', () => {
  // The window is the week to Sunday 28 June, two days before the base date is over.
  const weights = '{ method: usage, window_days: 7, lag_days: 2 }';
  const tokens = ['2026-06-22 2026-06-29 a 300', '2026-06-22 2026-06-29 b 100'].map(usage);
  const lines = [
    ...['2026-06-01 x/a 4', '2026-06-01 y/b 6', '2026-06-30 x/a 2', '2026-07-02 x/a 3'],
  ];
  const rules = rulebook({ formula: 'young', weights });

  it('weighs by values of the day on which the usage window ends', () => {
    // 300·4 and 100·6: shares of ⅔ and ⅓, then ⅔ · 3/2 + ⅓ (by quantities it were 1500/1200).
    const known = evidence(lines, { usage: tokens });
    expect(briefs(rules, known, '2026-07-01', '2026-07-02')).toEqual([
      // Quantities ⅔/2 and ⅓/6, so 6 to 1: (6·2 + 6)/7 and (6·3 + 6)/7
      '01 #1 price 2.5714 level 100.0000',
      '02 #1 price 3.4286 level 133.3333',
    ]);
  });

  it('leaves out what had no price then', () => {
    const more = [...tokens, usage('2026-06-22 2026-06-29 c 900')];
    const known = evidence([...lines, '2026-06-29 z/c 5'], { usage: more });
    const fixing = fixingOn(rules, known, '2026-07-01');
    expect(standing(fixing)).toEqual(['a 2 observed', 'b 6 observed']);
    expect(excluded(fixing)).toEqual(['c/z no_price_then']);
  });

  it('takes fixed weights as shares of value', () => {
    const fixed = '{ method: fixed, fixed: { a: "2", b: "1" } }';
    const known = evidence(lines);
    expect(
      brief(fixingOn(rulebook({ formula: 'young', weights: fixed }), known, '2026-07-02')),
    ).toBe('02 #1 price 3.4286 level 133.3333');
  });
});

describe('a formula is refused', () => {
  const current = [
    ...['paasche', 'fisher', 'tornqvist', 'walsh', 'marshall_edgeworth', 'geometric_paasche'],
  ];
  const OWN: readonly (readonly [formula: string, method: string, expected: string])[] = [
    ...current.map((formula) => [formula, 'equal', 'usage'] as const),
    ['lowe', 'equal', 'usage or fixed'],
    ['carli', 'usage', 'equal or equal_value'],
    ['dutot', 'equal_value', 'equal'],
    ['harmonic', 'usage', 'equal or equal_value'],
  ];

  it.each(current)('in settlement mode where its weights are published later: %s', (formula) => {
    expect(refusals({ ...USED, formula, mode: 'settlement' })).toEqual([
      'formula: a formula whose weights are published by the fixing: ' +
        `${formula} needs those of the day itself`,
    ]);
  });

  it.each(['laspeyres', 'lowe', 'young', 'geometric_laspeyres'])(
    'not in settlement mode where they are published: %s',
    (formula) => {
      expect(refusals({ ...USED, formula, mode: 'settlement' })).toEqual([]);
    },
  );

  it.each(OWN)('with weights that are none of its own: %s with %s', (formula, method, expected) => {
    expect(refusals({ formula, weights: `{ method: ${method} }` })).toEqual([
      `weights.method: ${expected}, which ${formula} weighs by`,
    ]);
  });

  it.each([...current, 'harmonic'])('at another link than after the close: %s', (formula) => {
    const weights = formula === 'harmonic' ? '{ method: equal }' : USED.weights;
    const rebalance = '{ frequency: weekly, effective: at_fixing }';
    expect(refusals({ formula, weights, rebalance })).toEqual([
      `rebalance.effective: after_close, the only link of ${formula}`,
    ]);
  });

  it.each([
    ['weighted_median', 'jevons', 'weighted median'],
    ['trimmed_mean', 'carli', 'trimmed mean'],
  ])('with an aggregate that has a link of its own: %s, %s', (aggregate, formula, name) => {
    expect(refusals({ aggregate, formula })).toEqual([
      `aggregate: weighted_mean: a ${name} links by its own ratio, under laspeyres`,
    ]);
  });
});
