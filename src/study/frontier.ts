import { compare, type Decimal } from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import type { PricedModel } from './market-prices.ts';

/** A model with its price and its score. */
export interface ScoredModel extends PricedModel {
  readonly score: Decimal;
}

/** Those of the day's models that have a score. */
export function scoredOn(
  priced: readonly PricedModel[],
  scores: ReadonlyMap<string, Decimal>,
): ScoredModel[] {
  return priced.flatMap((one) => {
    const score = scores.get(one.model);
    return score ? [{ ...one, score }] : [];
  });
}

/**
 * The models that nobody undercuts: none has at least the score at a lower price, nor a higher
 * score at the price. Of equals the smaller id stands.
 *
 * @returns by price, and so by score.
 */
export function frontierOf<Model extends Pick<ScoredModel, 'id' | 'price' | 'score'>>(
  models: readonly Model[],
): Model[] {
  const cheapest = [...models].sort(
    (a, b) => compare(a.price, b.price) || compare(b.score, a.score) || byCodePoint(a.id, b.id),
  );
  const frontier: Model[] = [];
  for (const model of cheapest) {
    const best = frontier.at(-1);
    if (!best || compare(model.score, best.score) > 0) frontier.push(model);
  }
  return frontier;
}

/** The cheapest model that reaches a score; of equal prices the one with the higher score. */
export function cheapestFor<Model extends Pick<ScoredModel, 'score'>>(
  frontier: readonly Model[],
  score: Decimal,
): Model | undefined {
  return frontier.find((one) => compare(one.score, score) >= 0);
}
