import { formatMoment } from '../../domain/dates.ts';
import {
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  isPositive,
  multiply,
  toText,
  ZERO,
} from '../../domain/decimal.ts';
import type { Reject } from '../../domain/failure.ts';
import type { Legs } from '../../domain/good.ts';
import { TOKEN } from '../../domain/goods/token.ts';
import { byCodePoint } from '../../domain/group.ts';
import { offerKey } from '../../domain/offer.ts';
import type { Quote } from '../../domain/rows.ts';
import { spansOf } from './in-force.ts';
import { combined, type Method } from './method.ts';
import { type Windows, windowOf } from './window.ts';

/** What ticks of one offer say, at whatever time. */
export interface Kind {
  readonly offer: OfferTicks;
  /** The number of its prices among those of the offer. */
  readonly prices: number;
}

/** Ticks of one kind and one window. */
export interface Look {
  readonly windowMs: number;
  readonly count: number;
  readonly lastAtMs: number;
  /** Their sum; `null` where no row says one. */
  readonly volume: Decimal | null;
  /** Each of their times, where the method asks for them. */
  readonly moments: readonly number[];
}

/** A price of an offer over one window, and what it rests on. */
export interface ReducedQuote {
  readonly quote: Quote;
  readonly windowMs: number;
  readonly windowEndMs: number;
  readonly ticks: number;
  readonly volume: Decimal | null;
}

export interface ReducedQuotes {
  readonly quotes: readonly ReducedQuote[];
  readonly rejects: readonly Reject[];
  /** Windows that have ticks and no price, since no tick of them counts. */
  readonly unpriced: number;
}

interface Prices {
  readonly currency: string;
  readonly legs: Legs<Decimal>;
}

interface OfferTicks {
  readonly name: Quote;
  readonly numbers: Map<string, number>;
  readonly prices: Prices[];
  readonly windows: Map<number, WindowTicks>;
  /** Every tick, where the method asks for them: when it was, and the number of its prices. */
  readonly moments: number[];
  readonly momentPrices: number[];
}

interface WindowTicks {
  count: number;
  volume: Decimal | null;
  lastAtMs: number;
  lastPrices: number;
  /** By the number of prices: ticks, and their volume. */
  readonly shares: Map<number, { count: number; volume: Decimal }>;
  /** Under `vwap`, by the place of the leg: what was paid and for how much. */
  readonly traded: (Traded | undefined)[];
  readonly currencies: Set<string>;
}

interface Traded {
  paid: Decimal;
  volume: Decimal;
}

/**
 * Gathers ticks by offer, window and prices, in any order, and reduces them.
 *
 * Memory grows with offers and windows; under the medians with the different prices in them, under
 * `twap` with ticks.
 */
export class Reduction {
  readonly method: Method;
  readonly windows: Windows;
  readonly #offers = new Map<string, OfferTicks>();
  readonly #basis: string;

  constructor(method: Method, windows: Windows, basis: string) {
    this.method = method;
    this.windows = windows;
    this.#basis = basis;
  }

  /** Ticks that say the same are of one kind. */
  kindOf(quote: Quote): Kind {
    const key = offerKey(quote);
    let offer = this.#offers.get(key);
    if (!offer) {
      offer = {
        name: quote,
        ...{ numbers: new Map(), prices: [], windows: new Map(), moments: [], momentPrices: [] },
      };
      this.#offers.set(key, offer);
    }
    const { currency, legs } = quote;
    const texts = TOKEN.legs.map((leg) => (legs[leg] ? toText(legs[leg]) : ''));
    const said = [currency, ...texts].join(' ');
    const known = offer.numbers.get(said);
    if (known !== undefined) return { offer, prices: known };
    const number = offer.prices.length;
    offer.numbers.set(said, number);
    offer.prices.push({ currency, legs });
    return { offer, prices: number };
  }

