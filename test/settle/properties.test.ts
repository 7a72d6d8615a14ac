import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, compare, decimal, targetOf } from '../../src/index.ts';
import { july, result, settled } from './small-contract.ts';

/** A level in cents, or a withheld or missing day. */
const level = fc.integer({ min: 1, max: 99_999 }).map((cents) => (cents / 100).toFixed(2));
const line = fc.oneof({ weight: 6, arbitrary: level }, fc.constantFrom('withheld', null));
const WEEKDAYS = july().map((text) => text.slice(0, 10));
const month = fc
  .array(line, { minLength: WEEKDAYS.length, maxLength: WEEKDAYS.length })
  .map((lines) =>
    july(Object.fromEntries(WEEKDAYS.map((day, index) => [day, lines[index] ?? null]))),
  )
  .filter((lines) => lines.length > 0);

const TERMS = {
  ladder: '[{ rule: previous, max_days: 5 }, { rule: postpone, max_days: 5 }]',
  events: '{ suspension: { days: 23, action: ladder }, cessation: last_print }',
};

describe('whatever the fixings are', () => {
  it('their order does not matter', () => {
    const shuffled = month.chain((lines) =>
      fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })),
    );
    fc.assert(
      fc.property(shuffled, ([lines, other]) => {
        const [a, b] = [lines, other].map((fixings) => settled({ terms: TERMS, fixings }));
        expect(canonicalJson(a)).toBe(canonicalJson(b));
      }),
    );
  });

  it('the settlement lies between the least and the greatest of the days', () => {
    fc.assert(
      fc.property(month, (fixings) => {
        const found = settled({ terms: TERMS, fixings });
        if (found.unrounded === null) return;
        const values = found.days.flatMap(({ value }) => (value === null ? [] : [decimal(value)]));
        const sorted = values.sort(compare);
        const mean = decimal(found.unrounded);
        expect(compare(sorted[0]!, mean)).toBeLessThanOrEqual(0);
        expect(compare(mean, sorted.at(-1)!)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('equal fixings settle at what they all are', () => {
    fc.assert(
      fc.property(level, (text) => {
        const fixings = WEEKDAYS.map((day) => `${day} ${text}`);
        expect(settled({ fixings }).settled).toBe(text);
      }),
    );
  });

  it('a revision after finality changes nothing', () => {
    const after = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(month, fc.nat(WEEKDAYS.length - 1), level, after, (fixings, index, text, s) => {
        const before = settled({ terms: TERMS, fixings });
        const known = new Date(Date.parse(before.known_at) + s * 1000).toISOString();
        const revised = `${WEEKDAYS[index]} ${text} rev=1 known=${known}`;
        const later = settled({ terms: TERMS, fixings: [...fixings, revised] });
        expect(canonicalJson(later)).toBe(canonicalJson(before));
      }),
    );
  });

  it('nothing that was not known is used: what is known later does not change what was said', () => {
    const at = fc.constantFrom(...WEEKDAYS).map((day) => `${day}T20:00:00Z`);
    fc.assert(
      fc.property(month, at, (fixings, moment) => {
        const known = fixings.filter((text) => `${text.slice(0, 10)}T16:00:00Z` <= moment);
        if (known.length === 0) return;
        const terms = { ...TERMS, ladder: '[{ rule: previous, max_days: 5 }]' };
        const early = settled({ terms, fixings: known, at: moment });
        expect(settled({ terms, fixings, at: moment })).toEqual(early);
      }),
    );
  });
});

describe('a target', () => {
  it('is met where the remaining days average what it says', () => {
    const half = july().slice(0, 13);
    const found = result({ fixings: half, at: '2026-07-17T20:00:00Z' });
    if (!found.settlement) throw new Error('expected a settlement');
    // (101 · 23 − 13 · 100) / 10
    const { average, remaining } = targetOf(found.assessment, decimal('101'));
    expect([average, remaining]).toEqual(['102.3', 10]);
    const rest = Object.fromEntries(WEEKDAYS.slice(13).map((day) => [day, `${average}`]));
    expect(settled({ fixings: july(rest) }).unrounded).toBe('101');
  });

  it('has no answer where no day is to come', () => {
    const found = result({ fixings: july() });
    if (!found.settlement) throw new Error('expected a settlement');
    expect(targetOf(found.assessment, decimal('101')).average).toBeNull();
  });
});
