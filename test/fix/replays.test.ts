import { describe, expect, it } from 'vitest';
import { at, correction } from '../normalize/rows.ts';
import {
  brief,
  briefs,
  evidence,
  fixingOn,
  fixings,
  revision,
  rulebook,
  usage,
} from './small-book.ts';

/**
 * An announcement that was real: claude-sonnet-5 was to cost 3 and 15 instead of 2 and 10 from
 * 2026-09-01 (genai-prices 47df840a, 2026-08-21), and still cost 2 and 10 in the data of 2026-09-23
 * (@pydantic/genai-prices 0.1.8).
 */
const ANNOUNCED = [
  '2026-06-30 anthropic/claude-sonnet-5 2 out=10 observed=2026-06-30',
  '2026-09-01 anthropic/claude-sonnet-5 3 out=15 observed=2026-08-21',
];
const FLAT = '2026-09-01 anthropic/claude-sonnet-5 2 out=10 observed=2026-09-23';
const AUGUST = { base: '{ date: 2026-08-20, level: "100" }' };

describe('a forward-dated announcement', () => {
  const rules = rulebook(AUGUST);

  it('counts from its day, not from when it is known', () => {
    expect(briefs(rules, evidence(ANNOUNCED), '2026-08-30', '2026-09-02')).toEqual([
      '30 #1 price 6.0000 level 100.0000',
      '31 #1 price 6.0000 level 100.0000',
      '01 #1 price 9.0000 level 150.0000',
      '02 #1 price 9.0000 level 150.0000',
    ]);
  });

  it('was not known before it was made', () => {
    const on = (knownAt: string) =>
      brief(fixingOn(rules, evidence(ANNOUNCED), '2026-09-01', { knownAtMs: at(knownAt) }));
    expect(on('2026-08-20')).toBe('01 #1 price 6.0000 level 100.0000');
    expect(on('2026-08-21')).toBe('01 #1 price 9.0000 level 150.0000');
  });

  it('that is withdrawn later stands until that is known', () => {
    const known = evidence([...ANNOUNCED, FLAT]);
    expect(briefs(rules, known, '2026-09-21', '2026-09-24')).toEqual([
      '21 #1 price 9.0000 level 150.0000',
      '22 #1 price 9.0000 level 150.0000',
      '23 #1 price 6.0000 level 100.0000',
      '24 #1 price 6.0000 level 100.0000',
    ]);
  });

  it('that is withdrawn later is replayed as it was known at each moment', () => {
    const known = evidence([...ANNOUNCED, FLAT]);
    const level = (knownAt: string) =>
      fixingOn(rules, known, '2026-09-05', { knownAtMs: at(knownAt) }).level;
    expect(level('2026-08-20T12:00:00Z')).toBe('100.0000');
    expect(level('2026-09-05T23:59:00Z')).toBe('150.0000');
    expect(level('2026-09-22T23:59:59Z')).toBe('150.0000');
    expect(level('2026-09-23')).toBe('100.0000');
  });

  it('that is withdrawn before its day never counts, but where the day was replayed before', () => {
    const early = FLAT.replace('observed=2026-09-23', 'observed=2026-08-28');
    const known = evidence([...ANNOUNCED, early]);
    expect(fixingOn(rules, known, '2026-09-01').level).toBe('100.0000');
    const then = { knownAtMs: at('2026-08-27') };
    expect(fixingOn(rules, known, '2026-09-01', then).level).toBe('150.0000');
  });

  it('may be rejected by a correction, from when that is known', () => {
    const [, wrong] = ANNOUNCED;
    const named = { seller: 'anthropic', model: 'claude-sonnet-5' };
    const rejected = { ...correction('2026-09-01', '3', null, '2026-09-03'), ...named };
    const was = evidence([wrong!]).quotes[0]!.legs;
    const known = evidence(ANNOUNCED, { corrections: [{ ...rejected, was }] });
    expect(briefs(rules, known, '2026-09-02', '2026-09-03')).toEqual([
      '02 #1 price 9.0000 level 150.0000',
      '03 #1 price 6.0000 level 100.0000',
    ]);
    const then = { knownAtMs: at('2026-09-03') };
    expect(fixingOn(rules, known, '2026-09-02', then).level).toBe('100.0000');
  });
});

