import { elsewhereRules } from '../calculate/elsewhere.ts';
import type { Market } from '../calculate/market.ts';
import { addDays, type Day, dayToMs } from '../domain/dates.ts';
import type { Fixing } from '../domain/fixing.ts';
import { groupBy } from '../domain/group.ts';
import { offerKey } from '../domain/offer.ts';
import type { CalendarDay, FxRate, Quote, Succession, Usage } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { correctionsByQuote, decisionsByQuote } from '../normalize/corrections.ts';
import type { Evidence, Offer } from '../normalize/evidence.ts';
import { changePoints } from '../normalize/reduce.ts';
import { decidedByMs, type Horizon, usageKnownAtMs } from '../select/in-force.ts';
import { type Candidate, candidatesOf, isEffective, isKnown } from '../select/scope.ts';
import { usageWindowBounds } from '../weigh/usage.ts';
import {
  canonicalCalendars,
  canonicalHolds,
  canonicalJudgements,
  canonicalRevisions,
  canonicalSuccession,
} from './canonical-decisions.ts';
import {
  type CanonicalRows,
  canonicalCorrections,
  canonicalModels,
  canonicalQuotes,
  canonicalRates,
  canonicalSellers,
  canonicalUsage,
} from './canonical-rows.ts';

export type InputKind = keyof Fixing['inputs'];
export type CanonicalInputs = Readonly<Record<InputKind, CanonicalRows>>;

/** A version of a rulebook, with the constituents that it could hold. */
export interface Scoped {
  readonly rules: Rulebook;
  readonly market: Pick<Market, 'candidates'>;
}

/**
 * The rows that a fixing rests on: those that can affect the index and are known at its horizon,
 * reduced, in a canonical form that does not depend on the files they came in or on their order.
 *
 * @param versions of its rulebook, up to the one in force on the day.
 */
export function canonicalInputs(
  versions: readonly Scoped[],
  evidence: Evidence,
  day: Day,
  atFixing: Horizon,
): CanonicalInputs {
  const { rows } = evidence;
  const indices = new Set(versions.map(({ rules }) => rules.index));
  const revisions = rows.revisions.filter(({ index, date }) => indices.has(index) && date <= day);
  // A day before it that was revised has brought in what was known later.
  const knownAtMs = Math.max(atFixing.knownAtMs, ...revisions.map((row) => row.knownAtMs));
  const horizon = { ...atFixing, knownAtMs };
  const good = versions[0]?.rules.good ?? 'token';
  const scope = scopeOf(versions, evidence, horizon);
  const usage = usageRows(versions, rows.usage, day, usageKnownAtMs(atFixing));
  const names = new Set([...scope.names, ...usage.map(({ model }) => model)]);
  const correctionOf = correctionsByQuote(
    rows.corrections.filter((row) => (row.knownSinceMs ?? 0) <= knownAtMs),
  );
  const byMs = decidedByMs(horizon);
  const decisions = rows.holds.filter(({ decidedAtMs }) => decidedAtMs <= byMs);
  const decisionsOf = decisionsByQuote(decisions);
  const [corrected, decided] = [
    new Set(scope.quotes.map(correctionOf)),
    new Set(scope.quotes.flatMap(decisionsOf)),
  ];
  const confirms = countSightings(versions);
  const quotes = [...groupBy(scope.quotes, offerKey).values()].flatMap((ofOffer) =>
    confirms
      ? ofOffer
      : changePoints(
          ofOffer,
          (quote) => correctionOf(quote) !== undefined || decisionsOf(quote).length > 0,
        ),
  );
  const calendars = new Set(versions.map(({ rules }) => rules.calendar));
  const baseDate = versions[0]?.rules.base.date ?? day;
  const lead = Math.max(...versions.map(({ rules }) => rules.rebalance.announce_days));
  const lastDay = lead === 0 ? day : addDays(day, lead + LONGEST_HOLIDAY_DAYS);
  return {
    quotes: canonicalQuotes(quotes, good),
    usage: canonicalUsage(usage),
    fx: canonicalRates(ratesFor(quotes, rows.fx, day, usageKnownAtMs(atFixing))),
    models: canonicalModels(
      rows.models.filter((row) => scope.models.has(row.model) || names.has(row.sellerModel)),
    ),
    sellers: canonicalSellers(rows.sellers.filter(({ seller }) => scope.sellers.has(seller))),
    corrections: canonicalCorrections(
      rows.corrections.filter((row) => corrected.has(row)),
      good,
    ),
    holds: canonicalHolds(decisions.filter((row) => decided.has(row))),
    judgements: canonicalJudgements(
      rows.judgements.filter(
        (row) => scope.ids.has(row.constituent) && row.decidedAtMs <= byMs && row.from <= day,
      ),
      good,
    ),
    succession: canonicalSuccession(
      successionFrom(
        scope.ids,
        rows.succession.filter(({ effectiveAtMs }) => effectiveAtMs <= horizon.cutoffMs),
      ),
    ),
    revisions: canonicalRevisions(revisions),
    calendars: canonicalCalendars(
      [...calendars].flatMap((name) => daysOfCalendar(name, rows.calendars, baseDate, lastDay)),
    ),
  };
}

