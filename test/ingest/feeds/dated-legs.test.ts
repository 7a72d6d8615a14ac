import { describe, expect, it } from 'vitest';
import { formatMoment, parseMoment } from '../../../src/domain/dates.ts';
import { settleDates } from '../../../src/ingest/feeds/dated-legs.ts';
import { type FeedPrice, type Leg, PLAIN_TERMS } from '../../../src/ingest/feeds/feed.ts';

const row = { id: 'r', file: 'f', line: 1 };

/** `input 2.5 2026-07-01 2026-08-01 field`: a leg's price with its dates. */
function legPrice(text: string): FeedPrice {
  const [leg = '', literal = '', from = '', until = '', field = leg] = text.split(' ');
  const dates = {
    effectiveAtMs: parseMoment(from) ?? null,
    validUntilMs: parseMoment(until) ?? null,
  };
  const terms = { ...PLAIN_TERMS, seller: 's', venue: 's', model: 'm', ...dates };
  return { kind: 'leg', row, field, line: 1, literal, unit: 'per_mtok', leg: leg as Leg, terms };
}

/** `2026-07-01..2026-08-01 input 2.5, output 15`, with `(…)` around what is inherited. */
function settled(...lines: readonly string[]): string[] {
  const quotes = new Map<string, string[]>();
  for (const price of settleDates(lines.map(legPrice))) {
    if (price.kind !== 'leg') continue;
    for (const terms of [price.terms, ...(price.alsoFor ?? [])]) {
      const { effectiveAtMs, validUntilMs } = terms;
      const dates = [effectiveAtMs, validUntilMs].map((ms) =>
        ms === null ? '' : formatMoment(ms).slice(0, 10),
      );
      const text = `${price.leg} ${price.literal}`;
      const list = quotes.get(dates.join('..')) ?? [];
      quotes.set(dates.join('..'), [...list, terms === price.terms ? text : `(${text})`]);
    }
  }
  return [...quotes].map(([dates, legs]) => `${dates} ${legs.join(', ')}`);
}

describe('legs with dates of their own', () => {
  it('count from the latest of them', () => {
    expect(
      settled('input 2 2026-01-01', 'output 8 2026-02-01', 'cached_input 1 2026-03-01'),
    ).toEqual(['2026-03-01.. input 2, output 8, cached_input 1']);
  });

  it('are another quote from where a row follows, and what did not change stands in both', () => {
    expect(
      settled('input 2.5 2026-07-01 2026-08-01', 'input 2 2026-08-01', 'output 15 2026-07-01'),
    ).toEqual(['2026-07-01..2026-08-01 input 2.5, output 15', '2026-08-01.. input 2, (output 15)']);
  });

  it('do not wait for a leg that comes after a change', () => {
    const lines = ['input 3 2026-01-01', 'output 9 2026-01-01', 'input 2 2026-02-01'];
    expect(settled(...lines, 'cached_input 1 2026-03-01')).toEqual([
      '2026-01-01.. input 3, output 9',
      '2026-02-01.. (output 9), input 2',
      '2026-03-01.. (output 9), (input 2), cached_input 1',
    ]);
  });

  it('end where the vendor says so', () => {
    expect(settled('input 2 2026-01-01 2026-03-01', 'output 8 2026-01-01')).toEqual([
      '2026-01-01..2026-03-01 input 2, output 8',
    ]);
  });

  it('of two fields are in force side by side', () => {
    expect(
      settled('input 2 2026-01-01  a', 'input 3 2026-02-01  b', 'output 8 2026-01-01  c'),
    ).toEqual(['2026-02-01.. input 2, input 3, output 8']);
  });

  it('that have no other side at any time stay as they are', () => {
    expect(settled('input 2 2026-01-01 2026-02-01', 'output 8 2026-03-01')).toEqual([
      '2026-01-01..2026-02-01 input 2',
      '2026-03-01.. output 8',
    ]);
  });

  it('need no date', () => {
    expect(settled('input 2 -', 'output 8 -')).toEqual(['.. input 2, output 8']);
    expect(settled('input 2 -', 'output 8 2026-01-01')).toEqual(['2026-01-01.. input 2, output 8']);
  });

  it('wait for a person where there are too many dates', () => {
    const days = Array.from({ length: 120 }, (_, day) => `input 2 ${formatMoment(day * 1e8)} - x`);
    const kinds = settleDates(days.map(legPrice)).map((price) =>
      price.kind === 'stray' ? price.verdict.code : price.kind,
    );
    expect(new Set(kinds)).toEqual(new Set(['too_many_dates']));
    expect(kinds.length).toBe(120);
  });
});
