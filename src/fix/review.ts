import { horizonOf } from '../calculate/horizon.ts';
import { type Day, formatMoment } from '../domain/dates.ts';
import { type Decimal, toText } from '../domain/decimal.ts';
import { goodOf } from '../domain/goods.ts';
import { groupBy } from '../domain/group.ts';
import type { HoldDecision } from '../domain/rows.ts';
import type { Rulebook, RulebookRules } from '../domain/rulebook.ts';
import { inOrder, type OneOrMore, versionOn } from '../domain/versions.ts';
import type { StandingQuote } from '../normalize/corrections.ts';
import { type Evidence, evidenceOf, type Offer } from '../normalize/evidence.ts';
import { independentOffers, type Suspicion, type Waiting } from '../select/holds.ts';
import { type Horizon, inForce } from '../select/in-force.ts';
import { candidatesOf } from '../select/scope.ts';
import { mismatchOf } from '../select/seller-quotes.ts';
import { arrivalMs } from '../select/stands.ts';
import { calculateFixing, type FixingOptions, type NoFixing } from './fixing.ts';

/** What waits in an index on a day. Decimals are text, prices in their currency per MTok. */
export interface Review {
  readonly schema: 'mtok.review/1';
  readonly index: string;
  readonly date: Day;
  readonly known_at: string;
  /** The index as it is: without the quotes that wait. */
  readonly without: Value;
  /** With all of them. */
  readonly with_all: Value;
  readonly waiting: readonly WaitingQuote[];
}

/** `null` where the fixing is withheld. */
export interface Value {
  readonly price: string | null;
  readonly level: string | null;
}

export interface WaitingQuote extends Said {
  readonly constituent: string;
  readonly suspicions: readonly Suspicion[];
  readonly since: string;
  /** When the rule lets it through; `null` where people hold it. */
  readonly until: string | null;
  /** The quote that stands meanwhile; `null` where none does. */
  readonly stands: Said | null;
  /** The offer's quotes before it, the latest last. */
  readonly history: readonly Said[];
  /** The same offer elsewhere. */
  readonly venues: readonly Said[];
  /** What others ask for the model. */
  readonly sellers: readonly Said[];
  /** The index with this quote alone. */
  readonly with: Value;
}

/** What was said of an offer, when, and when it was last seen. */
export interface Said {
  readonly seller: string;
  readonly quoted_as: string;
  readonly venue: string;
  readonly effective_at: string;
  readonly observed_at: string;
  readonly last_seen: string;
  readonly event: StandingQuote['event'];
  readonly currency: string;
  readonly legs: Readonly<Record<string, string>>;
}

export type ReviewResult =
  | { readonly review: Review; readonly none?: undefined }
  | { readonly review?: undefined; readonly none: NoFixing };

const SHOWN_HISTORY = 8;

/**
 * Finds the quotes that are held on a day, each with what speaks for and against it, and what the
 * index would be with it.
 *
 * @param onQuote is told before each one, since each is a history of its own.
 * @example review(rulebook, evidenceOf(rows), '2026-08-21')
 */
export function review(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  date: Day,
  options: FixingOptions = {},
  onQuote: (name: string) => void = () => undefined,
): ReviewResult {
  const rulebook = versionOn(inOrder(rules), date);
  const own = calculateFixing(rules, evidence, date, options);
  if (!own.fixing) return { none: own.none };
  const horizon = horizonOf(date, rulebook, evidence, options.knownAtMs);
  const found = waitingOn(rulebook, evidence, horizon);
  const without = { price: own.fixing.value?.price ?? null, level: own.fixing.level };
  const withReleased = (waiting: readonly Found[]): Value => {
    if (waiting.length === 0) return without;
    const released = waiting.map(({ offer, state }) => release(offer, state, horizon));
    const { rows } = evidence;
    const known = evidenceOf({ ...rows, holds: [...rows.holds, ...released] });
    const { fixing } = calculateFixing(rules, known, date, options);
    return { price: fixing?.value?.price ?? null, level: fixing?.level ?? null };
  };
  const waiting = found.map((one): WaitingQuote => {
    onQuote(`${one.offer.seller} ${one.offer.model}`);
    return {
      constituent: one.constituent,
      ...said(one.state.quote, horizon),
      suspicions: one.state.suspicions,
      since: formatMoment(one.state.sinceMs),
      until: one.state.untilMs === null ? null : formatMoment(one.state.untilMs),
      stands: one.state.before.kind === 'quoted' ? said(one.state.before.quote, horizon) : null,
      ...spokenOf(one, rulebook, evidence, horizon),
      with: withReleased([one]),
    };
  });
  const { index } = rulebook;
  const known_at = formatMoment(horizon.knownAtMs);
  const with_all = found.length === 1 ? (waiting[0]?.with ?? without) : withReleased(found);
  return {
    review: { schema: 'mtok.review/1', index, date, known_at, without, with_all, waiting },
  };
}

