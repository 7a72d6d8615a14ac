import type { Day } from '../domain/dates.ts';
import { type Decimal, divide, equals, multiply, ONE, roundToDigits } from '../domain/decimal.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { toUsd } from '../normalize/currency.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { scaledLegs, workloadPrice } from './blend.ts';
import type { StandingPrice } from './fallback.ts';
import { combineSellers, type SellerPrice } from './sellers.ts';

/** Why a constituent's price is another than on the day before. */
export type PriceCause = 'price' | 'fx' | 'sellers';

/** A move of a constituent's price from one value to another, with its weight in the sum. */
export interface Move {
  readonly cause: PriceCause;
  readonly from: Decimal;
  readonly to: Decimal;
  /** Two halves of a midpoint, or the whole. */
  readonly isHalf?: true;
}

/** A constituent's price on a day. */
type PricedDay = StandingPrice & { readonly day: Day };

/**
 * Splits the move of a constituent's price: what the sellers of both days did, what the exchange
 * rate did (by midpoint), and what came of other sellers standing behind it. The moves lead from
 * the one price to the other.
 */
export function movesOf(
  before: PricedDay,
  now: PricedDay,
  rules: RulebookRules,
  evidence: Evidence,
): Move[] {
  const whole = { from: before.price, to: now.price };
  if (before.sellers.length === 0 || now.sellers.length === 0) {
    return [{ cause: 'price', ...whole }];
  }
  const [then, at] = [idsOf(before), idsOf(now)];
  const matched = new Set([...then].filter((id) => at.has(id)));
  if (matched.size === 0) return [{ cause: 'sellers', ...whole }];
  const isSame = matched.size === then.size && matched.size === at.size;
  const sellersThen = before.sellers.filter(({ seller }) => matched.has(seller));
  const sellersNow = now.sellers.filter(({ seller }) => matched.has(seller));
  const from = isSame ? before.price : priceOn(before, sellersThen);
  const to = isSame ? now.price : priceOn(now, sellersNow);
  return [
    { cause: 'sellers', from: before.price, to: from },
    ...currencyMoves(),
    { cause: 'sellers', from: to, to: now.price },
  ];

  /** The matched sellers' move, in what they ask and in what their currency is worth. */
  function currencyMoves(): Move[] {
    const isForeign = sellersNow.concat(sellersThen).some((one) => one.rateDate !== undefined);
    if (!isForeign) return [{ cause: 'price', from, to }];
    const thenAtNow = priceOn(
      before,
      sellersThen.map((one) => atRatesOf(one, before, now)),
    );
    const nowAtThen = priceOn(
      now,
      sellersNow.map((one) => atRatesOf(one, now, before)),
    );
    return [
      { cause: 'price', from, to: nowAtThen, isHalf: true },
      { cause: 'fx', from: nowAtThen, to, isHalf: true },
      { cause: 'fx', from, to: thenAtNow, isHalf: true },
      { cause: 'price', from: thenAtNow, to, isHalf: true },
    ];
  }

  /** What sellers give for a constituent on a day: of a successor, times its factor. */
  function priceOn(
    { successor, price, sellers }: PricedDay,
    some: readonly SellerPrice[],
  ): Decimal {
    const own = priceFrom(some, rules);
    if (successor === undefined) return own;
    return roundToDigits(multiply(own, divide(price, priceFrom(sellers, rules))));
  }

  function atRatesOf(one: SellerPrice, of: PricedDay, wanted: PricedDay): SellerPrice {
    const { currency } = one.quote;
    // What was converted that day says which rate was known.
    const rate = ({ day, sellers }: PricedDay) => {
      const date = sellers.find(({ quote }) => quote.currency === currency)?.rateDate ?? day;
      return toUsd(ONE, currency, date, evidence.fx, rules.fx.max_age_days).usd;
    };
    const [own, other] = [rate(of), rate(wanted)];
    if (!own || !other || equals(own, other)) return one;
    const legs = scaledLegs(one.legs, (leg) => divide(multiply(leg, other), own));
    return { ...one, legs, price: workloadPrice(legs, rules) };
  }
}

function idsOf({ sellers }: StandingPrice): ReadonlySet<string> {
  return new Set(sellers.map(({ seller }) => seller));
}

/** The price that some of the sellers give: they have passed the screen already. */
function priceFrom(sellers: readonly SellerPrice[], rules: RulebookRules): Decimal {
  const unscreened: RulebookRules = {
    ...rules,
    price: { ...rules.price, screen: { method: 'none' } },
  };
  const combined = combineSellers(sellers, unscreened, undefined, () => undefined);
  if (!combined) throw new RangeError('expected a price from sellers that gave one');
  return roundToDigits(workloadPrice(combined.legs, rules));
}
