import { compare, type Decimal, equals, multiply } from '../../domain/decimal.ts';
import { groupBy } from '../../domain/group.ts';
import type { Terms } from '../feeds/feed.ts';

/** Both sides of an offer, as others are compared with it. */
export interface Sides {
  readonly seller: string;
  readonly venue: string;
  readonly model: string;
  readonly input: Decimal;
  readonly output: Decimal;
}

/** Standard prices that go by one model's name, at any seller. */
export interface Peers {
  /** The price of the same name at the same seller, and no other. */
  readonly base: (terms: Pick<Terms, 'seller' | 'venue' | 'model'>) => Sides | undefined;
  /** What the others charge: the median of their own medians. */
  readonly usual: (leg: Side, terms: Pick<Terms, 'seller' | 'venue'>) => Usual | undefined;
  /** One of the same ratio of both sides of which the input is so many times as much. */
  readonly multiple: (sides: Pair, least: Decimal, most: Decimal) => Sides | undefined;
  /** Whether one has the two sides the other way round, or in that ratio. */
  readonly hasMirror: (sides: Pair) => boolean;
}

export type Side = 'input' | 'output';
type Pair = Pick<Sides, Side>;

export interface Usual {
  readonly price: Decimal;
  readonly sellers: number;
}

/** Sorts what is compared with each of many offers once, and not once for each of them. */
export function peersAmong(all: readonly Sides[]): Peers {
  const bases = groupBy(all, ({ seller, venue, model }) => keyOf(seller, venue, model));
  const sellers = [...groupBy(all, ({ seller, venue }) => keyOf(seller, venue))];
  const votes = { input: votesOf(sellers, 'input'), output: votesOf(sellers, 'output') };
  const ratios = groupBy(all, ({ input, output }) => ratioOf(input, output));
  for (const group of ratios.values()) group.sort((a, b) => compare(a.input, b.input));

  function usual(leg: Side, { seller, venue }: Pick<Terms, 'seller' | 'venue'>) {
    const { sorted, places } = votes[leg];
    const own = places.get(keyOf(seller, venue)) ?? sorted.length;
    const others = own < sorted.length ? sorted.length - 1 : sorted.length;
    const middle = Math.floor((others - 1) / 2);
    const price = sorted[middle < own ? middle : middle + 1];
    return price && others > 0 ? { price, sellers: others } : undefined;
  }

  function multiple({ input, output }: Pair, least: Decimal, most: Decimal) {
    // Of a model that costs the same on both sides, one number says nothing.
    if (equals(input, output)) return undefined;
    const group = ratios.get(ratioOf(input, output)) ?? [];
    const nearest =
      group[firstFrom(group, (peer) => compare(input, multiply(peer.input, most)) <= 0)];
    return nearest && compare(input, multiply(nearest.input, least)) >= 0 ? nearest : undefined;
  }

  return {
    base: ({ seller, venue, model }) => bases.get(keyOf(seller, venue, model))?.[0],
    usual,
    multiple,
    hasMirror: ({ input, output }) => ratios.has(ratioOf(output, input)),
  };
}

export const NO_PEERS = peersAmong([]);

/** The lower median: always a price that somebody quoted. */
function medianOf(prices: readonly Decimal[]): Decimal | undefined {
  return [...prices].sort(compare)[Math.floor((prices.length - 1) / 2)];
}

/** One vote for each seller, by price, and the place that each has among them. */
function votesOf(sellers: readonly (readonly [key: string, own: readonly Sides[]])[], leg: Side) {
  const votes = sellers
    .flatMap(([key, own]) => {
      const price = medianOf(own.map((one) => one[leg]));
      return price ? [{ key, price }] : [];
    })
    .sort((a, b) => compare(a.price, b.price));
  const places = new Map(votes.map(({ key }, place) => [key, place]));
  return { sorted: votes.map(({ price }) => price), places };
}

/** The first of a sorted list for which something holds that then holds for all that follow. */
function firstFrom<Item>(sorted: readonly Item[], holds: (item: Item) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = sorted[middle];
    if (item !== undefined && holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The ratio of two prices in lowest terms: equal for equal ratios only. */
function ratioOf(a: Decimal, b: Decimal): string {
  const scale = Math.max(a.scale, b.scale);
  const digits = (one: Decimal) => one.digits * 10n ** BigInt(scale - one.scale);
  const [over, under] = [digits(a), digits(b)];
  let [divisor, rest] = [over, under];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return divisor === 0n ? '' : `${over / divisor}/${under / divisor}`;
}

function keyOf(...names: readonly string[]): string {
  return JSON.stringify(names);
}
