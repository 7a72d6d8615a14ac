import { horizonOf } from '../calculate/horizon.ts';
import { marketOf } from '../calculate/market.ts';
import { DAY_MS, type Day, dayToMs } from '../domain/dates.ts';
import { type Decimal, toText } from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import { checkRulebook, type Rulebook } from '../domain/rulebook.ts';
import type { DeclaredWorkload } from '../domain/workload.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { firstDay } from '../select/universe.ts';
import { modelOf } from './per-character.ts';

/** A model with its price on a day, and what the book says of it. */
export interface PricedModel {
  readonly id: string;
  readonly model: string;
  readonly lab: string;
  readonly class: string;
  readonly openWeights: boolean;
  /** USD/MTok of the workload. */
  readonly price: Decimal;
  /** Since it was first quoted anywhere. */
  readonly ageDays: number;
}

/**
 * What every model of a book costs, day by day: the sellers, workload and screens of a rulebook,
 * and not its basket. Limits of age and number are no part of a price.
 *
 * @param days in their order.
 */
export function* marketPrices(
  rules: Rulebook,
  evidence: Evidence,
  days: Iterable<Day>,
): Generator<{ readonly day: Day; readonly priced: readonly PricedModel[] }> {
  const market = marketOf(rules, evidence);
  for (const day of days) {
    const horizon = horizonOf(day, rules, evidence, undefined);
    const today = dayToMs(day) / DAY_MS;
    const priced = [...market.at(day, horizon).prices.values()].map((one): PricedModel => {
      const model = modelOf(one.id, rules);
      const first = firstDay(rules.good, model, horizon, evidence) ?? today;
      return {
        ...{ id: one.id, model, lab: one.lab, class: one.class, price: one.price },
        openWeights: evidence.catalogue.facts(model)?.openWeights ?? false,
        ageDays: today - first,
      };
    });
    yield { day, priced: priced.sort((a, b) => byCodePoint(a.id, b.id)) };
  }
}

/** The mix of the shipped rulebooks. */
const PLAIN = {
  ...{ input: '0.75', cached_input: '0', output: '0.25' },
  ...{ context_tokens: '8000', service_tier: 'standard' },
};

/** Price rules without a rulebook: the lab's own list price, else the median of its sellers. */
export function plainRules(workload?: DeclaredWorkload): Rulebook {
  const mix = workload
    ? {
        ...{ input: toText(workload.input), cached_input: toText(workload.cached_input) },
        ...{ output: toText(workload.output), service_tier: workload.service_tier },
        context_tokens: String(workload.context_tokens),
      }
    : PLAIN;
  const { rules, issues } = checkRulebook({
    ...{ schema: 'mtok.rulebook/1', index: 'PLAIN', version: '1.0.0', workload: mix },
    base: { date: '2000-01-01', level: '100' },
    universe: { regions: ['global', 'us'] },
  });
  if (!rules) throw new RangeError(issues.map(({ message }) => message).join('; '));
  return { ...rules, title: 'Plain prices', sha256: '' };
}

/** How the prices of a study are formed, in a sentence. */
export function priceTerms(rules: Rulebook): string {
  const { workload, price, index } = rules;
  const legs = Object.entries(workload.shares);
  const mix = legs.map(([leg, share]) => `${toText(share)} ${leg.replace('_', ' ')}`).join(', ');
  const by = index === 'PLAIN' ? '' : ` by the rules of ${index}`;
  const sellers = price.sellers.replaceAll('_', ' ');
  return (
    `Prices are USD/MTok of ${mix}, prompts of ${workload.size} tokens, tier ` +
    `${workload.tier}, sellers: ${sellers}${by}.`
  );
}
