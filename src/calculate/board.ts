import { once } from '../domain/once.ts';
import type { Priced, Pricing } from './constituent.ts';

/** Every constituent that the universe could hold, as it is priced on one day. */
export interface Board {
  readonly pricings: ReadonlyMap<string, Pricing>;
  /** Of those that have a price. */
  readonly prices: ReadonlyMap<string, Priced>;
}

/**
 * The board of constituents that are side by side.
 *
 * @param places of the constituents, by id.
 * @param prices where they are those of another board.
 */
export function boardOf(
  all: readonly Pricing[],
  places: ReadonlyMap<string, number>,
  prices: Board['prices'] = new PricesByPlace(all, places),
): Board {
  const byId = once(() => new Map(all.map((pricing) => [pricing.id, pricing])));
  return {
    get pricings() {
      return byId();
    },
    prices,
  };
}

/** Prices by id without a map of their own: a board is made every day, and most of it stays. */
class PricesByPlace implements ReadonlyMap<string, Priced> {
  readonly #all: readonly Pricing[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(all: readonly Pricing[], places: ReadonlyMap<string, number>) {
    this.#all = all;
    this.#places = places;
  }

  get(id: string): Priced | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#all[place]?.priced;
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  get size(): number {
    return this.#all.reduce((size, { priced }) => (priced ? size + 1 : size), 0);
  }

  *entries(): Generator<[string, Priced], undefined> {
    for (const { id, priced } of this.#all) if (priced) yield [id, priced];
  }

  *keys(): Generator<string, undefined> {
    for (const { id, priced } of this.#all) if (priced) yield id;
  }

  *values(): Generator<Priced, undefined> {
    for (const { priced } of this.#all) if (priced) yield priced;
  }

  [Symbol.iterator](): Generator<[string, Priced], undefined> {
    return this.entries();
  }

  forEach(told: (priced: Priced, id: string, map: ReadonlyMap<string, Priced>) => void): void {
    for (const [id, priced] of this.entries()) told(priced, id, this);
  }
}
