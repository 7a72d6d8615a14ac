import { describe, expect, it } from 'vitest';
import { whyNotAfter } from '../../src/domain/versions.ts';
import { type Rulebook, toText } from '../../src/index.ts';
import {
  brief,
  briefs,
  calendar,
  evidence,
  excluded,
  fixingOn,
  fixings,
  rulebook,
  standing,
  succession,
} from '../fix/small-book.ts';

/** 2026-07-01 is a Wednesday; 6 and 13 July are Mondays. */
const START = ['2026-07-01 x/a 2 out=6', '2026-07-01 y/b 6 out=10'];

type Keys = Readonly<Record<string, string>>;

/** A rulebook, and the next version of it from a day on, in which some keys are other ones. */
function versions(from: string, changes: Keys, keys: Keys = {}): [Rulebook, Rulebook] {
  const next = { version: '2.0.0', effective_from: from };
  return [rulebook(keys), rulebook({ ...keys, ...next, ...changes })];
}

const EVERY_OUTPUT = { workload: '{ input: "0", output: "1" }' };

describe('a material version (clause versions)', () => {
  const rules = versions('2026-07-05', EVERY_OUTPUT);
  const lines = [...START, '2026-07-04 x/a 4 out=12', '2026-07-05 y/b 6 out=15'];

  it('prices by its own workload from its first day, and links at the level of the day before', () => {
    expect(briefs(rules, evidence(lines), '2026-07-03', '2026-07-06')).toEqual([
      // a (2 + 6) / 2 = 4, b (6 + 10) / 2 = 8
      '03 #1 price 6.0000 level 100.0000',
      // a (4 + 12) / 2 = 8: (8 + 8) / 2, and 100 · 16/12
      '04 #1 price 8.0000 level 133.3333',
      // By the output alone a 12, b 15. On the 4th they were 12 and 10: 133.33 · 27/22
      '05 #2 price 13.5000 level 163.6364',
      '06 #2 price 13.5000 level 163.6364',
    ]);
  });

  it('is an after_close rebalance of the day before: its series begins on its first day', () => {
    const days = fixings(rules, evidence(lines), '2026-07-04', '2026-07-05');
    expect(days.map(({ series }) => [series.number, series.first_day])).toEqual([
      [1, '2026-07-01'],
      [2, '2026-07-05'],
    ]);
    // Both baskets priced on the 4th, each under its version: (12 + 10) / 2 − (8 + 8) / 2
    expect(days[1]!.series.roll_spread).toBe('3');
    expect(days[0]!.series.roll_spread).toBeNull();
  });

  it('names itself in the fixing, and what the level came through', () => {
    const [before, after] = fixings(rules, evidence(lines), '2026-07-04', '2026-07-05');
    const named = rules.map(({ version, sha256 }) => ({ version, sha256 }));
    expect(before!.rulebook).toEqual(named[0]);
    expect(after!.rulebook).toEqual({ ...named[1], earlier: [named[0]] });
  });

  it('is the same whatever the order in which versions are given', () => {
    const swapped = [rules[1], rules[0]];
    expect(briefs(swapped, evidence(lines), '2026-07-01', '2026-07-06')).toEqual(
      briefs(rules, evidence(lines), '2026-07-01', '2026-07-06'),
    );
  });

  it('moves no level on the day that only its workload changes', () => {
    const days = fixings(rules, evidence(START), '2026-07-04', '2026-07-05');
    expect(days.map(({ level }) => level)).toEqual(['100.0000', '100.0000']);
    // (6 + 10) / 2
    expect(days.map(({ value }) => value!.price)).toEqual(['6.0000', '8.0000']);
  });

  it('may come into force on the day after the base date', () => {
    const early = versions('2026-07-02', EVERY_OUTPUT);
    expect(briefs(early, evidence(START), '2026-07-01', '2026-07-03')).toEqual([
      '01 #1 price 6.0000 level 100.0000',
      '02 #2 price 8.0000 level 100.0000',
      '03 #2 price 8.0000 level 100.0000',
    ]);
  });

  it('forms its basket by its own universe, weights and caps', () => {
    const weights = '{ method: fixed, fixed: { a: "3", b: "1", c: "4" } }';
    const other = versions('2026-07-05', { weights, universe: '{ exclude: { models: [b] } }' });
    const known = evidence([...START, '2026-07-02 z/c 3 out=3']);
    const fixing = fixingOn(other, known, '2026-07-05');
    // (3 · 4 + 4 · 3) / 7
    expect(brief(fixing)).toBe('05 #2 price 3.4286 level 100.0000');
    expect(standing(fixing)).toEqual(['a 4 observed', 'c 3 observed']);
    expect(excluded(fixing)).toEqual([]);
  });

  it('takes the place of a rebalance that the one before it has on that day', () => {
    const weekly = { rebalance: '{ frequency: weekly }' };
    const due = versions('2026-07-07', EVERY_OUTPUT, weekly);
    const numbers = fixings(due, evidence(START), '2026-07-06', '2026-07-14').map(
      ({ date, series }) => `${date.slice(8)} #${series.number} ${series.first_day.slice(8)}`,
    );
    expect(numbers[0]).toBe('06 #1 01');
    expect(numbers[1]).toBe('07 #2 07');
    expect(numbers.at(-1)).toBe('14 #3 14');
  });

  it('links an emergency in the same way', () => {
    const urgent = versions('2026-07-05', { ...EVERY_OUTPUT, change: 'emergency' });
    expect(brief(fixingOn(urgent, evidence(START), '2026-07-05'))).toBe(
      '05 #2 price 8.0000 level 100.0000',
    );
  });

  it('keeps what was carried forward: an absence is counted from the last quote', () => {
    const keys = { mode: 'settlement', fallback: '[{ rule: carry_forward, max_days: 4 }]' };
    const carried = versions('2026-07-05', EVERY_OUTPUT, keys);
    const absent = [`${START[0]!} until=2026-07-04`, START[1]!];
    const days = fixings(carried, evidence(absent), '2026-07-04', '2026-07-08');
    expect(days.map((day) => standing(day)[0])).toEqual([
      ...['a 4 carried_forward', 'a 6 carried_forward', 'a 6 carried_forward'],
      // 4 days after the 3rd, and then no more.
      ...['a 6 carried_forward', 'a 6 imputed'],
    ]);
    expect(days[1]!.constituents[0]!.quoted_on).toBe('2026-07-03');
  });

  it('has an absent member in its basket where its universe admits it, imputed', () => {
    const absent = [`${START[0]!} until=2026-07-04`, START[1]!];
    const fixing = fixingOn(rules, evidence(absent), '2026-07-05');
    // a by its output 6, b 10
    expect(standing(fixing)).toEqual(['a 6 imputed', 'b 10 observed']);
    expect(brief(fixing)).toBe('05 #2 price 8.0000 level 100.0000');
  });

  it('leaves a withdrawn member behind', () => {
    const gone = [...START, '2026-07-03 x/a withdrawn'];
    const fixing = fixingOn(rules, evidence(gone), '2026-07-05');
    expect(standing(fixing)).toEqual(['b 10 observed']);
    expect(fixing.level).toBe('100.0000');
  });

  it('prints the step to a successor that only linking joins', () => {
    const rows = { succession: [succession('2026-07-01 a c')] };
    const gone = [...START, '2026-07-03 x/a withdrawn', '2026-07-03 x/c 9 out=9'];
    const { series } = fixingOn(rules, evidence(gone, rows), '2026-07-05');
    // By the output 9 over 6.
    expect(series.replaced).toEqual([{ predecessor: 'a', successor: 'c', step: '1.5' }]);
  });
});