  take({ offer, prices }: Kind, look: Look): void {
    let found = offer.windows.get(look.windowMs);
    if (!found) {
      found = {
        ...{ count: 0, volume: null, lastAtMs: Number.NEGATIVE_INFINITY, lastPrices: prices },
        ...{ shares: new Map(), traded: [], currencies: new Set() },
      };
      offer.windows.set(look.windowMs, found);
    }
    found.count += look.count;
    if (look.volume) found.volume = add(found.volume ?? ZERO, look.volume);
    if (this.method === 'last') {
      if (isLater(offer, look.lastAtMs, prices, found)) {
        found.lastAtMs = look.lastAtMs;
        found.lastPrices = prices;
      }
      return;
    }
    if (this.method === 'twap') {
      for (const moment of look.moments) {
        offer.moments.push(moment);
        offer.momentPrices.push(prices);
      }
      return;
    }
    if (this.method === 'vwap') {
      const said = offer.prices[prices];
      if (said && look.volume) trade(found, said, look.volume);
      return;
    }
    const share = found.shares.get(prices);
    if (!share) found.shares.set(prices, { count: look.count, volume: look.volume ?? ZERO });
    else {
      share.count += look.count;
      if (look.volume) share.volume = add(share.volume, look.volume);
    }
  }

  /** @param file what the ticks came from, for the rejects. */
  reduced(file: string): ReducedQuotes {
    const quotes: ReducedQuote[] = [];
    const rejects: Reject[] = [];
    let unpriced = 0;
    for (const offer of this.#offers.values()) {
      const found = this.#found(offer);
      for (const { windowMs, legs, effectiveAtMs, observedAtMs, ...one } of found) {
        const currencies = [...new Set(one.currencies)].sort(byCodePoint);
        const [currency] = currencies;
        if (currencies.length > 1) rejects.push(mixed(offer, windowMs, currencies, file));
        if (currency === undefined || !TOKEN.requiredLegs.every((leg) => legs[leg])) unpriced += 1;
        else if (currencies.length === 1) {
          const stated = { currency, legs, effectiveAtMs, observedAtMs };
          quotes.push(this.#quote(offer, windowMs, stated));
        }
      }
    }
    // Engines meet the offers in orders of their own.
    rejects.sort((a, b) => byCodePoint(a.expected, b.expected));
    return { quotes, rejects, unpriced };
  }

  #quote(
    { name, windows }: OfferTicks,
    windowMs: number,
    stated: Pick<Quote, 'currency' | 'legs' | 'effectiveAtMs' | 'observedAtMs'>,
  ): ReducedQuote {
    const { count: ticks, volume } = windows.get(windowMs) ?? { count: 0, volume: null };
    const windowEndMs = windowMs + this.windows.sizeMs;
    const noun = ticks === 1 ? 'tick' : 'ticks';
    const source = `mtok reduce ${this.method} over ${this.windows.name}: ${ticks} ${noun}`;
    const traded = volume ? `, volume ${toText(volume)}` : '';
    const quote = {
      ...{ ...name, ...stated, isReconstructed: false, basis: this.#basis },
      source: source + traded,
    };
    return { quote, windowMs, windowEndMs, ticks, volume };
  }

  #found(offer: OfferTicks): Found[] {
    if (this.method === 'last') return latest(offer);
    const over = (windowMs: number) => {
      return { windowMs, effectiveAtMs: windowMs, observedAtMs: windowMs + this.windows.sizeMs };
    };
    if (this.method === 'vwap') {
      return [...offer.windows].map(([windowMs, { traded, currencies }]) => {
        return { ...over(windowMs), legs: meansOf(traded), currencies: [...currencies] };
      });
    }
    return Array.from(this.#weights(offer), ([windowMs, weights]) => {
      const prices = [...weights].flatMap(([number, weight]) => {
        const one = offer.prices[number];
        return one ? [{ ...one, weight }] : [];
      });
      const currencies = prices.map(({ currency }) => currency);
      return { ...over(windowMs), legs: this.#legs(prices), currencies };
    });
  }

