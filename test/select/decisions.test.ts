import { describe, expect, it } from 'vitest';
import { evidence, fixingOn, fixings, hold, rulebook, standing } from '../fix/small-book.ts';
import { at } from '../normalize/rows.ts';

/** A rise from 4 to 40 on the 3rd is held for 48 hours, to the 5th. */
const HOLD = { mode: 'settlement', hold: '{ move: "5", max_hours: 48 }' };
const JUMP = ['2026-07-01 acme/alpha 4', '2026-07-03 acme/alpha 40'];

/** What stands on the days from the 3rd to the 6th. */
function days(
  decisions: readonly string[],
  lines: readonly string[] = JUMP,
  keys: Record<string, string> = HOLD,
): string[] {
  const known = evidence(lines, { holds: decisions.map(hold) });
  return fixings(rulebook(keys), known, '2026-07-03', '2026-07-06').map((fixing) =>
    standing(fixing)[0]!.replace('alpha ', ''),
  );
}

describe('a quote that is held', () => {
  it.each([
    [
      'without a decision waits for its hours',
      [],
      ['4 held', '4 held', '40 observed', '40 observed'],
    ],
    [
      'is used from when it is released',
      ['2026-07-03 acme/alpha release 2026-07-04T12:00:00Z'],
      ['4 held', '40 observed', '40 observed', '40 observed'],
    ],
    [
      'is never used where it is rejected, and the price before it stands as observed',
      ['2026-07-03 acme/alpha reject 2026-07-04T12:00:00Z'],
      ['4 held', '4 observed', '4 observed', '4 observed'],
    ],
    [
      'waits on where people hold it',
      ['2026-07-03 acme/alpha hold 2026-07-04T12:00:00Z'],
      ['4 held', '4 held', '4 held', '4 held'],
    ],
    [
      'is decided by the last word',
      [
        '2026-07-03 acme/alpha reject 2026-07-03T12:00:00Z',
        '2026-07-03 acme/alpha hold 2026-07-04T12:00:00Z',
        '2026-07-03 acme/alpha release 2026-07-06T12:00:00Z',
      ],
      ['4 observed', '4 held', '4 held', '40 observed'],
    ],
    [
      'is not decided by what is said of another',
      ['2026-07-02 acme/alpha release 2026-07-03', '2026-07-03 bell/alpha release 2026-07-03'],
      ['4 held', '4 held', '40 observed', '40 observed'],
    ],
    [
      'that was let through may be rejected later',
      ['2026-07-03 acme/alpha reject 2026-07-06T12:00:00Z'],
      ['4 held', '4 held', '40 observed', '4 observed'],
    ],
  ])('%s', (_, decisions, expected) => {
    expect(days(decisions)).toEqual(expected);
  });

  it('gives way to a quote after it, whatever was decided to wait for', () => {
    const lines = [...JUMP, '2026-07-05 acme/alpha 5'];
    const held = ['2026-07-03 acme/alpha hold 2026-07-03T12:00:00Z'];
    expect(days(held, lines)).toEqual(['4 held', '4 held', '5 observed', '5 observed']);
  });
});

describe('a quote that is not suspicious', () => {
  const quiet = ['2026-07-01 acme/alpha 4', '2026-07-03 acme/alpha 6'];
  it.each([
    ['hold', ['4 held', '4 held', '4 held', '4 held']],
    ['reject', ['4 observed', '4 observed', '4 observed', '4 observed']],
  ])('waits or goes all the same by decision: %s', (decision, expected) => {
    expect(days([`2026-07-03 acme/alpha ${decision} 2026-07-03`], quiet)).toEqual(expected);
  });
});

