import { describe, expect, it } from 'vitest';
import {
  brief,
  evidence,
  fixingOn,
  judgement,
  rulebook,
  standing,
  succession,
} from '../fix/small-book.ts';

/** a is quoted until the 4th. */
const START = ['2026-07-01 x/a 4 until=2026-07-04', '2026-07-01 y/b 4'];
const JUDGED = { mode: 'settlement', fallback: '[{ rule: judgement }]' };

describe('of several judgements (clause fallbacks)', () => {
  it.each([
    ['the one decided last', ['2026-07-03 - a 5 2026-07-05', '2026-07-04 - a 6 2026-07-03']],
    [
      'of one day the one that begins last',
      ['2026-07-02 - a 6 2026-07-03', '2026-07-03 - a 5 2026-07-03'],
    ],
  ])('%s stands, in whatever order they are', (_, lines) => {
    for (const rows of [lines, [...lines].reverse()]) {
      const known = evidence(START, { judgements: rows.map(judgement) });
      expect(standing(fixingOn(rulebook(JUDGED), known, '2026-07-06'))[0]).toBe('a 5 judgement');
    }
  });
});

describe('of several comparable successors (clause succession)', () => {
  const lines = [...START, '2026-07-01 z/c 10', '2026-07-01 z/d 20'];
  const only = { weights: '{ method: fixed, fixed: { a: "1", b: "1" } }' };
  const aBy = (...rows: string[]) =>
    standing(
      fixingOn(rulebook(only), evidence(lines, { succession: rows.map(succession) }), '2026-07-06'),
    )[0];

  it('the latest stands, in whatever order they are', () => {
    const rows = ['2026-07-02 a c 0.5', '2026-07-04 a d 0.5'];
    expect(aBy(...rows)).toBe('a 10 observed');
    expect(aBy(...rows.reverse())).toBe('a 10 observed');
  });

  it('one that begins at the cut-off counts', () => {
    expect(aBy('2026-07-06T23:59:00Z a c 0.5')).toBe('a 5 observed');
    expect(aBy('2026-07-06T23:59:01Z a c 0.5')).toBe('a 4 imputed');
  });

  it('in a circle there is none', () => {
    expect(aBy('2026-07-02 a e 0.5', '2026-07-02 e a 0.5')).toBe('a 4 imputed');
  });
});

describe('a member that left for another (clause succession)', () => {
  const weekly = { rebalance: '{ frequency: weekly }' };
  const replacedBy = (lines: string[], ...rows: string[]) =>
    fixingOn(rulebook(weekly), evidence(lines, { succession: rows.map(succession) }), '2026-07-07')
      .series.replaced;

  it('is named with the step, where the row begins at the cut-off too', () => {
    const lines = [
      '2026-07-01 x/a 4',
      '2026-07-01 y/b 4',
      '2026-07-06 x/c 5',
      '2026-07-06 x/a withdrawn',
    ];
    const step = [{ predecessor: 'a', successor: 'c', step: '1.25' }];
    expect(replacedBy(lines, '2026-07-06T23:59:00Z a c')).toEqual(step);
    expect(replacedBy(lines, '2026-07-06T23:59:01Z a c')).toEqual([]);
  });

  it('is not named by one that was a member before', () => {
    const lines = ['2026-07-01 x/a 4', '2026-07-01 y/b 4', '2026-07-06 x/a withdrawn'];
    expect(replacedBy(lines, '2026-07-05 a b')).toEqual([]);
  });

  it('is not named by one that has no price', () => {
    const lines = ['2026-07-01 x/a 4', '2026-07-01 y/b 4', '2026-07-06 x/a withdrawn'];
    expect(replacedBy(lines, '2026-07-05 a z', '2026-07-05 z b')).toEqual([]);
  });
});

describe('a constituent that other venues price (clause fallbacks)', () => {
  it('has the median of them all, whatever the rulebook takes of its own', () => {
    // Own sellers: x, the cheapest; elsewhere p q r at 1 8 9, and no venue comes first.
    const lines = [
      ...['2026-07-01 x/a 4 until=2026-07-04', '2026-07-01 x/b 4'],
      ...['2026-07-01 p/a 1', '2026-07-01 q/a 8', '2026-07-01 r/a 9'],
      ...['2026-07-01 q/a 7 venue=hub', '2026-07-01 q/a 99 venue=late observed=2026-07-02'],
    ];
    const keys = {
      ...{ mode: 'settlement', fallback: '[{ rule: other_venue }]' },
      universe: '{ include: { sellers: [x] } }',
      price: '{ sellers: min, venues: [hub] }',
    };
    const fixing = fixingOn(rulebook(keys), evidence(lines), '2026-07-05');
    expect(standing(fixing)[0]).toBe('a 8 other_venue');
    expect(brief(fixing)).toBe('05 #1 price 6.0000 level 150.0000');
  });
});
