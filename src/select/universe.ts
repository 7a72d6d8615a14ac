import { DAY_MS, type Day, dayToMs } from '../domain/dates.ts';
import { compare, type Decimal, ZERO } from '../domain/decimal.ts';
import type { GoodId } from '../domain/goods.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from './in-force.ts';
import { isEffective } from './scope.ts';

/** A constituent that could enter a basket. */
export interface Applicant {
  readonly id: string;
  readonly model: string;
  readonly lab: string;
  /** Tokens used in the rebalance's window; `null` where the rulebook weighs without usage. */
  readonly tokens: Decimal | null;
  /** Owners of the sellers that its price rests on. */
  readonly owners: () => number;
}

export type UniverseReason = 'too_few_sellers' | 'too_new' | 'too_old' | 'over_lab_limit';

/**
 * Tests the universe's conditions at a rebalance: age and history by the first known day of the
 * model at any seller (bounds are inclusive), the sellers behind its price, then the number of
 * models of a lab: the most used,
 * else the newest, ties to the smaller id.
 *
 * @returns who is admitted, and why others are not.
 */
export function admit<Applying extends Applicant>(
  applicants: readonly Applying[],
  day: Day,
  horizon: Horizon,
  rules: RulebookRules,
  evidence: Evidence,
): { admitted: Applying[]; refused: Map<string, UniverseReason> } {
  const { min_history_days, max_model_age_days, max_models_per_lab, min_sellers } = rules.universe;
  const refused = new Map<string, UniverseReason>();
  const firstDays = new Map<string, number>();
  const today = dayToMs(day) / DAY_MS;
  const aged = applicants.filter(({ id, model, owners }) => {
    const first = firstDay(rules.good, model, horizon, evidence) ?? today;
    firstDays.set(id, first);
    const age = today - first;
    if (age < min_history_days) refused.set(id, 'too_new');
    else if (max_model_age_days !== null && age > max_model_age_days) refused.set(id, 'too_old');
    else if (min_sellers !== null && owners() < min_sellers) refused.set(id, 'too_few_sellers');
    return !refused.has(id);
  });
  if (max_models_per_lab === null) return { admitted: aged, refused };
  const newestFirst = (a: Applying, b: Applying) =>
    (firstDays.get(b.id) ?? today) - (firstDays.get(a.id) ?? today);
  const mostUsedFirst = (a: Applying, b: Applying) => compare(b.tokens ?? ZERO, a.tokens ?? ZERO);
  const order = aged.some(({ tokens }) => tokens !== null) ? mostUsedFirst : newestFirst;
  const admitted = new Set<Applying>();
  for (const ofLab of groupBy(aged, ({ lab }) => lab).values()) {
    const ranked = ofLab.sort((a, b) => order(a, b) || byCodePoint(a.id, b.id));
    for (const applicant of ranked.slice(0, max_models_per_lab)) admitted.add(applicant);
    for (const { id } of ranked.slice(max_models_per_lab)) refused.set(id, 'over_lab_limit');
  }
  return { admitted: aged.filter((applicant) => admitted.has(applicant)), refused };
}

const starts = new WeakMap<
  Evidence,
  Map<string, { effectiveAtMs: number; observedAtMs: number }[]>
>();

/** The first day, in whole days of the epoch, on which a model was quoted, as then known. */
export function firstDay(
  good: GoodId,
  model: string,
  horizon: Horizon,
  evidence: Evidence,
): number | undefined {
  const all = startsOf(evidence).get(`${good} ${model}`) ?? [];
  const first = all.find((start) => isEffective(start, horizon));
  return first && Math.floor(first.effectiveAtMs / DAY_MS);
}

/**
 * When each model was quoted, by any name at any seller, the earliest first; found once for a body
 * of evidence.
 */
function startsOf(evidence: Evidence) {
  const found = starts.get(evidence);
  if (found) return found;
  const byModel = new Map<string, { effectiveAtMs: number; observedAtMs: number }[]>();
  const { catalogue } = evidence;
  for (const offer of evidence.offers) {
    for (const model of catalogue.everMeant(offer.seller, offer.model)) {
      const key = `${offer.good} ${model}`;
      const list = byModel.get(key) ?? [];
      for (const { event, effectiveAtMs, observedAtMs } of offer.quotes) {
        if (event !== 'quote') continue;
        const from = catalogue.meansFrom(offer.seller, offer.model, model, effectiveAtMs);
        if (from !== undefined) list.push({ effectiveAtMs: from, observedAtMs });
      }
      byModel.set(key, list);
    }
  }
  for (const list of byModel.values()) list.sort((a, b) => a.effectiveAtMs - b.effectiveAtMs);
  starts.set(evidence, byModel);
  return byModel;
}
