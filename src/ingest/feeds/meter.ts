import {
  type FeedPrice,
  type Leg,
  type LongContext,
  PLAIN_TERMS,
  type PublishedPrice,
  type Terms,
} from './feed.ts';
import { UNKNOWN_LENGTH, type Verdict } from './verdicts.ts';

/** What the name of a cloud's meter says; or why it is no price of a quote. */
export type Meter =
  | {
      readonly model: string;
      readonly leg: Leg;
      readonly region: string;
      readonly serviceTier: string;
      /** True of a price for prompts longer than the feed says. */
      readonly isLong: boolean;
      readonly verdict?: undefined;
    }
  | { readonly verdict: Verdict };

/** A price by its meter: a leg of an offer of the seller, or why it is none. */
export function meteredPrice(
  price: PublishedPrice,
  meter: Meter,
  own: Partial<Terms> & Pick<Terms, 'seller'>,
  longContext: LongContext,
): FeedPrice {
  if (meter.verdict) return { kind: 'stray', ...price, verdict: meter.verdict };
  const { leg, isLong, ...named } = meter;
  const contextFrom = isLong ? longContext(own.seller, named.model) : PLAIN_TERMS.contextFrom;
  if (contextFrom === undefined) return { kind: 'stray', ...price, verdict: UNKNOWN_LENGTH };
  const offer = { ...PLAIN_TERMS, venue: own.seller, ...named, contextFrom };
  return { kind: 'leg', ...price, leg, terms: { ...offer, ...own } };
}
