import { HOUR_MS } from '../domain/dates.ts';
import { compare, type Decimal, multiply } from '../domain/decimal.ts';
import { sameLegs, saysTheSame } from '../domain/offer.ts';
import type { HoldDecision } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { StandingQuote } from '../normalize/corrections.ts';
import type { Offer } from '../normalize/evidence.ts';
import { arrivalMs, type Stands, standsAt } from './stands.ts';

/** Why a quote is held. */
export type Suspicion =
  | 'moves'
  | 'changes_currency'
  | 'lacks_leg'
  | 'vanishes'
  | 'contradicts_venue'
  | 'decision';

/** A quote that waits: to be seen at another venue, to be decided, or for its hours. */
export interface Waiting {
  readonly quote: StandingQuote;
  readonly suspicions: readonly Suspicion[];
  readonly sinceMs: number;
  /** When it is let through all the same; `null` where people hold it. */
  readonly untilMs: number | null;
  /** What stands meanwhile. */
  readonly before: Stands;
}

export interface Judged {
  /** The quotes that may stand. */
  readonly admitted: readonly StandingQuote[];
  readonly waiting: Waiting | undefined;
}

type Hold = NonNullable<RulebookRules['hold']>;
type Quotes = readonly StandingQuote[];
interface Moment {
  readonly cutoffMs: number;
  readonly knownAtMs: number;
  /** Decisions may have been made later than what they are on was known. */
  readonly reviewedByMs?: number;
}

/**
 * Leaves out the quotes that are held. Each is judged, when it arrives, against the quote that
 * stands then and against what independent venues say of the same offer. A suspicious one is let
 * through once another venue says the same, or when its time is over, unless another quote has
 * replaced it by then. What people decide comes before all of this.
 *
 * @param quotes of one offer, known and effective, in the order of their effective times.
 * @param elsewhere the same of the independent venues, a list for each.
 */
export function judged(
  quotes: Quotes,
  elsewhere: readonly Quotes[],
  hold: Hold,
  moment: Moment,
): Judged {
  const open = notRejected(quotes, moment);
  const others = elsewhere.map((venue) => notRejected(venue, moment));
  const admitted: StandingQuote[] = [];
  let waiting: Waiting | undefined;
  for (const [index, quote] of open.entries()) {
    waiting = undefined;
    const sinceMs = arrivalMs(quote);
    const before = standsAt(admitted, at(sinceMs));
    const decision = decisionOn(quote, moment)?.decision;
    const suspicions = decision
      ? DECIDED[decision]
      : [
          ...suspicionsOf(quote, before, hold),
          ...(isContradicted(quote, others, hold, moment) ? (['contradicts_venue'] as const) : []),
        ];
    const seenMs = decision ? undefined : seenElsewhereMs(quote, others);
    if (suspicions.length === 0 || seenMs === sinceMs) {
      admitted.push(quote);
      continue;
    }
    // What people hold waits for people; what the rulebook holds waits for its hours.
    const untilMs = decision ? null : releasedAtMs(quote, hold.max_hours);
    const endMs = Math.min(untilMs ?? Number.POSITIVE_INFINITY, seenMs ?? Number.POSITIVE_INFINITY);
    if (open.slice(index + 1).some((later) => arrivalMs(later) < endMs)) continue;
    const isOver = seenMs !== undefined || endMs <= moment.cutoffMs;
    if (isOver) admitted.push(quote);
    else if (!hasExpired(quote, moment)) {
      waiting = { quote, suspicions, sinceMs, untilMs, before };
    }
  }
  return { admitted, waiting };
}

const DECIDED: Readonly<Record<HoldDecision['decision'], readonly Suspicion[]>> = {
  hold: ['decision'],
  release: [],
  reject: [],
};

/** When a quote that is held is let through all the same. */
export function releasedAtMs(quote: StandingQuote, maxHours: number): number {
  return arrivalMs(quote) + maxHours * HOUR_MS;
}

/** The last decision on a quote that is known. */
export function decisionOn(
  { decisions }: StandingQuote,
  { knownAtMs, reviewedByMs = knownAtMs }: Pick<Moment, 'knownAtMs' | 'reviewedByMs'>,
): HoldDecision | undefined {
  const byMs = Math.max(knownAtMs, reviewedByMs);
  return decisions.findLast(({ decidedAtMs }) => decidedAtMs <= byMs);
}

/** The decisions that bear on what an offer says: on what stands, and on the quotes after it. */
export function decisionsInEffect(
  quotes: Quotes,
  stands: Stands,
  moment: Moment,
): readonly HoldDecision[] {
  const sinceMs =
    stands.kind === 'quoted'
      ? stands.quote.effectiveAtMs
      : stands.kind === 'withdrawn'
        ? stands.sinceMs
        : Number.NEGATIVE_INFINITY;
  const found = quotes
    .filter((quote) => quote.effectiveAtMs >= sinceMs && !hasExpired(quote, moment))
    .flatMap((quote) => decisionOn(quote, moment) ?? []);
  return [...new Set(found)];
}

