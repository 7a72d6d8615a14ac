import { describe, expect, it } from 'vitest';
import { toText } from '../../src/domain/decimal.ts';
import { inForce } from '../../src/select/in-force.ts';
import { evidence, rulebook } from '../fix/small-book.ts';
import { at, correction } from '../normalize/rows.ts';

type Keys = Readonly<Record<string, string>>;

/** What the offer of `alpha` at `acme` says at a cut-off, known then or at another moment. */
function says(lines: readonly string[], cutoff: string, keys: Keys = {}, known = cutoff): string {
  const { offers } = evidence(lines);
  const horizon = { cutoffMs: at(cutoff), knownAtMs: at(known) };
  const state = inForce(offers[0]!, horizon, rulebook(keys));
  if (state.kind === 'absent') return state.reason;
  if (state.kind === 'withdrawn') return state.kind;
  return `${toText(state.quote.legs.input!)}${state.waiting ? ' held' : ''}`;
}

describe('the quote in force (clauses in-force, two-clocks)', () => {
  const promotion = [
    '2026-07-01 acme/alpha 4',
    '2026-07-03 acme/alpha 3 until=2026-07-05T12:00:00Z',
  ];
  it.each([
    ['none before the first', '2026-06-30T23:59:59Z', 'not_known'],
    ['the first from its moment on', '2026-07-01', '4'],
    ['the latest', '2026-07-03', '3'],
    ['up to the end of its validity', '2026-07-05T11:59:59Z', '3'],
    ['the earlier open one from then on', '2026-07-05T12:00:00Z', '4'],
  ])('is %s', (_, cutoff, expected) => {
    expect(says(promotion, cutoff)).toBe(expected);
  });

  it('has expired where nothing open is left', () => {
    expect(says(['2026-07-01 acme/alpha 4 until=2026-07-02'], '2026-07-02')).toBe('expired');
  });

  it('is nothing after a withdrawal, whatever was open before', () => {
    const lines = [...promotion, '2026-07-06 acme/alpha withdrawn'];
    expect(says(lines, '2026-07-06')).toBe('withdrawn');
    expect(says([...lines, '2026-07-08 acme/alpha 5'], '2026-07-08')).toBe('5');
  });

  it('does not resume from before a withdrawal', () => {
    const lines = [
      '2026-07-01 acme/alpha 4',
      '2026-07-02 acme/alpha withdrawn',
      '2026-07-03 acme/alpha 3 until=2026-07-04',
    ];
    expect(says(lines, '2026-07-03')).toBe('3');
    // Its last event is a quote that has expired: absent, not withdrawn.
    expect(says(lines, '2026-07-04')).toBe('expired');
  });

  it('is one that was known by then', () => {
    const lines = ['2026-07-01 acme/alpha 4', '2026-07-03 acme/alpha 3 observed=2026-07-05'];
    expect(says(lines, '2026-07-04')).toBe('4');
    expect(says(lines, '2026-07-05')).toBe('3');
    expect(says(lines, '2026-07-04', {}, '2026-07-06')).toBe('3');
    expect(says(lines, '2026-07-02', {}, '2026-07-06')).toBe('4');
  });

  it('is, of two that speak of one moment, the one known last', () => {
    const lines = ['2026-07-01 acme/alpha 4', '2026-07-01 acme/alpha 3 observed=2026-07-02'];
    expect(says(lines, '2026-07-01')).toBe('4');
    expect(says(lines, '2026-07-02')).toBe('3');
  });

  it('has to be in force for hours where the rulebook says so', () => {
    const lines = ['2026-07-01 acme/alpha 4', '2026-07-03T06:00:00Z acme/alpha 3'];
    const keys = { price: '{ min_hours_in_force: 12 }' };
    expect(says(lines, '2026-07-03T17:59:59Z', keys)).toBe('4');
    expect(says(lines, '2026-07-03T18:00:00Z', keys)).toBe('3');
  });
});

describe('a suspicious quote (clause hold)', () => {
  const keys = { mode: 'settlement', hold: '{ move: "5", max_hours: 24 }' };
  const jump = (price: string, extra = '') => [
    '2026-07-01 acme/alpha 4 out=8',
    `2026-07-03 acme/alpha ${price} out=8${extra}`,
  ];
  it.each([
    ['is held above the ratio', '20.01', '2026-07-03', '4 held'],
    ['is not held on the ratio', '20', '2026-07-03', '20'],
    ['is held below it', '0.79', '2026-07-03', '4 held'],
    ['is not held on it downwards', '0.8', '2026-07-03', '0.8'],
    ['is held until the hours are over', '40', '2026-07-03T23:59:59Z', '4 held'],
    ['is released then', '40', '2026-07-04', '40'],
  ])('%s', (_, price, cutoff, expected) => {
    expect(says(jump(price), cutoff, keys)).toBe(expected);
  });

  it('waits from when it was observed', () => {
    const lines = jump('40', ' observed=2026-07-04');
    expect(says(lines, '2026-07-04T23:59:59Z', keys)).toBe('4 held');
    expect(says(lines, '2026-07-05', keys)).toBe('40');
  });

  it('is let through where no price stood before it', () => {
    expect(says(['2026-07-03 acme/alpha 40'], '2026-07-03', keys)).toBe('40');
  });

  it('is seen on any leg', () => {
    const lines = ['2026-07-01 acme/alpha 4 out=8', '2026-07-03 acme/alpha 4 out=41'];
    expect(says(lines, '2026-07-03', keys)).toBe('4 held');
  });

  it('keeps the last price that was not suspicious when a second follows it', () => {
    const lines = [...jump('40'), '2026-07-03T12:00:00Z acme/alpha 41 out=8'];
    expect(says(lines, '2026-07-03T13:00:00Z', keys)).toBe('4 held');
    // The second replaced the first while it was held, so the first is never used: only the second
    // is released, 24 hours after it came.
    expect(says(lines, '2026-07-04', keys)).toBe('4 held');
    expect(says(lines, '2026-07-04T12:00:00Z', keys)).toBe('41');
  });

  it('is never used where it was corrected while it was held', () => {
    const lines = [...jump('40'), '2026-07-03T12:00:00Z acme/alpha 4 out=8'];
    for (const cutoff of ['2026-07-03T13:00:00Z', '2026-07-04', '2026-07-05', '2026-08-01']) {
      expect(says(lines, cutoff, keys)).toBe('4');
    }
  });

  it('is one in another currency, whatever its figure', () => {
    const lines = ['2026-07-01 acme/alpha 4 out=8', '2026-07-03 acme/alpha 4 out=8 currency=CNY'];
    expect(says(lines, '2026-07-03T01:00:00Z', keys)).toBe('4 held');
  });
});

describe('a corrected quote', () => {
  const lines = ['2026-07-01 acme/alpha 1 out=2', '2026-07-03 acme/alpha 9 out=2'];
  const state = (is: string | null, cutoff: string) => {
    const corrections = [correction('2026-07-03', '9', is, '2026-07-05')];
    const { offers } = evidence(lines, { corrections });
    const found = inForce(offers[0]!, { cutoffMs: at(cutoff), knownAtMs: at(cutoff) }, rulebook());
    return found.kind === 'quoted' ? toText(found.quote.legs.input!) : found.kind;
  };
  it.each([
    ['stands until the correction is known', '3', '2026-07-04', '9'],
    ['gives way to the right price', '3', '2026-07-05', '3'],
    ['gives way to the price before it where it is rejected', null, '2026-07-05', '1'],
  ])('%s', (_, is, cutoff, expected) => {
    expect(state(is, cutoff)).toBe(expected);
  });
});