/** A quote that waits, and the same offer at independent venues. */
export interface Found {
  readonly constituent: string;
  readonly model: string;
  readonly offer: Offer;
  readonly elsewhere: readonly Offer[];
  readonly state: Waiting;
}

/** The quotes that are held at a moment, of all that could be constituents. */
export function waitingOn(rules: RulebookRules, evidence: Evidence, horizon: Horizon): Found[] {
  return [...candidatesOf(rules, evidence).values()].flatMap((candidate) => {
    const { id: constituent, model } = candidate;
    const named = candidate.offers.filter((offer) => means(offer, model, evidence, horizon));
    return [...groupBy(named, ({ seller }) => seller).values()].flatMap((offers) =>
      offers.flatMap((offer): Found[] => {
        if (mismatchOf(offer, rules)) return [];
        const elsewhere = independentOffers(offer, offers, evidence.ownerOf);
        const { waiting: state } = inForce(offer, horizon, rules, elsewhere);
        return state ? [{ constituent, model, offer, elsewhere, state }] : [];
      }),
    );
  });
}

function means({ seller, model }: Offer, meant: string, evidence: Evidence, horizon: Horizon) {
  return evidence.catalogue.resolve(seller, model, horizon.cutoffMs) === meant;
}

/** The offer's own history, and what is said of the model elsewhere. */
function spokenOf(
  { offer, model, state }: Found,
  rules: RulebookRules,
  evidence: Evidence,
  horizon: Horizon,
): Pick<WaitingQuote, 'history' | 'venues' | 'sellers'> {
  const history = offer.quotes.filter(
    (quote) => quote !== state.quote && arrivalMs(quote) <= state.sinceMs,
  );
  const others = evidence.offers
    .filter(
      (other) =>
        other !== offer && means(other, model, evidence, horizon) && !mismatchOf(other, rules),
    )
    .flatMap((other): Said[] => {
      // As it is said there: what is suspicious itself is evidence too.
      const stands = inForce(other, horizon, { ...rules, hold: null });
      return stands.kind === 'quoted' ? [said(stands.quote, horizon)] : [];
    });
  return {
    history: history.slice(-SHOWN_HISTORY).map((quote) => said(quote, horizon)),
    venues: others.filter(({ seller }) => seller === offer.seller),
    sellers: others.filter(({ seller }) => seller !== offer.seller),
  };
}

function said(quote: StandingQuote, { knownAtMs }: Horizon): Said {
  const { seller, model, venue, event, currency } = quote;
  const seenMs = quote.seenAtMs.filter((ms) => ms <= knownAtMs);
  return {
    ...{ seller, quoted_as: model, venue, event, currency },
    effective_at: formatMoment(quote.effectiveAtMs),
    observed_at: formatMoment(quote.observedAtMs),
    last_seen: formatMoment(Math.max(quote.observedAtMs, ...seenMs)),
    legs: Object.fromEntries(
      goodOf(quote).legs.flatMap((leg): [string, string][] => {
        const price: Decimal | undefined = quote.legs[leg];
        return price ? [[leg, toText(price)]] : [];
      }),
    ),
  };
}

/** A decision that nobody made, to see what it would do. */
function release({ seller, model, venue }: Offer, state: Waiting, horizon: Horizon): HoldDecision {
  return {
    ...{ seller, model, venue, effectiveAtMs: state.quote.effectiveAtMs, decision: 'release' },
    ...{ rationale: 'as if', approvers: ['as if', 'as if again'] },
    decidedAtMs: horizon.knownAtMs,
  };
}