/**
 * The same offer where others show it: another venue of another owner, which has not only copied
 * its own page.
 */
export function independentOffers(
  offer: Offer,
  offers: readonly Offer[],
  ownerOf: (name: string) => string,
): readonly Offer[] {
  return offers.filter(
    (other) =>
      ownerOf(other.venue) !== ownerOf(offer.venue) &&
      other.region === offer.region &&
      other.serviceTier === offer.serviceTier &&
      other.contextFrom === offer.contextFrom &&
      other.windowUtc === offer.windowUtc,
  );
}

function suspicionsOf(quote: StandingQuote, before: Stands, { move }: Hold): readonly Suspicion[] {
  if (quote.event === 'withdrawn') {
    // A seller's own word ends its offer; that a catalogue dropped a name may be its error.
    return before.kind === 'quoted' && quote.venue !== quote.seller ? ['vanishes'] : [];
  }
  if (before.kind !== 'quoted') return [];
  const found: Suspicion[] = [];
  const { currency, legs } = before.quote;
  if (currency !== quote.currency) found.push('changes_currency');
  else if (differBeyond(before.quote, quote, move)) found.push('moves');
  if (Object.keys(legs).some((leg) => !quote.legs[leg])) found.push('lacks_leg');
  return found;
}

/**
 * Whether what stood at another venue before a quote came is too far from it. That venue is judged
 * by its own history alone: a price that is suspicious there speaks against nothing.
 */
function isContradicted(
  quote: StandingQuote,
  elsewhere: readonly Quotes[],
  hold: Hold,
  moment: Moment,
): boolean {
  if (quote.event === 'withdrawn') return false;
  const beforeMs = arrivalMs(quote) - 1;
  return elsewhere.some((venue) => {
    const then = venue.filter((other) => arrivalMs(other) <= beforeMs);
    const { admitted } = judged(then, [], hold, { ...moment, cutoffMs: beforeMs });
    const stands = standsAt(admitted, at(beforeMs));
    return (
      stands.kind === 'quoted' &&
      stands.quote.currency === quote.currency &&
      differBeyond(stands.quote, quote, hold.move)
    );
  });
}

/** From when another venue says the same of the offer. */
function seenElsewhereMs(quote: StandingQuote, elsewhere: readonly Quotes[]): number | undefined {
  const arrivedMs = arrivalMs(quote);
  const moments = elsewhere.flatMap((venue) =>
    [arrivedMs, ...venue.map(arrivalMs)].filter((ms) => {
      if (ms < arrivedMs) return false;
      const stands = standsAt(venue, at(ms));
      return quote.event === 'withdrawn'
        ? stands.kind === 'withdrawn'
        : stands.kind === 'quoted' &&
            stands.quote.currency === quote.currency &&
            sameLegs(stands.quote.legs, quote.legs);
    }),
  );
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** What is rejected is rejected with its repeats, as far as no decision speaks of them. */
function notRejected(quotes: Quotes, moment: Moment): Quotes {
  const runs = withoutRepeats(quotes, moment);
  return runs.filter((quote) => decisionOn(quote, moment)?.decision !== 'reject');
}

/**
 * A repeat stands apart in the book where a decision names it, or a row that was late came between.
 * Until those are known it is one more sight of the quote before it: what is decided of that one
 * holds for it too, and it neither replaces it nor waits anew.
 */
function withoutRepeats(quotes: Quotes, moment: Moment): Quotes {
  const kept: StandingQuote[] = [];
  for (const quote of quotes) {
    const last = kept.at(-1);
    const repeats =
      last &&
      last.rejectedAtMs === null &&
      quote.rejectedAtMs === null &&
      last.observedAtMs <= quote.observedAtMs &&
      saysTheSame(last, quote) &&
      !decisionOn(quote, moment);
    if (!repeats) kept.push(quote);
    else kept[kept.length - 1] = { ...last, seenAtMs: [...last.seenAtMs, ...quote.seenAtMs] };
  }
  return kept;
}

function hasExpired({ validUntilMs }: StandingQuote, { cutoffMs }: Moment): boolean {
  return validUntilMs !== null && validUntilMs <= cutoffMs;
}

/** A moment at which all that is true is known. */
function at(ms: number): Moment {
  return { cutoffMs: ms, knownAtMs: ms };
}

/** Whether a leg that both have differs by more than a ratio, up or down. */
function differBeyond(then: StandingQuote, now: StandingQuote, ratio: Decimal): boolean {
  return Object.entries(now.legs).some(([leg, price]) => {
    const other = then.legs[leg];
    return other !== undefined && movesBeyond(other, price, ratio);
  });
}

function movesBeyond(then: Decimal, now: Decimal, ratio: Decimal): boolean {
  return compare(now, multiply(then, ratio)) > 0 || compare(then, multiply(now, ratio)) > 0;
}
