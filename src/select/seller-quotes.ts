import { byCodePoint } from '../domain/group.ts';
import { offerKey } from '../domain/offer.ts';
import type { HoldDecision } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { parseWindow, windowHolds } from '../domain/window.ts';
import type { StandingQuote } from '../normalize/corrections.ts';
import type { Evidence, Offer } from '../normalize/evidence.ts';
import { independentOffers } from './holds.ts';
import { type Horizon, type InForce, inForce } from './in-force.ts';
import { type Candidate, type CandidateSeller, inScope, labOf } from './scope.ts';

/** The one quote of a seller that a constituent's price may rest on. */
export interface SellerQuote {
  readonly seller: string;
  readonly owner: string;
  readonly lab: string;
  readonly venue: string;
  readonly quotedAs: string;
  readonly quote: StandingQuote;
  readonly held: boolean;
}

/** A quote in force that is not used, and why. */
export interface Exclusion {
  readonly seller: string;
  readonly quotedAs: string;
  readonly reason: string;
}

/** What is said beside a quote. */
interface Told {
  readonly excluded: readonly Exclusion[];
  /** Quotes of other regions, tiers and hours, or superseded ones: counted by reason only. */
  readonly outside: readonly string[];
  /** Of people, as far as they bear on what stands. */
  readonly decisions: readonly HoldDecision[];
}

/** What one seller says of a constituent on a day. */
export interface SellerSays extends Told {
  readonly quote: SellerQuote | undefined;
  /** `eligible`: it sells or has sold; `withdrawn`: the last event of all that it sold. */
  readonly standing: 'none' | 'eligible' | 'withdrawn';
}

interface Live {
  readonly offer: Offer;
  readonly quote: StandingQuote;
  readonly held: boolean;
}

/** What the sellers of a constituent say beside their quotes, in their order. */
export function toldBySellers(says: readonly SellerSays[]): Told & {
  /** Every eligible seller's last event is a withdrawal. */
  readonly withdrawn: boolean;
} {
  let [eligible, ended, isAllQuiet] = [0, 0, true];
  for (const one of says) {
    if (one.standing !== 'none') eligible += 1;
    if (one.standing === 'withdrawn') ended += 1;
    isAllQuiet &&= isQuiet(one);
  }
  const withdrawn = eligible > 0 && ended === eligible;
  if (isAllQuiet) return { withdrawn, ...QUIET };
  return {
    withdrawn,
    excluded: says.flatMap(({ excluded }) => excluded),
    outside: says.flatMap(({ outside }) => outside),
    decisions: [...new Set(says.flatMap(({ decisions }) => decisions))],
  };
}

/**
 * Finds a seller's quote for a constituent: in force, known, of the first region that the seller
 * quotes in, of the preferred venue, and of the service, context tier and hours that the workload
 * asks for. Where two names of one seller mean the same model, the later quote stands.
 *
 * @param hoursAtMs the moment whose hours count, where it is not the cut-off.
 */
export function sellerSays(
  candidate: Candidate,
  { seller, offers: all }: CandidateSeller,
  horizon: Horizon,
  rules: RulebookRules,
  evidence: Evidence,
  hoursAtMs = horizon.cutoffMs,
): SellerSays {
  const excluded: Exclusion[] = [];
  const outside: string[] = [];
  const decisions: HoldDecision[] = [];
  const owner = evidence.ownerOf(seller);
  const offers = all.filter(
    ({ model }) => evidence.catalogue.resolve(seller, model, horizon.cutoffMs) === candidate.model,
  );
  const live: Live[] = [];
  let [known, ended] = [0, 0];
  for (const offer of offers) {
    const state = stateOf(offer, offers, horizon, rules, evidence);
    const mismatch = mismatchOf(offer, rules);
    if (mismatch) {
      if (state.kind === 'quoted') outside.push(mismatch);
      continue;
    }
    decisions.push(...state.decisions);
    const held = state.waiting !== undefined;
    if (state.kind !== 'absent' || state.reason === 'expired' || held) known += 1;
    if (state.kind === 'quoted') live.push({ offer, quote: state.quote, held });
    else if (state.kind === 'withdrawn') ended += 1;
    else if (state.reason !== 'not_known') {
      excluded.push({ seller, quotedAs: offer.model, reason: state.reason });
    }
  }
  const standing = known === 0 ? 'none' : ended === known ? 'withdrawn' : 'eligible';
  const chosen = choose(live, hoursAtMs, rules, outside);
  const lab = labOf(evidence, seller, candidate.model, chosen?.quote.lab ?? '');
  // One name may carry rows of several labs: only those in scope count.
  const isUsed = chosen && inScope(rules, evidence, seller, candidate.model, lab);
  if (!isUsed) return saysOf({ excluded, outside, decisions }, standing, undefined);
  const { model: quotedAs, venue } = chosen.offer;
  const { quote, held } = chosen;
  if (held) excluded.push({ seller, quotedAs, reason: 'held' });
  const said = { quote, held, seller, owner, lab, venue, quotedAs };
  return saysOf({ excluded, outside, decisions }, standing, said);
}

const QUIET: Told = { excluded: [], outside: [], decisions: [] };