/** a is corrected on the 5th for the 2nd on; nothing else moves. */
const START = ['2026-07-01 x/a 4', '2026-07-01 y/b 4'];
const LATE = [...START, '2026-07-02 x/a 8 observed=2026-07-05T12:00:00Z'];

describe('a late correction', () => {
  it('changes the fixings from when it is known, and replays of those before', () => {
    const known = evidence(LATE);
    expect(briefs(rulebook(), known, '2026-07-02', '2026-07-05')).toEqual([
      ...['02', '03', '04'].map((day) => `${day} #1 price 4.0000 level 100.0000`),
      '05 #1 price 6.0000 level 150.0000',
    ]);
    const then = { knownAtMs: at('2026-07-06') };
    expect(briefs(rulebook(), known, '2026-07-01', '2026-07-03', then)).toEqual([
      '01 #1 price 4.0000 level 100.0000',
      ...['02', '03'].map((day) => `${day} #1 price 6.0000 level 150.0000`),
    ]);
  });

  it('is replayed to the second', () => {
    const known = evidence(LATE);
    const level = (knownAt: string) =>
      fixingOn(rulebook(), known, '2026-07-03', { knownAtMs: at(knownAt) }).level;
    expect(level('2026-07-05T11:59:59Z')).toBe('100.0000');
    expect(level('2026-07-05T12:00:00Z')).toBe('150.0000');
  });

  it('is replayed with nothing that was effective after the cut-off of its day', () => {
    const known = evidence([...LATE, '2026-07-04 y/b 400 observed=2026-07-05T12:00:00Z']);
    const then = { knownAtMs: at('2026-07-31') };
    expect(fixingOn(rulebook(), known, '2026-07-03', then).level).toBe('150.0000');
  });
});

