import { type Day, dayToMs } from '../domain/dates.ts';
import type { Fixing } from '../domain/fixing.ts';
import { groupBy } from '../domain/group.ts';
import { offerKey } from '../domain/offer.ts';
import type { FxRate, Quote, Usage } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { correctionsByQuote } from '../normalize/corrections.ts';
import type { Evidence, Offer } from '../normalize/evidence.ts';
import { changePoints } from '../normalize/reduce.ts';
import type { Horizon } from '../select/in-force.ts';
import { type Candidate, isEffective, isKnown } from '../select/scope.ts';
import { usageWindowBounds } from '../weigh/usage.ts';
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

/**
 * The rows that a fixing rests on: those that can affect the index and are known at its horizon,
 * reduced, in a canonical form that does not depend on the files they came in or on their order.
 */
export function canonicalInputs(
  rules: RulebookRules,
  evidence: Evidence,
  candidates: ReadonlyMap<string, Candidate>,
  day: Day,
  horizon: Horizon,
): CanonicalInputs {
  const scope = scopeOf(rules, evidence, candidates, horizon);
  const usage = usageRows(rules, evidence.rows.usage, day, horizon);
  const names = new Set([...scope.names, ...usage.map(({ model }) => model)]);
  const { rows } = evidence;
  const correctionOf = correctionsByQuote(
    rows.corrections.filter((row) => (row.knownSinceMs ?? 0) <= horizon.knownAtMs),
  );
  const named = new Set(scope.quotes.map(correctionOf));
  const quotes = [...groupBy(scope.quotes, offerKey).values()].flatMap((ofOffer) =>
    changePoints(ofOffer, (quote) => correctionOf(quote) !== undefined),
  );
  return {
    quotes: canonicalQuotes(quotes),
    usage: canonicalUsage(usage),
    fx: canonicalRates(ratesFor(quotes, rows.fx, day)),
    models: canonicalModels(
      rows.models.filter((row) => scope.models.has(row.model) || names.has(row.sellerModel)),
    ),
    sellers: canonicalSellers(rows.sellers.filter(({ seller }) => scope.sellers.has(seller))),
    corrections: canonicalCorrections(rows.corrections.filter((row) => named.has(row))),
  };
}

/** The quotes that can affect an index as they are known at a horizon, and what they name. */
interface Scope {
  readonly quotes: readonly Quote[];
  readonly names: ReadonlySet<string>;
  readonly sellers: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
}

/**
 * Nothing that is known later may show here: the scope is found from the quotes that are known. A
 * rule of age counts from the first quote at any seller, so it brings those of every seller in.
 */
function scopeOf(
  rules: RulebookRules,
  evidence: Evidence,
  candidates: ReadonlyMap<string, Candidate>,
  horizon: Horizon,
): Scope {
  const { min_history_days, max_model_age_days } = rules.universe;
  const byAge = min_history_days > 0 || max_model_age_days !== null;
  const known = [...candidates.values()].filter((candidate) => isKnown(candidate, horizon));
  const models = new Set(known.map(({ model }) => model));
  const offers = new Set(known.flatMap((candidate) => candidate.offers.map(nameOf)));
  const ages = byAge ? evidence.offers.filter((offer) => everMeans(evidence, offer, models)) : [];
  for (const offer of ages) offers.add(nameOf(offer));
  const quotes = evidence.quotes.filter(
    (quote) => offers.has(nameOf(quote)) && isEffective(quote, horizon),
  );
  return {
    quotes,
    models,
    names: new Set([...models, ...quotes.map(({ model }) => model)]),
    sellers: new Set(quotes.map(({ seller }) => seller)),
  };
}

function everMeans(evidence: Evidence, { seller, model }: Offer, models: ReadonlySet<string>) {
  return evidence.catalogue.everMeant(seller, model).some((meant) => models.has(meant));
}

function nameOf({ seller, model }: { readonly seller: string; readonly model: string }): string {
  return `${seller}\u0000${model}`;
}

/** Rates by which a currency of the quotes may reach the dollar. */
function ratesFor(quotes: readonly Quote[], rates: readonly FxRate[], day: Day): FxRate[] {
  const foreign = new Set(quotes.map(({ currency }) => currency));
  foreign.delete('USD');
  if (foreign.size === 0) return [];
  const across = new Set(rates.filter(({ quote }) => foreign.has(quote)).map(({ base }) => base));
  return rates.filter(
    ({ date, base, quote }) =>
      date <= day &&
      (foreign.has(quote) || (quote === 'USD' && (foreign.has(base) || across.has(base)))),
  );
}

/** Usage of the windows from the base date to the day, as far as it is published. */
function usageRows(
  rules: RulebookRules,
  rows: readonly Usage[],
  day: Day,
  horizon: Horizon,
): readonly Usage[] {
  if (rules.weights.method !== 'usage') return [];
  const [startMs] = usageWindowBounds(dayToMs(rules.base.date), rules);
  const [, endMs] = usageWindowBounds(dayToMs(day), rules);
  return rows.filter(
    (row) =>
      row.publishedAtMs <= horizon.knownAtMs &&
      row.periodStartMs < endMs &&
      row.periodEndMs > startMs,
  );
}