/** There are very many of them, and most tell of nothing but their quote. */
function saysOf(
  told: Told,
  standing: SellerSays['standing'],
  quote: SellerQuote | undefined,
): SellerSays {
  const { excluded, outside, decisions } = isQuiet(told) ? QUIET : told;
  return { excluded, outside, decisions, standing, quote };
}

/** Whether a seller says nothing else than before. */
export function saysTheSame(then: SellerSays, now: SellerSays): boolean {
  return (
    then.quote?.quote === now.quote?.quote &&
    then.quote?.held === now.quote?.held &&
    then.standing === now.standing &&
    tellsTheSame(then, now)
  );
}

/** The same of all that a seller says but its quote. */
export function tellsTheSame(then: SellerSays, now: SellerSays): boolean {
  return (
    then.quote?.quotedAs === now.quote?.quotedAs &&
    ((isQuiet(then) && isQuiet(now)) || toldBy(then) === toldBy(now))
  );
}

function isQuiet({ excluded, outside, decisions }: Told): boolean {
  return excluded.length === 0 && outside.length === 0 && decisions.length === 0;
}

function toldBy({ excluded, outside, decisions }: Told): string {
  return JSON.stringify([excluded, outside, decisions]);
}

/** A context tier stands on the offer's base tier: where that is withdrawn, so is the tier. */
function stateOf(
  offer: Offer,
  offers: readonly Offer[],
  horizon: Horizon,
  rules: RulebookRules,
  evidence: Evidence,
): InForce {
  const stateAt = (one: Offer) => {
    const elsewhere = rules.hold && independentOffers(one, offers, evidence.ownerOf);
    return inForce(one, horizon, rules, elsewhere ?? []);
  };
  const state = stateAt(offer);
  if (offer.contextFrom === 0 || state.kind !== 'quoted') return state;
  const key = offerKey({ ...offer, contextFrom: 0 });
  const base = offers.find((other) => other.contextFrom === 0 && offerKey(other) === key);
  const ended = base && stateAt(base);
  if (ended?.kind !== 'withdrawn' || state.quote.effectiveAtMs > ended.sinceMs) return state;
  return ended;
}

/** Why an offer is none that the workload asks for, on any day. */
export function mismatchOf(
  offer: Offer,
  { workload, universe }: RulebookRules,
): string | undefined {
  if (offer.serviceTier !== workload.tier) return 'other_tier';
  if (!universe.regions.includes(offer.region)) return 'other_region';
  if (offer.contextFrom > workload.size) return 'other_context';
  return undefined;
}

/** Narrows a seller's live offers to one; what each step leaves out is counted by its reason. */
function choose(
  live: readonly Live[],
  hoursAtMs: number,
  rules: RulebookRules,
  outside: string[],
): Live | undefined {
  const { universe, price } = rules;
  const [only, ...others] = live;
  if (!only || (others.length === 0 && only.offer.windowUtc === '')) return only;
  const region = universe.regions.find((name) => live.some(({ offer }) => offer.region === name));
  let left = keep(live, ({ offer }) => offer.region === region, 'other_region');
  const venue = preferredVenue(left, price.venues);
  left = keep(left, ({ offer }) => offer.venue === venue, 'other_venue');
  left = keep(left, ({ offer }) => holdsAt(offer.windowUtc, hoursAtMs), 'other_hours');
  const context = Math.max(...left.map(({ offer }) => offer.contextFrom));
  left = keep(left, ({ offer }) => offer.contextFrom === context, 'other_context');
  // A price for these hours comes before the price for the rest of the day.
  const timed = left.some(({ offer }) => offer.windowUtc !== '');
  left = keep(left, ({ offer }) => (offer.windowUtc !== '') === timed, 'other_hours');
  const [first, ...superseded] = [...left].sort(latestFirst);
  for (const _ of superseded) outside.push('superseded');
  return first;

  function keep(from: readonly Live[], test: (one: Live) => boolean, reason: string): Live[] {
    const kept = from.filter(test);
    for (let index = kept.length; index < from.length; index += 1) outside.push(reason);
    return kept;
  }
}

function latestFirst(a: Live, b: Live): number {
  return b.quote.effectiveAtMs - a.quote.effectiveAtMs || byCodePoint(a.offer.model, b.offer.model);
}

/** The rulebook's order of venues; else the seller itself; else where a price was seen last. */
function preferredVenue(live: readonly Live[], venues: readonly string[]): string | undefined {
  const present = new Set(live.map(({ offer }) => offer.venue));
  const listed = venues.find((venue) => present.has(venue));
  if (listed !== undefined) return listed;
  const own = live.find(({ offer }) => offer.venue === offer.seller);
  if (own) return own.offer.venue;
  const [latest] = [...live].sort(
    (a, b) =>
      b.quote.observedAtMs - a.quote.observedAtMs || byCodePoint(a.offer.venue, b.offer.venue),
  );
  return latest?.offer.venue;
}

function holdsAt(windowUtc: string, atMs: number): boolean {
  if (windowUtc === '') return true;
  const window = parseWindow(windowUtc);
  return window !== undefined && windowHolds(window, atMs);
}
