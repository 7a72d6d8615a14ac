import type { Day } from '../domain/dates.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import { candidatesOf } from '../select/scope.ts';
import { type Priced, priceConstituent } from './constituent.ts';

/** What others ask for a constituent on a day. */
export type Elsewhere = (id: string, day: Day, horizon: Horizon) => Priced | undefined;

/**
 * The rules by which a constituent is priced where none of its own sellers quote it: the median of
 * all sellers and venues that the universe does not exclude; `undefined` where no fallback asks.
 */
export function elsewhereRules<Rules extends RulebookRules>(rules: Rules): Rules | undefined {
  if (!rules.fallback.some(({ rule }) => rule === 'other_venue')) return undefined;
  const { universe, price } = rules;
  return {
    ...rules,
    universe: { ...universe, include: { ...universe.include, sellers: [] } },
    price: { ...price, sellers: 'median', venues: [] },
  };
}

/** Prices constituents from other sellers and venues, one at a time: it is rarely asked. */
export function elsewhereOf(rules: RulebookRules, evidence: Evidence): Elsewhere {
  const wider = elsewhereRules(rules);
  if (!wider) return () => undefined;
  const candidates = candidatesOf(wider, evidence);
  return (id, day, horizon) => {
    const candidate = candidates.get(id);
    return candidate && priceConstituent(candidate, day, horizon, wider, evidence).priced;
  };
}
