import { describe, expect, it } from 'vitest';
import { explain } from '../../src/index.ts';
import { evidence, rulebook, succession } from '../fix/small-book.ts';
import { at, rate } from '../normalize/rows.ts';

const MEAN = { price: '{ sellers: mean }', universe: '{ include: { models: [a] } }' };
const EVERY = { price: '{ sellers: mean }' };

/** `price a 0.5`: cause, constituent and USD/MTok of the parts from one day to the next. */
function parts(keys: Readonly<Record<string, string>>, ...[known, to]: [Known, number]): string[] {
  const [from, until] = [to - 1, to].map((day) => `2026-07-0${day}`);
  const { explanation, none } = explain(rulebook(keys), known, from!, until!);
  if (!explanation) throw new RangeError(none.message);
  return explanation.parts.map(
    ({ cause, constituent, price }) => `${cause} ${constituent} ${price}`,
  );
}

type Known = ReturnType<typeof evidence>;

describe('the move of a price', () => {
  it('is all price where no seller stands behind it, before or after', () => {
    // b is gone on the 2nd, imputed 4 · 3/2, and back at 5 on the 3rd. Weights 1/2.
    const known = evidence([
      ...['2026-06-01 x/a 2', '2026-07-02 x/a 3'],
      ...['2026-06-01 y/b 4 until=2026-07-02', '2026-07-03 y/b 5'],
    ]);
    expect(parts(EVERY, known, 2)).toEqual(['price b 1', 'price a 0.5']);
    expect(parts(EVERY, known, 3)).toEqual(['price b -0.5']);
  });

  it('is all sellers where none is the same', () => {
    const known = evidence([
      ...['2026-06-01 x/a 2 lab=l', '2026-07-02 x/a withdrawn lab=l', '2026-07-02 y/a 5 lab=l'],
    ]);
    expect(parts(MEAN, known, 2)).toEqual(['sellers a 3']);
  });

  it('is sellers as far as one comes, and price as far as the others move', () => {
    // x 2 → 3 alone is 1; with y at 7 the mean is 5.
    const known = evidence([
      ...['2026-06-01 x/a 2 lab=l', '2026-07-02 x/a 3 lab=l', '2026-07-02 y/a 7 lab=l'],
    ]);
    expect(parts(MEAN, known, 2)).toEqual(['sellers a 2', 'price a 1']);
  });

  it('is sellers both for one that goes and for one that comes', () => {
    // x, y at 2, 4: 3. x alone is 2, then 2.5; with z at 7.5 it is 5.
    const known = evidence([
      ...['2026-06-01 x/a 2 lab=l', '2026-06-01 y/a 4 lab=l', '2026-07-02 x/a 2.5 lab=l'],
      ...['2026-07-02 y/a withdrawn lab=l', '2026-07-02 z/a 7.5 lab=l'],
    ]);
    expect(parts(MEAN, known, 2)).toEqual(['sellers a 1.5', 'price a 0.5']); // −1 and 2.5
  });

  it('is the rate’s as far as one of its sellers asks in another currency', () => {
    // x 2 dollars, y 2 euros at 1.1 and then 1.5: (2 + 2.2) / 2 to (2 + 3) / 2.
    const known = evidence(['2026-06-01 x/a 2 lab=l', '2026-06-01 y/a 2 lab=l currency=EUR'], {
      fx: [rate('2026-07-01', 'EUR', 'USD', '1.1'), rate('2026-07-02', 'EUR', 'USD', '1.5')],
    });
    expect(parts(MEAN, known, 2)).toEqual(['fx a 0.4']);
  });

  it('is all price where a seller asks in dollars, and there is no rate of the day', () => {
    const known = evidence(['2026-06-01 x/a 2 currency=EUR', '2026-07-02 x/a 3'], {
      fx: [rate('2026-07-01', 'EUR', 'USD', '1.1')],
    });
    // 2.2 to 3; the rate of the 1st is too old on the 2nd.
    expect(parts({ ...MEAN, fx: '{ max_age_days: 0 }' }, known, 2)).toEqual(['price a 0.8']);
  });

  it('is of each currency by the rate that its own price was converted at', () => {
    // The euro's rate of the 2nd came out on the 5th: x asks 3 at 1.1 as before. w asks 10 yuan, at
    // 0.1 and then 0.2: (1 + 2.2) / 2 to (2 + 3.3) / 2.
    const known = evidence(
      [
        ...['2026-06-01 w/a 10 lab=l currency=CNY', '2026-06-01 x/a 2 lab=l currency=EUR'],
        '2026-07-02 x/a 3 lab=l currency=EUR',
      ],
      {
        fx: [
          ...[rate('2026-07-01', 'EUR', 'USD', '1.1'), rate('2026-07-01', 'CNY', 'USD', '0.1')],
          { ...rate('2026-07-02', 'EUR', 'USD', '1.5'), knownAtMs: at('2026-07-05') },
          rate('2026-07-02', 'CNY', 'USD', '0.2'),
        ],
      },
    );
    expect(parts(MEAN, known, 2)).toEqual(['price a 0.55', 'fx a 0.5']);
  });

  it('is price where a successor stands in, times its factor', () => {
    // a is gone on the 2nd, and b in its place: 10 · 0.8 to 20 · 0.8.
    const known = evidence(
      ['2026-07-01 x/a 4', '2026-07-02 x/a withdrawn', '2026-07-02 x/b 10', '2026-07-03 x/b 20'],
      { succession: [succession('2026-07-02 a b 0.8')] },
    );
    expect(parts(EVERY, known, 3)).toEqual(['price a 8']);
  });

  it('is of the sellers that passed the screen, which does not come again', () => {
    // Of x y z v at 2 2 2 90, v is out; on the 2nd y z v are gone and x asks 3.
    const known = evidence([
      ...['x/a 2', 'y/a 2', 'z/a 2', 'v/a 90'].map((line) => `2026-06-01 ${line} lab=l`),
      ...['y/a', 'v/a'].map((name) => `2026-07-02 ${name} withdrawn lab=l`),
      '2026-07-02 x/a 3 lab=l',
    ]);
    const screened = '{ sellers: mean, screen: { method: mad, sigma: "3", ratio: "3" } }';
    // x y z at 2; x z at 2, and then 2.5.
    expect(parts({ ...MEAN, price: screened }, known, 2)).toEqual(['price a 0.5']);
  });
});
