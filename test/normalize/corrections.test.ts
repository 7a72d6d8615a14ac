import { describe, expect, it } from 'vitest';
import { formatMoment } from '../../src/domain/dates.ts';
import { decimal, toText } from '../../src/domain/decimal.ts';
import { type Correction, EMPTY_BOOK, type Quote } from '../../src/domain/rows.ts';
import {
  corrected,
  correctionsByQuote,
  type StandingQuote,
} from '../../src/normalize/corrections.ts';
import { evidenceOf } from '../../src/normalize/evidence.ts';
import { at, correction, quote } from './rows.ts';

function apply(quote: Quote, corrections: readonly Correction[]): StandingQuote[] {
  const run = { first: quote, seenAtMs: [quote.observedAtMs] };
  return corrected(run, correctionsByQuote(corrections), []);
}

/** `price known from .. to`. */
function standing(quotes: readonly StandingQuote[]): string[] {
  return quotes.map(({ legs, observedAtMs, rejectedAtMs }) => {
    const until = rejectedAtMs === null ? 'open' : formatMoment(rejectedAtMs).slice(0, 10);
    return `${toText(legs.input!)} ${formatMoment(observedAtMs).slice(0, 10)}..${until}`;
  });
}

const WRONG = quote('2026-07-01', '1');

describe('a correction (clause corrections)', () => {
  it('leaves quotes alone that it does not name', () => {
    expect(standing(apply(WRONG, []))).toEqual(['1 2026-07-01..open']);
  });

  it('replaces the quote from when it is known', () => {
    const fix = correction('2026-07-01', '1.00', '1.5', '2026-07-03');
    const quotes = apply(WRONG, [fix]);
    expect(standing(quotes)).toEqual(['1 2026-07-01..2026-07-03', '1.5 2026-07-03..open']);
    expect(quotes.map(({ effectiveAtMs }) => effectiveAtMs)).toEqual([
      at('2026-07-01'),
      at('2026-07-01'),
    ]);
    expect(quotes[1]!.source).toBe('the page');
  });

  it('rejects the quote where it gives no price', () => {
    const fix = correction('2026-07-01', '1', null, '2026-07-03');
    expect(standing(apply(WRONG, [fix]))).toEqual(['1 2026-07-01..2026-07-03']);
  });

  it('without a time is known since the quote was', () => {
    const fix = correction('2026-07-01', '1', '1.5');
    expect(standing(apply(WRONG, [fix]))).toEqual([
      '1 2026-07-01..2026-07-01',
      '1.5 2026-07-01..open',
    ]);
  });

  it('is never known before the quote that it corrects', () => {
    const late = quote('2026-07-01', '1', { observed: '2026-07-05' });
    const fix = correction('2026-07-01', '1', '1.5', '2026-07-03');
    expect(standing(apply(late, [fix]))).toEqual([
      '1 2026-07-05..2026-07-05',
      '1.5 2026-07-05..open',
    ]);
  });

  it.each([
    ['another seller', { seller: 'other' }],
    ['another model', { model: 'beta' }],
    ['another time', { effectiveAtMs: at('2026-07-01T00:00:01Z') }],
    ['another price', { legs: { input: decimal('1.01'), output: decimal('2') } }],
    [
      'another leg',
      { legs: { input: decimal('1'), output: decimal('2'), cached_input: decimal('0.1') } },
    ],
  ])('for %s fits no quote, and is given back', (_, changes) => {
    const fix = correction('2026-07-01', '1', '1.5', '2026-07-03');
    const other = { ...WRONG, ...changes };
    expect(apply(other, [fix])).toEqual([
      { ...other, seenAtMs: [other.observedAtMs], decisions: [], rejectedAtMs: null },
    ]);
    const book = { ...EMPTY_BOOK, quotes: [other], corrections: [fix] };
    expect(evidenceOf(book).unmatchedCorrections).toEqual([fix]);
  });
});

it('finds a quote that repeats the price before it', () => {
  const { unmatchedCorrections, offers } = evidenceOf({
    ...EMPTY_BOOK,
    quotes: [WRONG, quote('2026-07-05', '1')],
    corrections: [correction('2026-07-05', '1', '1.5', '2026-07-10')],
  });
  expect(unmatchedCorrections).toEqual([]);
  expect(standing(offers.flatMap(({ quotes }) => quotes)).at(-1)).toBe('1.5 2026-07-10..open');
});
