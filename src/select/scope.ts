import { byCodePoint, groupBy } from '../domain/group.ts';
import type { Quote } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence, Offer } from '../normalize/evidence.ts';
import type { Horizon } from './in-force.ts';

/**
 * Whether an offer, read as a model, is one that the universe can ever include. Nothing here
 * depends on the day, so the rest is no input of the index at all.
 */
export function inScope(
  rules: RulebookRules,
  evidence: Evidence,
  seller: string,
  model: string,
  lab: string,
): boolean {
  const { include, exclude } = rules.universe;
  const facts = evidence.catalogue.facts(model);
  const listed = (list: readonly string[], value: string) =>
    list.length === 0 || list.includes(value);
  return (
    listed(include.models, model) &&
    listed(include.labs, lab) &&
    listed(include.sellers, seller) &&
    (rules.price.sellers !== 'first_party' || seller === lab) &&
    listed(include.classes, facts?.class ?? '') &&
    (include.open_weights === null || (facts?.openWeights ?? false) === include.open_weights) &&
    !exclude.models.includes(model) &&
    !exclude.sellers.includes(seller)
  );
}

/** A quote's lab: what its row says, else what the catalogue says, else its seller. */
export function labOf(evidence: Evidence, seller: string, model: string, stated: string): string {
  return stated || evidence.catalogue.facts(model)?.lab || seller;
}

/** The constituent that an offer belongs to when its name means a model. */
export function constituentId(rules: RulebookRules, seller: string, model: string): string {
  if (rules.price.constituent === 'model') return model;
  // `a/b` of c and b/c of a are two constituents.
  return `${seller.replaceAll('%', '%25').replaceAll('/', '%2F')}/${model}`;
}

/** The offers that a constituent may be priced from, on one day or another. */
export interface Candidate {
  readonly id: string;
  readonly model: string;
  readonly class: string;
  readonly offers: readonly Offer[];
  /** The same by their sellers, in code-point order. */
  readonly sellers: readonly CandidateSeller[];
}

export interface CandidateSeller {
  readonly seller: string;
  readonly offers: readonly Offer[];
  /** The universe holds all that it ever sold of the model, whoever made it. */
  readonly isWhole: boolean;
}

/** Whether anything is known of a candidate at a horizon: what comes later must not show. */
export function isKnown({ offers }: Candidate, horizon: Horizon): boolean {
  return offers.some(({ quotes }) => quotes.some((quote) => isEffective(quote, horizon)));
}

/** Whether a quote is effective and known at a horizon. */
export function isEffective(
  { observedAtMs, effectiveAtMs }: Pick<Quote, 'observedAtMs' | 'effectiveAtMs'>,
  horizon: Horizon,
): boolean {
  return observedAtMs <= horizon.knownAtMs && effectiveAtMs <= horizon.cutoffMs;
}

/** Every constituent that the universe could hold, by id, with its offers. */
export function candidatesOf(rules: RulebookRules, evidence: Evidence): Map<string, Candidate> {
  const found = new Map<string, { model: string; offers: Offer[] }>();
  const parted = new Set<string>();
  const nameOf = (seller: string, model: string) => `${seller}\u0000${model}`;
  for (const offer of evidence.offers) {
    if (offer.good !== rules.good) continue;
    for (const model of evidence.catalogue.everMeant(offer.seller, offer.model)) {
      const part = partInScope(offer, model, rules, evidence);
      if (part !== 'all') parted.add(nameOf(offer.seller, model));
      if (part === 'none') continue;
      const id = constituentId(rules, offer.seller, model);
      const known = found.get(id);
      if (known) known.offers.push(offer);
      else found.set(id, { model, offers: [offer] });
    }
  }
  return new Map(
    [...found].map(([id, { model, offers }]) => [
      id,
      {
        ...{ id, model, class: evidence.catalogue.facts(model)?.class ?? '', offers },
        sellers: [...groupBy(offers, ({ seller }) => seller)]
          .map(([seller, ofSeller]) => {
            return { seller, offers: ofSeller, isWhole: !parted.has(nameOf(seller, model)) };
          })
          .sort((a, b) => byCodePoint(a.seller, b.seller)),
      },
    ]),
  );
}

/** How much of an offer the universe may hold: one name may carry rows of several labs. */
function partInScope(
  { seller, quotes }: Offer,
  model: string,
  rules: RulebookRules,
  evidence: Evidence,
): 'all' | 'some' | 'none' {
  let last: string | undefined;
  let [within, without] = [false, false];
  for (const { lab: stated } of quotes) {
    if (stated === last) continue;
    last = stated;
    const lab = labOf(evidence, seller, model, stated);
    if (inScope(rules, evidence, seller, model, lab)) within = true;
    else without = true;
  }
  return within ? (without ? 'some' : 'all') : 'none';
}
