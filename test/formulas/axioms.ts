import type { Bilateral, Matched } from '../../src/calculate/formulas/matched.ts';
import { compare, type Decimal, divide, dot, multiply, ONE } from '../../src/domain/decimal.ts';
import { between, isAtMost, isClose, type Triple, times } from './vectors.ts';

/** Whether an index passes a test on one example; k is any positive factor but 1. */
export type Axiom = (index: Bilateral, example: Triple, k: Decimal) => boolean;

/** By their names in the table of properties. */
export const AXIOMS: Readonly<Record<string, Axiom>> = {
  'identity: P(p,p,q1,q0)=1': (index, example) => {
    const { p0, q0, q1 } = between(example, 0, 1);
    return isClose(index({ p0, p1: p0, q0, q1 }), ONE);
  },
  'proportionality: P(k*p0,p0,q1,q0)=k': (index, example, k) => {
    const { p0, q0, q1 } = between(example, 0, 1);
    return isClose(index({ p0, p1: times(p0, k), q0, q1 }), k);
  },
  'homogeneity: P(k*p1,p0,..)=k*P': (index, example, k) => {
    const pair = between(example, 0, 1);
    return isClose(index({ ...pair, p1: times(pair.p1, k) }), multiply(k, index(pair)));
  },
  'time reversal: P(0->1)*P(1->0)=1': (index, example) =>
    isClose(multiply(index(between(example, 0, 1)), index(between(example, 1, 0))), ONE),
  'factor reversal: P(p,q)*P(q,p)=V1/V0': (index, example) => {
    const pair = between(example, 0, 1);
    const { p0, p1, q0, q1 } = pair;
    const quantity = index({ p0: q0, p1: q1, q0: p0, q1: p1 });
    return isClose(multiply(index(pair), quantity), divide(value(p1, q1), value(p0, q0)));
  },
  'unit invariance: p*u, q/u': (index, example) => {
    const pair = between(example, 0, 1);
    return isClose(index(inOtherUnits(pair)), index(pair));
  },
  'quantity-level invariance: q1*k': (index, example, k) => {
    const pair = between(example, 0, 1);
    return isClose(index({ ...pair, q1: times(pair.q1, k) }), index(pair));
  },
  'circularity: P(0->1)*P(1->2)=P(0->2)': (index, example) =>
    isClose(
      multiply(index(between(example, 0, 1)), index(between(example, 1, 2))),
      index(between(example, 0, 2)),
    ),
  'order invariance': (index, example) => {
    const pair = between(example, 0, 1);
    const turned = Object.fromEntries(
      Object.entries(pair).map(([name, vector]) => [name, [...vector].reverse()]),
    );
    // Not only close: the same digits.
    return compare(index(turned as unknown as Matched), index(pair)) === 0;
  },
  'between min and max relative': (index, example) => {
    const pair = between(example, 0, 1);
    const relatives = pair.p1.map((price, place) => divide(price, pair.p0[place]!));
    const sorted = relatives.sort(compare);
    const found = index(pair);
    return isAtMost(sorted[0]!, found) && isAtMost(found, sorted.at(-1)!);
  },
};

const UNITS = ['2', '0.5', '8', '1', '4'].map((text) => ({
  digits: BigInt(text.replace('.', '')),
  scale: text.includes('.') ? 1 : 0,
}));

/** Another unit for each product: its price times u, its quantities over u, exactly. */
function inOtherUnits({ p0, p1, q0, q1 }: Matched): Matched {
  const dearer = (price: Decimal, place: number) => multiply(price, UNITS[place]!);
  const fewer = (quantity: Decimal, place: number) =>
    multiply(quantity, divide(ONE, UNITS[place]!));
  return { p0: p0.map(dearer), p1: p1.map(dearer), q0: q0.map(fewer), q1: q1.map(fewer) };
}

function value(prices: readonly Decimal[], quantities: readonly Decimal[]): Decimal {
  return dot(prices.map((price, place) => [price, quantities[place]!]));
}