  /** By window how much each number of prices counts. */
  #weights(offer: OfferTicks): Iterable<readonly [number, ReadonlyMap<number, Decimal>]> {
    if (this.method === 'twap') {
      const lower = (a: number, b: number) => comparePrices(offer.prices[a], offer.prices[b]);
      return spansOf(offer.moments, offer.momentPrices, lower, this.windows);
    }
    const byCount = this.method === 'median';
    return [...offer.windows].map(([windowMs, { shares }]) => {
      const weights = [...shares].map(([number, { count, volume }]): [number, Decimal] => [
        number,
        byCount ? decimal(count) : volume,
      ]);
      return [windowMs, new Map(weights)] as const;
    });
  }

  /** Each leg on its own, over the ticks that have it. */
  #legs(prices: readonly WeightedPrices[]): Legs<Decimal> {
    const legs = TOKEN.legs.flatMap((leg) => {
      const stated = prices.flatMap(({ legs: { [leg]: price }, weight }) =>
        price ? [{ price, weight }] : [],
      );
      const price = combined(this.method, stated);
      return price ? [[leg, price] as const] : [];
    });
    return Object.fromEntries(legs);
  }
}

/** The looks at one tick: how it is taken by an engine that reads them one by one. */
export function lookAt(windows: Windows, atMs: number, volume: Decimal | null): Look {
  const windowMs = windowOf(windows, atMs);
  return { windowMs, count: 1, lastAtMs: atMs, volume, moments: [atMs] };
}

interface WeightedPrices extends Prices {
  readonly weight: Decimal;
}

interface Found {
  readonly windowMs: number;
  readonly effectiveAtMs: number;
  readonly observedAtMs: number;
  readonly legs: Legs<Decimal>;
  readonly currencies: readonly string[];
}

function latest({ windows, prices }: OfferTicks): Found[] {
  return [...windows].flatMap(([windowMs, { lastAtMs, lastPrices }]) => {
    const last = prices[lastPrices];
    if (!last) return [];
    const at = { effectiveAtMs: lastAtMs, observedAtMs: lastAtMs };
    return [{ windowMs, ...at, legs: last.legs, currencies: [last.currency] }];
  });
}

function trade({ traded, currencies }: WindowTicks, { legs, currency }: Prices, volume: Decimal) {
  currencies.add(currency);
  for (const [place, leg] of TOKEN.legs.entries()) {
    const price = legs[leg];
    if (!price) continue;
    const paid = multiply(price, volume);
    const before = traded[place];
    if (!before) traded[place] = { paid, volume };
    else {
      before.paid = add(before.paid, paid);
      before.volume = add(before.volume, volume);
    }
  }
}

/** Of each leg that was traded its mean by volume. */
function meansOf(traded: readonly (Traded | undefined)[]): Legs<Decimal> {
  const means = TOKEN.legs.flatMap((leg, place) => {
    const { paid, volume } = traded[place] ?? { paid: ZERO, volume: ZERO };
    return isPositive(volume) ? [[leg, divide(paid, volume)] as const] : [];
  });
  return Object.fromEntries(means);
}

/** Of ticks at one moment the lower prices count, whatever the order of rows. */
function isLater(
  { prices }: OfferTicks,
  atMs: number,
  number: number,
  { lastAtMs, lastPrices }: WindowTicks,
): boolean {
  if (atMs !== lastAtMs) return atMs > lastAtMs;
  return comparePrices(prices[number], prices[lastPrices]) < 0;
}

const TIE_LEGS = ['input', 'output', 'cached_input', 'cache_write'] as const;

/** By input, output, cached input and cache write; a leg that is not offered comes last. */
function comparePrices(a: Prices | undefined, b: Prices | undefined): number {
  if (!a || !b) return 0;
  for (const leg of TIE_LEGS) {
    const [left, right] = [a.legs[leg], b.legs[leg]];
    const order = left && right ? compare(left, right) : Number(!left) - Number(!right);
    if (order !== 0) return order;
  }
  return byCodePoint(a.currency, b.currency);
}

function mixed(
  { name: { seller, model } }: OfferTicks,
  windowMs: number,
  currencies: readonly string[],
  file: string,
): Reject {
  const offer = `${seller} ${model} in the window from ${formatMoment(windowMs)}`;
  const place = { file, line: 0, column: 'currency', value: currencies.join(', ') };
  return { code: 'mixed_currency', ...place, expected: `one currency for ${offer}` };
}