describe('a revision (clause revisions)', () => {
  const first = revision('TEST 2026-07-03 1 2026-07-05T12:00:00Z');
  const revised = (lines: readonly string[], revisions = [first], more = {}) =>
    evidence(lines, { revisions, ...more });

  it('makes one fixing again, from what was known then; others stay as they were', () => {
    const days = fixings(rulebook(), revised(LATE), '2026-07-02', '2026-07-05');
    expect(days.map(brief)).toEqual([
      '02 #1 price 4.0000 level 100.0000',
      '03 #1 price 6.0000 level 150.0000',
      '04 #1 price 4.0000 level 100.0000',
      '05 #1 price 6.0000 level 150.0000',
    ]);
    expect(days.map(({ revision: number }) => number)).toEqual([0, 1, 0, 0]);
    expect(days.map(({ known_at }) => known_at.slice(8, 16))).toEqual([
      ...['02T23:59', '05T12:00', '04T23:59', '05T23:59'],
    ]);
    expect(days[1]!.cutoff).toBe('2026-07-03T23:59:00Z');
  });

  it('is one of its inputs, and of those of the days after it', () => {
    const days = fixings(rulebook(), revised(LATE), '2026-07-02', '2026-07-04');
    expect(days.map(({ inputs }) => inputs.revisions.count)).toEqual([0, 1, 1]);
    // The correction of the price is among the inputs of the 4th, since the chain came by it.
    expect(days.map(({ inputs }) => inputs.quotes.count)).toEqual([2, 3, 3]);
  });

  it('is replaced by the next one', () => {
    const more = [...LATE, '2026-07-03 y/b 12 observed=2026-07-08'];
    const second = revision('TEST 2026-07-03 2 2026-07-09');
    const fixing = fixingOn(rulebook(), revised(more, [second, first]), '2026-07-03');
    expect([fixing.revision, brief(fixing)]).toEqual([2, '03 #1 price 10.0000 level 250.0000']);
    const one = fixingOn(rulebook(), revised(more), '2026-07-03');
    expect([one.revision, brief(one)]).toEqual([1, '03 #1 price 6.0000 level 150.0000']);
  });

  it('brings in no price that was effective after the cut-off', () => {
    const lines = [...LATE, '2026-07-04 y/b 400'];
    expect(fixingOn(rulebook(), revised(lines), '2026-07-03').level).toBe('150.0000');
  });

  it('of another index changes nothing', () => {
    const other = revision('OTHER 2026-07-03 1 2026-07-05T12:00:00Z');
    const fixing = fixingOn(rulebook(), revised(LATE, [other]), '2026-07-03');
    expect([fixing.revision, fixing.level]).toEqual([0, '100.0000']);
    expect(fixing.inputs.revisions.count).toBe(0);
  });

  it('adds to what was known, and takes nothing away', () => {
    const early = revision('TEST 2026-07-03 1 2026-07-01');
    const lines = [...START, '2026-07-02 x/a 8'];
    const fixing = fixingOn(rulebook(), revised(lines, [early]), '2026-07-03');
    expect([fixing.level, fixing.known_at]).toEqual(['150.0000', '2026-07-03T23:59:00Z']);
  });

  it('gives way to a moment that is asked for', () => {
    const then = { knownAtMs: at('2026-07-04') };
    const fixing = fixingOn(rulebook(), revised(LATE), '2026-07-03', then);
    expect([fixing.revision, fixing.level, fixing.known_at]).toEqual([
      ...[0, '100.0000', '2026-07-04T00:00:00Z'],
    ]);
  });

  it('of a link day moves every level after it', () => {
    // 6 July is a Monday: c enters at 4, and a was 8 on that day, as is known on the 9th.
    const keys = { rebalance: '{ frequency: weekly }' };
    const lines = [
      ...[...START, '2026-07-03 z/c 4', '2026-07-08 z/c 7'],
      ...['2026-07-06 x/a 8 observed=2026-07-09 until=2026-07-07'],
    ];
    const level = (revisions: ReturnType<typeof revision>[]) =>
      briefs(rulebook(keys), revised(lines, revisions), '2026-07-06', '2026-07-08');
    expect(level([])).toEqual([
      '06 #1 price 4.0000 level 100.0000',
      '07 #2 price 4.0000 level 100.0000',
      '08 #2 price 5.0000 level 125.0000', // 15/12
    ]);
    expect(level([revision('TEST 2026-07-06 1 2026-07-09T12:00:00Z')])).toEqual([
      '06 #1 price 6.0000 level 150.0000', // 12/8
      '07 #2 price 4.0000 level 112.5000', // 150 · 12/16
      '08 #2 price 5.0000 level 140.6250', // 150 · 15/16
    ]);
  });

  it('brings in no usage that was published later', () => {
    const keys = { weights: '{ method: usage, window_days: 7 }' };
    const tokens = [
      ...['2026-06-24 2026-07-01 a 100', '2026-06-24 2026-07-01 b 100'],
      '2026-06-24 2026-07-01 a 900 published=2026-07-02',
    ].map(usage);
    const lines = [...START, '2026-07-01 y/b 6 observed=2026-07-02'];
    const base = revision('TEST 2026-07-01 1 2026-07-03');
    const fixing = fixingOn(
      rulebook(keys),
      revised(lines, [base], { usage: tokens }),
      '2026-07-01',
    );
    // The price of b is brought in, the tokens of a are not: (4 + 6) / 2.
    expect(brief(fixing)).toBe('01 #1 price 5.0000 level 100.0000');
    expect(fixing.constituents.map(({ weight }) => weight)).toEqual(['0.5', '0.5']);
    expect(fixing.inputs.usage.count).toBe(2);
  });
});
