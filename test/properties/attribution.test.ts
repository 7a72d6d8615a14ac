import fc from 'fast-check';
import { expect, it } from 'vitest';
import { absolute } from '../../src/domain/decimal.ts';
import {
  add,
  compare,
  type Decimal,
  decimal,
  evidenceOf,
  explain,
  sum,
  toText,
} from '../../src/index.ts';
import { rulebook } from '../fix/small-book.ts';
import { bookOf, LAST_DAY, on, ruleKeys, sketches } from './books.ts';

const books = sketches(['USD', 'USD', 'EUR']);
const RUNS = { numRuns: process.env.CI ? 1000 : 200 };

const total = (texts: readonly string[]): Decimal => sum(texts.map((text) => decimal(text)));

it('the parts and the rounding line sum exactly to the published difference', () => {
  let explained = 0;
  fc.assert(
    fc.property(books, ruleKeys, fc.nat(LAST_DAY), fc.nat(LAST_DAY), (sketch, keys, one, other) => {
      const rules = rulebook({ ...keys, rounding: '{ price: 9, level: 9 }' });
      const [from, to] = [on(Math.min(one, other)), on(Math.max(one, other))];
      const { explanation } = explain(rules, evidenceOf(bookOf(sketch)), from, to);
      if (!explanation || explanation.unsplit !== null) return;
      explained += 1;
      for (const of of ['price', 'level'] as const) {
        const parts = total(explanation.parts.map((part) => part[of]));
        const rounding = decimal(explanation.rounding[of]);
        expect(toText(add(parts, rounding))).toBe(toText(decimal(explanation[of].change)));
        // Two published values are each off by half a unit, each part by half of its last place.
        const allowed = add(decimal('0.000000001'), decimal(`${explanation.parts.length + 1}e-12`));
        expect(compare(absolute(rounding), allowed)).toBeLessThanOrEqual(0);
      }
    }),
    RUNS,
  );
  expect(explained).toBeGreaterThan(10);
});

it('a rebalance and an entry move no level', () => {
  fc.assert(
    fc.property(books, ruleKeys, fc.nat(LAST_DAY), (sketch, keys, day) => {
      const known = evidenceOf(bookOf(sketch));
      const { explanation } = explain(rulebook(keys), known, on(0), on(day));
      const composition = ['entry', 'exit', 'weights', 'methodology'];
      const parts = explanation?.parts.filter(({ cause }) => composition.includes(cause)) ?? [];
      expect(parts.map(({ level }) => level)).toEqual(parts.map(() => '0'));
    }),
    RUNS,
  );
});
