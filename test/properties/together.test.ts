import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixingOf } from '../../src/fix/fixing.ts';
import { resultsTogether } from '../../src/fix/together.ts';
import { canonicalJson, type Evidence, evidenceOf, type Rulebook } from '../../src/index.ts';
import { evidence, rulebook } from '../fix/small-book.ts';
import { bookOf, decisionsOn, LAST_DAY, on, runOf, sketches, someRules } from './books.ts';

const RUNS = { numRuns: process.env.CI ? 50 : 20 };

const books = sketches(['USD', 'USD', 'EUR']).chain((sketch) =>
  decisionsOn(sketch).map((decisions) => ({ ...bookOf(sketch), ...decisions })),
);

/** The universe of an index beside another, which prices by the same rules. */
type Other = (universe: Rulebook['universe']) => Rulebook['universe'];
const OTHERS: readonly Other[] = [
  (universe) => universe,
  (universe) => ({ ...universe, include: { ...universe.include, classes: ['frontier'] } }),
  (universe) => ({ ...universe, include: { ...universe.include, sellers: ['p', 'x'] } }),
  (universe) => ({ ...universe, include: { ...universe.include, labs: ['x', 'z'] } }),
  (universe) => ({ ...universe, exclude: { ...universe.exclude, models: ['a'] } }),
];

const others = fc.subarray([...OTHERS], { minLength: 2 });

/** The fixings of each index, when all of them are calculated together. */
function together(
  indices: readonly (readonly Rulebook[])[],
  known: Evidence,
  days: string[] = [],
): string[][] {
  const found: string[][] = indices.map(() => []);
  const wanted = indices.map((rules) => ({ rules, isOn: () => true }));
  for (const { place, result } of resultsTogether(wanted, known, on(LAST_DAY))) {
    if (!result) continue;
    days.push(result.day.day);
    found[place]?.push(canonicalJson(fixingOf(result, known, {}).fixing));
  }
  return found;
}

function alone(indices: readonly (readonly Rulebook[])[], known: Evidence): string[][] {
  return indices.map((rules) => runOf(rules, known).map(canonicalJson));
}

describe('indices that are calculated together', () => {
  it('are each what they are alone, however much their rulebooks have in common', () => {
    fc.assert(
      fc.property(books, someRules, someRules, others, (rows, alike, another, universes) => {
        const beside = universes.map((other, place) =>
          alike.map((rules) => ({
            ...{ ...rules, index: place === 1 ? 'TEST' : `TEST-${place}` },
            universe: other(rules.universe),
          })),
        );
        const indices = [...beside, another];
        const known = evidenceOf(rows);
        expect(together(indices, known)).toEqual(alone(indices, known));
      }),
      RUNS,
    );
  });

  it('are each what they are alone where they begin on other days and at other hours', () => {
    fc.assert(
      fc.property(books, someRules, fc.integer({ min: 1, max: 9 }), (rows, [rules], later) => {
        if (!rules) return;
        const base = { ...rules.base, date: on(later) };
        const cutoff = { ...rules.cutoff, time: '09:00' };
        const indices = [[rules], [{ ...rules, base }], [{ ...rules, cutoff }], [rules]];
        const known = evidenceOf(rows);
        const isOpen = known.calendars(rules.calendar)?.isOpen ?? (() => true);
        if (!isOpen(base.date)) return;
        expect(together(indices, known)).toEqual(alone(indices, known));
      }),
      RUNS,
    );
  });

  it('ask a seller once for all of them', () => {
    const known = evidence([
      ...['2026-06-01 x/a 4', '2026-06-01 y/b 4', '2026-07-03 y/b 5', '2026-07-09 x/a 6'],
    ]);
    let asked = 0;
    const ownerOf = (seller: string) => {
      asked += 1;
      return seller;
    };
    const count = (indices: readonly (readonly Rulebook[])[]) => {
      asked = 0;
      together(indices, { ...known, ownerOf });
      return asked;
    };
    const rules = rulebook({ price: '{ sellers: mean }' });
    const only = { ...rules.universe, exclude: { models: ['b'], sellers: [] } };
    const other = rulebook({ price: '{ sellers: trimmed_mean }' });
    expect(count([[rules]])).toBe(4);
    expect(count([[rules], [rules], [other], [{ ...rules, universe: only }]])).toBe(4);
  });

  it('come in the order of the days, and of a day in their own', () => {
    const known = evidence(['2026-06-01 x/a 4']);
    const days: string[] = [];
    together([[rulebook()], [rulebook({ base: '{ date: 2026-07-09 }' })]], known, days);
    expect(days).toEqual([...days].sort());
    expect(days.slice(7, 11)).toEqual([
      '2026-07-08',
      ...['2026-07-09', '2026-07-09', '2026-07-10'],
    ]);
  });

  it('say which of them has no first basket, and go on with the others', () => {
    const known = evidence(['2026-07-02 x/a 4']);
    const later = rulebook({ base: '{ date: 2026-07-09 }' });
    const wanted = [rulebook(), later].map((rules) => ({ rules, isOn: () => true }));
    const steps = [...resultsTogether(wanted, known, on(9))];
    expect(steps.map(({ place, none }) => [place, none?.code])).toEqual([
      ...[[0, 'no_first_basket'], ...[1, 1].map((place) => [place, undefined])],
    ]);
  });
});