describe('several versions', () => {
  it('link one after the other', () => {
    const [first, second] = versions('2026-07-03', EVERY_OUTPUT);
    const third = rulebook({
      ...{ version: '3.0.0', effective_from: '2026-07-05' },
      ...{ weights: '{ method: fixed, fixed: { a: "1", b: "3" } }' },
    });
    const lines = [...START, '2026-07-04 x/a 2 out=9', '2026-07-05 y/b 10 out=18'];
    expect(briefs([first, second, third], evidence(lines), '2026-07-02', '2026-07-05')).toEqual([
      '02 #1 price 6.0000 level 100.0000',
      '03 #2 price 8.0000 level 100.0000',
      // (9 + 10) / 2: 100 · 19/16
      '04 #2 price 9.5000 level 118.7500',
      // a 5.5, b 14 after 8: (5.5 + 42) / 4 = 11.875; 118.75 · 47.5/29.5
      '05 #3 price 11.8750 level 191.2076',
    ]);
    const { rulebook: named } = fixingOn([first, second, third], evidence(lines), '2026-07-05');
    expect(named.earlier!.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0']);
  });

  it('of which one is never in force on a day of the calendar still link', () => {
    // The second comes into force on Saturday, its clarification on Sunday: first used on Monday.
    const keys = { calendar: 'weekdays' };
    const [first, second] = versions('2026-07-04', EVERY_OUTPUT, keys);
    const third = rulebook({
      ...{ ...keys, ...EVERY_OUTPUT, version: '2.0.1', effective_from: '2026-07-05' },
      change: 'clarifying',
    });
    expect(briefs([first, second, third], evidence(START), '2026-07-03', '2026-07-07')).toEqual([
      '03 #1 price 6.0000 level 100.0000',
      '06 #2 price 8.0000 level 100.0000',
      '07 #2 price 8.0000 level 100.0000',
    ]);
    // The clarification means nothing without the version that it clarifies.
    const { earlier } = fixingOn([first, second, third], evidence(START), '2026-07-06').rulebook;
    expect(earlier!.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0']);
  });
});

describe('a version that only clarifies', () => {
  const rules = versions('2026-07-05', { change: 'clarifying', title: 'Said more clearly' });
  const lines = [...START, '2026-07-04 x/a 4 out=12', '2026-07-05 y/b 6 out=15'];

  it('changes nothing but its own name', () => {
    const plain = fixings(rules[0], evidence(lines), '2026-07-03', '2026-07-07');
    const both = fixings(rules, evidence(lines), '2026-07-03', '2026-07-07');
    const rest = ({ rulebook: _, title: __, ...other }: (typeof both)[number]) => other;
    expect(both.map(rest)).toEqual(plain.map(rest));
    expect(both.map(({ rulebook: { version } }) => version)).toEqual([
      ...['1.0.0', '1.0.0', '2.0.0', '2.0.0', '2.0.0'],
    ]);
    expect(both[4]!.rulebook.earlier).toEqual([{ version: '1.0.0', sha256: rules[0].sha256 }]);
  });

  it('does not touch a scheduled rebalance either', () => {
    const weekly = { rebalance: '{ frequency: weekly }' };
    const due = versions('2026-07-07', { change: 'clarifying' }, weekly);
    const newcomer = [...START, '2026-07-05 z/c 12 out=12'];
    expect(briefs(due, evidence(newcomer), '2026-07-06', '2026-07-08')).toEqual(
      briefs(due[0], evidence(newcomer), '2026-07-06', '2026-07-08'),
    );
  });
});

describe('a version whose basket cannot be formed', () => {
  // Of two labs neither can be held below a half.
  const weights = '{ method: equal, caps: { of: value, lab: "0.4" } }';
  const rebalance = '{ frequency: weekly }';
  const rules = versions('2026-07-03', { ...EVERY_OUTPUT, weights, rebalance });
  const lines = [...START, '2026-07-04 x/a 3 out=9', '2026-07-10 z/c 19 out=19'];

  it('withholds until a scheduled rebalance succeeds; the old basket goes on in the chain', () => {
    expect(briefs(rules, evidence(lines), '2026-07-02', '2026-07-14')).toEqual([
      '02 #1 price 6.0000 level 100.0000',
      // From the 3rd on it is due; that of Monday the 6th fails too.
      ...['03', '04', '05', '06', '07', '08', '09', '10', '11', '12', '13'].map(
        (day) => `${day} #1 withheld infeasible_caps`,
      ),
      // By the output a 6 → 9 and b 10: 100 · 19/16 = 118.75. On the 13th three labs at 9, 10 and
      // 19 of 38: c is held to 0.4, a and b share 0.6 as 9 to 10. Quantities as v/p:
      // a .6·9/19/9 = .6/19, b .6/19, c .4/19: (6·9 + 6·10 + 4·19) / 16
      '14 #2 price 11.8750 level 118.7500',
    ]);
  });

  it('prices the old basket under the new version meanwhile', () => {
    const fixing = fixingOn(rules, evidence(lines), '2026-07-05');
    expect(standing(fixing)).toEqual(['a 9 observed', 'b 10 observed']);
    expect(fixing.rulebook.version).toBe('2.0.0');
    expect(fixing.series).toMatchObject({
      ...{ number: 1, first_day: '2026-07-01', roll_spread: null },
    });
  });
});

describe('a version with another calendar or cut-off', () => {
  it('has the days of its calendar from its first day on', () => {
    // Friday the 3rd is a holiday of the office; the version begins on Thursday.
    const rows = { calendars: calendar('office', '2026-07-03 closed') };
    const rules = versions('2026-07-02', { calendar: 'office' });
    const days = fixings(rules, evidence(START, rows), '2026-07-01', '2026-07-07');
    expect(days.map(({ date, series }) => `${date.slice(8)} #${series.number}`)).toEqual([
      ...['01 #1', '02 #2', '06 #2', '07 #2'],
    ]);
  });

  it('begins on the first day of its calendar where it comes into force off it', () => {
    const rules = versions('2026-07-04', { ...EVERY_OUTPUT, calendar: 'weekdays' });
    const lines = [...START, '2026-07-06 x/a 2 out=9'];
    expect(briefs(rules, evidence(lines), '2026-07-02', '2026-07-07')).toEqual([
      ...['02 #1 price 6.0000 level 100.0000', '03 #1 price 6.0000 level 100.0000'],
      // Linked on Friday at 6 and 10; then 9 and 10: 100 · 19/16
      '06 #2 price 9.5000 level 118.7500',
      '07 #2 price 9.5000 level 118.7500',
    ]);
  });

  it('prices the link day by its own cut-off', () => {
    const rules = versions('2026-07-05', { cutoff: '{ time: "12:00", zone: UTC }' });
    // In the afternoon of the 4th: known to the old cut-off of 23:59, not to the new one of 12:00.
    const lines = [...START, '2026-07-04T15:00:00Z x/a 4 out=12'];
    expect(briefs(rules, evidence(lines), '2026-07-03', '2026-07-05')).toEqual([
      '03 #1 price 6.0000 level 100.0000',
      // (8 + 8) / 2
      '04 #1 price 8.0000 level 133.3333',
      // At the link the new version still sees a at 4: its day moves by 16/12 again.
      '05 #2 price 8.0000 level 177.7778',
    ]);
    const cutoffs = fixings(rules, evidence(lines), '2026-07-04', '2026-07-05');
    expect(cutoffs.map(({ cutoff }) => cutoff)).toEqual([
      ...['2026-07-04T23:59:00Z', '2026-07-05T12:00:00Z'],
    ]);
  });
});

describe('a version is refused', () => {
  const first = rulebook();
  const why = (keys: Keys, before: Rulebook = first) => {
    const fault = whyNotAfter(rulebook({ version: '2.0.0', ...keys }), before);
    return fault && `${fault.path}: ${fault.expected}`;
  };

  it.each([
    [
      'that comes into force when another does',
      { effective_from: '2026-07-05' },
      rulebook({ effective_from: '2026-07-05' }),
      'effective_from: a day after 2026-07-05, from which 1.0.0 is in force',
    ],
    [
      'that comes into force on the base date too',
      {},
      first,
      'effective_from: a day after 2026-07-01, from which 1.0.0 is in force',
    ],
    [
      'of another base date',
      { effective_from: '2026-07-05', base: '{ date: 2026-07-02, level: "100" }' },
      first,
      'base: the base of 1.0.0: 2026-07-01, its level',
    ],
    [
      'of another base level',
      { effective_from: '2026-07-05', base: '{ date: 2026-07-01, level: "1000" }' },
      first,
      'base: the base of 1.0.0: 2026-07-01, its level',
    ],
    [
      'that clarifies and changes the workload',
      { effective_from: '2026-07-05', change: 'clarifying', ...EVERY_OUTPUT },
      first,
      'workload: the same as in 1.0.0: what changes a value is no clarification',
    ],
    [
      'that clarifies and adds a gate',
      { effective_from: '2026-07-05', change: 'clarifying', gates: '{ min_labs: 2 }' },
      first,
      'gates: the same as in 1.0.0: what changes a value is no clarification',
    ],
  ])('%s', (_, keys, before, expected) => {
    expect(why(keys, before)).toBe(expected);
  });

  it.each([
    ['is only later', { effective_from: '2026-07-05' }],
    ['clarifies the title', { effective_from: '2026-07-05', change: 'clarifying', title: 'New' }],
    [
      'clarifies by writing the same numbers otherwise',
      {
        ...{ effective_from: '2026-07-05', change: 'clarifying' },
        ...{ workload: '{ input: "0.50", output: "0.500" }', base: '{ date: 2026-07-01 }' },
      },
    ],
  ])('not where it %s', (_, keys) => {
    expect(why(keys)).toBeUndefined();
  });

  it('not where it clarifies by naming fixed weights in another order', () => {
    const weights = (text: string) => ({ weights: `{ method: fixed, fixed: { ${text} } }` });
    const clarified = {
      ...{ effective_from: '2026-07-05', change: 'clarifying' },
      ...weights('b: "2", a: "1"'),
    };
    expect(why(clarified, rulebook(weights('a: "1", b: "2"')))).toBeUndefined();
    expect(toText(first.base.level)).toBe('100');
  });
});
