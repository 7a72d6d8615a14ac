import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/domain/dates.ts';
import { decimal, toText } from '../../src/domain/decimal.ts';
import { offerKey, saysTheSame } from '../../src/domain/offer.ts';
import type { Quote } from '../../src/domain/rows.ts';
import { changePoints } from '../../src/normalize/reduce.ts';
import { at, quote } from './rows.ts';

function shown(quotes: readonly Quote[]): string[] {
  return quotes.map(({ event, legs, effectiveAtMs, observedAtMs }) => {
    const [effective, observed] = [effectiveAtMs, observedAtMs].map((ms) => ms / DAY_MS);
    return `${event === 'quote' ? toText(legs.input!) : event} ${effective} ${observed}`;
  });
}

/** Quotes of one offer; no two speak of one moment and were seen at one moment. */
const offers = fc.uniqueArray(
  fc.record({
    effective: fc.nat(8),
    observed: fc.nat(8),
    price: fc.constantFrom('1', '2'),
    withdrawn: fc.boolean(),
    validUntil: fc.option(fc.constantFrom(20, 30)),
  }),
  { maxLength: 14, selector: ({ effective, observed }) => `${effective} ${observed}` },
);

function quotesOf(
  rows: typeof offers extends fc.Arbitrary<infer Row> ? Row : never,
): readonly Quote[] {
  return rows.map(({ effective, observed, price, withdrawn, validUntil }) => ({
    ...quote('2026-07-01', price),
    ...(withdrawn ? { event: 'withdrawn' as const, legs: {} } : {}),
    effectiveAtMs: effective * DAY_MS,
    observedAtMs: observed * DAY_MS,
    validUntilMs: validUntil === null ? null : validUntil * DAY_MS,
  }));
}

function knownBy(quotes: readonly Quote[], day: number): Quote[] {
  return quotes.filter(({ observedAtMs }) => observedAtMs <= day * DAY_MS);
}

/** What the offer says at a moment: the latest quote that has taken effect. */
function saidOn(quotes: readonly Quote[], day: number): Quote | undefined {
  const begun = quotes.filter(({ effectiveAtMs }) => effectiveAtMs <= day * DAY_MS);
  return begun.sort(
    (a, b) => b.effectiveAtMs - a.effectiveAtMs || b.observedAtMs - a.observedAtMs,
  )[0];
}

describe('the change-points of an offer', () => {
  it.each([
    ['a run of equal quotes is the first of them', ['1 1 1', '1 2 2', '1 3 3'], ['1 1 1']],
    ['a change is kept', ['1 1 1', '2 2 2', '1 3 3'], ['1 1 1', '2 2 2', '1 3 3']],
    [
      'a repeat is kept that was known before what it repeats',
      ['1 1 9', '1 2 2'],
      ['1 1 9', '1 2 2'],
    ],
    ['a repeat is dropped that was known at once', ['1 1 2', '1 2 2'], ['1 1 2']],
    ['nothing is nothing', [], []],
  ])('%s', (_, rows, kept) => {
    const quotes = rows.map((row) => {
      const [price, effective, observed] = row.split(' ');
      return {
        ...quote('2026-07-01', price!),
        effectiveAtMs: Number(effective) * DAY_MS,
        observedAtMs: Number(observed) * DAY_MS,
      };
    });
    expect(shown(changePoints(quotes))).toEqual(kept);
  });

  it('are the same whether what was not known is left out before or after', () => {
    fc.assert(
      fc.property(offers, fc.nat(8), (rows, day) => {
        const quotes = quotesOf(rows);
        expect(changePoints(knownBy(changePoints(quotes), day))).toEqual(
          changePoints(knownBy(quotes, day)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('say at every moment, as known at every moment, what the quotes say', () => {
    fc.assert(
      fc.property(offers, fc.nat(8), fc.nat(8), (rows, knownDay, day) => {
        const quotes = quotesOf(rows);
        const whole = saidOn(knownBy(quotes, knownDay), day);
        const reduced = saidOn(knownBy(changePoints(quotes), knownDay), day);
        expect(reduced === undefined).toBe(whole === undefined);
        if (whole && reduced) expect(saysTheSame(whole, reduced)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('do not depend on the order of the quotes', () => {
    const shuffled = offers.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    );
    fc.assert(
      fc.property(shuffled, ([rows, others]) => {
        expect(changePoints(quotesOf(others))).toEqual(changePoints(quotesOf(rows)));
      }),
    );
  });

  it('are reduced no further by reducing them again', () => {
    fc.assert(
      fc.property(offers, (rows) => {
        const once = changePoints(quotesOf(rows));
        expect(changePoints(once)).toEqual(once);
      }),
    );
  });
});

describe('two quotes', () => {
  const one = quote('2026-07-01', '1');
  it.each([
    ['written otherwise', quote('2026-07-01', '1.00'), true],
    ['of another source and time', quote('2026-07-02', '1', { source: 'page' }), true],
    ['of another price', quote('2026-07-01', '1.01'), false],
    ['of another end', { ...one, validUntilMs: at('2026-08-01') }, false],
    ['in another currency', { ...one, currency: 'CNY' }, false],
    ['on another basis', { ...one, basis: 'aggregated' }, false],
    ['of another lab', { ...one, lab: 'other' }, false],
    ['with another leg', { ...one, legs: { ...one.legs, cached_input: decimal('1') } }, false],
    ['that ends the offer', { ...one, event: 'withdrawn' as const }, false],
  ])('%s', (_, other, same) => {
    expect(saysTheSame(one, other)).toBe(same);
    expect(saysTheSame(other, one)).toBe(same);
  });

  it.each([
    ['seller', { seller: 'other' }],
    ['model', { model: 'beta' }],
    ['venue', { venue: 'router' }],
    ['region', { region: 'us' }],
    ['service tier', { serviceTier: 'batch' }],
    ['context tier', { contextFrom: 200_000 }],
    ['hours', { windowUtc: '00:30-08:30' }],
  ])('of another %s are of another offer', (_, changes) => {
    expect(offerKey({ ...one, ...changes })).not.toBe(offerKey(one));
  });

  it('are not of one offer because a separator is in a name', () => {
    const [a, b] = [quote('2026-07-01', '1'), quote('2026-07-01', '1')];
    expect(offerKey({ ...a, seller: 'x","y', model: 'z' })).not.toBe(
      offerKey({ ...b, seller: 'x', model: 'y","z' }),
    );
  });
});
