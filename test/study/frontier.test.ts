import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, decimal } from '../../src/domain/decimal.ts';
import { cheapestFor, frontierOf } from '../../src/study/frontier.ts';

function model(id: string, price: number, score: number) {
  return { id, price: decimal(price), score: decimal(score) };
}

const idsOf = (models: readonly { id: string }[]) => models.map(({ id }) => id);

describe('a frontier', () => {
  it('is what nobody undercuts', () => {
    const models = [model('a', 1, 10), model('b', 2, 30), model('c', 3, 20), model('d', 4, 40)];
    // c costs more than b and reaches less.
    expect(idsOf(frontierOf(models))).toEqual(['a', 'b', 'd']);
  });

  it.each([
    ['the higher score at one price', [model('a', 1, 10), model('b', 1, 20)], ['b']],
    ['the lower price at one score', [model('a', 2, 10), model('b', 1, 10)], ['b']],
    ['the smaller id of equals', [model('b', 1, 10), model('a', 1, 10)], ['a']],
    ['one that is best at both', [model('a', 1, 99), model('b', 2, 10)], ['a']],
    ['nothing of nothing', [], []],
    ['scores below 0', [model('a', 1, -5), model('b', 2, -1)], ['a', 'b']],
  ])('takes %s', (_, models, ids) => {
    expect(idsOf(frontierOf(models))).toEqual(ids);
  });

  it('reaches a score with the cheapest model, or not at all', () => {
    const frontier = frontierOf([model('a', 1, 10), model('b', 2, 30)]);
    expect(cheapestFor(frontier, decimal(10))?.id).toBe('a');
    expect(cheapestFor(frontier, decimal(11))?.id).toBe('b');
    expect(cheapestFor(frontier, decimal(31))).toBeUndefined();
  });

  it('is by price and by score, reaches all that any model does, and in any order', () => {
    const any = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 })));
    fc.assert(
      fc.property(any, fc.integer({ min: 0, max: 20 }), (pairs, turn) => {
        const models = pairs.map(([price, score], at) => model(`m${at}`, price, score));
        const frontier = frontierOf(models);
        for (const [at, one] of frontier.entries()) {
          const next = frontier[at + 1];
          if (!next) continue;
          expect(compare(one.price, next.price)).toBe(-1);
          expect(compare(one.score, next.score)).toBe(-1);
        }
        for (const one of models) {
          const cheapest = cheapestFor(frontier, one.score)!;
          expect(compare(cheapest.price, one.price)).toBeLessThanOrEqual(0);
        }
        const turned = [...models.slice(turn), ...models.slice(0, turn)];
        expect(idsOf(frontierOf(turned))).toEqual(idsOf(frontier));
      }),
    );
  });
});