describe('decisions', () => {
  it('are nothing to a rulebook without holds', () => {
    const research = { mode: 'research' };
    expect(days(['2026-07-03 acme/alpha reject 2026-07-03'], JUMP, research)).toEqual([
      ...['40 observed', '40 observed', '40 observed', '40 observed'],
    ]);
  });

  it('are replayed as they were known', () => {
    const holds = [hold('2026-07-03 acme/alpha release 2026-07-04T12:00:00Z')];
    const known = evidence(JUMP, { holds });
    const on = (knownAt: string) =>
      standing(fixingOn(rulebook(HOLD), known, '2026-07-03', { knownAtMs: at(knownAt) }))[0];
    expect(on('2026-07-04T11:59:59Z')).toBe('alpha 4 held');
    expect(on('2026-07-04T12:00:00Z')).toBe('alpha 40 observed');
  });

  it('of quotes that are not there are given back', () => {
    const holds = [
      '2026-07-03 acme/alpha release 2026-07-04',
      '2026-07-09 acme/alpha reject 2026-07-09',
    ];
    const { unmatchedHolds } = evidence(JUMP, { holds: holds.map(hold) });
    expect(unmatchedHolds.map(({ decision }) => decision)).toEqual(['reject']);
  });

  it('find a quote that repeats the price before it', () => {
    const lines = [...JUMP, '2026-07-04 acme/alpha 40'];
    const { unmatchedHolds } = evidence(lines, {
      holds: [hold('2026-07-04 acme/alpha release 2026-07-04')],
    });
    expect(unmatchedHolds).toEqual([]);
  });

  it('are inputs of the fixings that know them', () => {
    const holds = [hold('2026-07-03 acme/alpha release 2026-07-04T12:00:00Z')];
    const counts = fixings(rulebook(HOLD), evidence(JUMP, { holds }), '2026-07-03', '2026-07-04');
    expect(counts.map(({ inputs }) => inputs.holds.count)).toEqual([0, 1]);
  });
});

describe('decisions of a fixing (clause hold)', () => {
  const printed = (
    decisions: readonly string[],
    lines: readonly string[] = JUMP,
    day = '2026-07-06',
  ) => {
    const known = evidence(lines, { holds: decisions.map(hold) });
    return fixingOn(rulebook(HOLD), known, day).decisions;
  };

  it('are printed with who decided what, when and why', () => {
    expect(printed(['2026-07-03 acme/alpha release 2026-07-04T12:00:00Z'])).toEqual([
      {
        ...{ constituent: 'alpha', seller: 'acme', quoted_as: 'alpha' },
        ...{ effective_at: '2026-07-03T00:00:00Z', decision: 'release' },
        ...{ rationale: 'asked the vendor', approvers: ['a. smith', 'b. jones'] },
        decided_at: '2026-07-04T12:00:00Z',
      },
    ]);
  });

  it('are the last word on each quote that stands, waits or is rejected', () => {
    const said = ({ decision, venue }: { decision: string; venue?: string | undefined }) =>
      [decision, ...(venue === undefined ? [] : [venue])].join(' at ');
    const words = [
      '2026-07-03 acme/alpha hold 2026-07-03',
      '2026-07-03 acme/alpha reject 2026-07-04',
    ];
    expect(printed(words).map(said)).toEqual(['reject']);
    expect(printed(words, JUMP, '2026-07-03').map(said)).toEqual(['hold']);
    const venue = ['2026-07-03 acme/alpha reject 2026-07-04 acme'];
    expect(printed(venue).map(said)).toEqual(['reject at acme']);
  });

  it('are gone with the quote that they speak of', () => {
    const lines = [...JUMP, '2026-07-05 acme/alpha 5'];
    const words = ['2026-07-03 acme/alpha reject 2026-07-04'];
    expect(printed(words, lines, '2026-07-04')).toHaveLength(1);
    expect(printed(words, lines, '2026-07-05')).toEqual([]);
  });

  it('are none of a rulebook without holds, nor of quotes outside the basket', () => {
    const words = [hold('2026-07-03 acme/alpha reject 2026-07-04')];
    const research = fixingOn(rulebook(), evidence(JUMP, { holds: words }), '2026-07-06');
    expect(research.decisions).toEqual([]);
    const rules = rulebook({ ...HOLD, universe: '{ include: { models: [beta] } }' });
    const other = evidence([...JUMP, '2026-07-01 acme/beta 2'], { holds: words });
    expect(fixingOn(rules, other, '2026-07-06').decisions).toEqual([]);
  });

  it('do not depend on who signed first', () => {
    const one = hold('2026-07-03 acme/alpha release 2026-07-04');
    const other = { ...one, approvers: [...one.approvers].reverse() };
    const of = (row: typeof one) => fixingOn(rulebook(HOLD), evidence(JUMP, { holds: [row] }), DAY);
    const DAY = '2026-07-06';
    expect(of(other)).toEqual(of(one));
  });
});