/** What follows a constituent, through models that nobody sells as well. */
function successionFrom(
  ids: ReadonlySet<string>,
  rows: readonly Succession[],
): readonly Succession[] {
  const reached = new Set(ids);
  for (let size = 0; size < reached.size; ) {
    size = reached.size;
    for (const { predecessor, successor } of rows) {
      if (reached.has(predecessor)) reached.add(successor);
    }
  }
  return rows.filter(({ predecessor }) => reached.has(predecessor));
}

/** A rebalance day that is announced may be put off by as many days off the calendar. */
const LONGEST_HOLIDAY_DAYS = 31;

/**
 * The days that a calendar states up to one. Where it states none as early, one that is true of it
 * anyway says that there is such a calendar: no row that comes later changes a byte.
 */
function daysOfCalendar(
  name: string,
  rows: readonly CalendarDay[],
  baseDate: Day,
  lastDay: Day,
): readonly CalendarDay[] {
  const ofName = rows.filter(({ calendar }) => calendar === name);
  const stated = ofName.filter(({ date }) => date <= lastDay);
  if (ofName.length === 0 || stated.length > 0) return stated;
  return [{ calendar: name, date: baseDate, isOpen: true }];
}

/** The quotes that can affect an index as they are known at a horizon, and what they name. */
interface Scope {
  readonly quotes: readonly Quote[];
  readonly names: ReadonlySet<string>;
  readonly sellers: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
  /** Of constituents. */
  readonly ids: ReadonlySet<string>;
}

/**
 * Nothing that is known later may show here: the scope is found from the quotes that are known. A
 * rule of age counts from the first quote at any seller, so it brings those of every seller in; so
 * does a fallback to other sellers.
 */
function scopeOf(versions: readonly Scoped[], evidence: Evidence, horizon: Horizon): Scope {
  const byAge = versions.some(
    ({ rules: { universe } }) =>
      universe.min_history_days > 0 || universe.max_model_age_days !== null,
  );
  const known = versions
    .flatMap((version) => candidatesIn(version, evidence))
    .filter((candidate) => isKnown(candidate, horizon));
  const models = new Set(known.map(({ model }) => model));
  const offers = new Set(known.flatMap((candidate) => candidate.offers.map(nameOf)));
  const good = versions[0]?.rules.good;
  const ages = byAge
    ? evidence.offers.filter((offer) => offer.good === good && everMeans(evidence, offer, models))
    : [];
  for (const offer of ages) offers.add(nameOf(offer));
  const quotes = (countSightings(versions) ? evidence.rows.quotes : evidence.quotes).filter(
    (quote) => quote.good === good && offers.has(nameOf(quote)) && isEffective(quote, horizon),
  );
  return {
    quotes,
    models,
    ids: new Set(known.map(({ id }) => id)),
    names: new Set([...models, ...quotes.map(({ model }) => model)]),
    sellers: new Set([
      ...quotes.map(({ seller }) => seller),
      // The owner of a venue says whether it speaks for itself.
      ...(versions.some(({ rules }) => rules.hold !== null)
        ? quotes.map(({ venue }) => venue)
        : []),
    ]),
  };
}

/** Where it matters when a price was last seen, each time that it was seen is an input. */
function countSightings(versions: readonly Scoped[]): boolean {
  return versions.some(({ rules }) => rules.price.confirm_within_hours !== null);
}

function candidatesIn({ rules, market }: Scoped, evidence: Evidence): Candidate[] {
  const wider = elsewhereRules(rules);
  const elsewhere = wider ? candidatesOf(wider, evidence).values() : [];
  return [...market.candidates.values(), ...elsewhere];
}

function everMeans(evidence: Evidence, { seller, model }: Offer, models: ReadonlySet<string>) {
  return evidence.catalogue.everMeant(seller, model).some((meant) => models.has(meant));
}

function nameOf({ seller, model }: { readonly seller: string; readonly model: string }): string {
  return `${seller}\u0000${model}`;
}

/** Rates by which a currency of the quotes may reach the dollar. */
function ratesFor(
  quotes: readonly Quote[],
  rates: readonly FxRate[],
  day: Day,
  latestMs: number,
): FxRate[] {
  const foreign = new Set(quotes.map(({ currency }) => currency));
  foreign.delete('USD');
  if (foreign.size === 0) return [];
  const across = new Set(rates.filter(({ quote }) => foreign.has(quote)).map(({ base }) => base));
  return rates.filter(
    ({ date, base, quote, knownAtMs = latestMs }) =>
      date <= day &&
      knownAtMs <= latestMs &&
      (foreign.has(quote) || (quote === 'USD' && (foreign.has(base) || across.has(base)))),
  );
}

/** Usage of the windows from the base date to the day, as far as it is published. */
function usageRows(
  versions: readonly Scoped[],
  rows: readonly Usage[],
  day: Day,
  knownAtMs: number,
): readonly Usage[] {
  const windows = versions
    .filter(({ rules }) => rules.weights.method === 'usage')
    .map(({ rules }) => {
      const [startMs] = usageWindowBounds(dayToMs(rules.base.date), rules);
      // A basket that is announced is weighed for its rebalance day.
      const last = addDays(day, rules.rebalance.announce_days);
      const [, endMs] = usageWindowBounds(dayToMs(last), rules);
      return { startMs, endMs };
    });
  return rows.filter(
    (row) =>
      row.publishedAtMs <= knownAtMs &&
      windows.some(({ startMs, endMs }) => row.periodStartMs < endMs && row.periodEndMs > startMs),
  );
}
