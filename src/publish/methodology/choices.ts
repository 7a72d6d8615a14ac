import type { Day } from '../../domain/dates.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { calculateFixing } from '../../fix/fixing.ts';
import { type Evidence, evidenceOf } from '../../normalize/evidence.ts';
import { markdownTable } from './markdown.ts';

interface Variant {
  readonly name: string;
  readonly rulebook: Rulebook;
  readonly evidence: Evidence;
}

/** The same index over the same days under other choices, so that a reader sees what they decide. */
export function choices(rulebooks: readonly Rulebook[], evidence: Evidence, date: Day): string[] {
  const rulebook = rulebooks.find(
    ({ formula, universe }) => formula === 'jevons' && universe.max_model_age_days !== null,
  );
  if (!rulebook) return ['No index of this book is geometric with a limit of age.'];
  const rows = variantsOf(rulebook, evidence).map((variant) => rowOf(variant, date));
  return [
    `${rulebook.index} from ${rulebook.base.date} to ${date}, as its rulebook says and otherwise:`,
    markdownTable(
      ['choice', 'price at base', 'price', 'level', 'constituents', 'largest share of value'],
      rows,
    ),
    "An ordinary mean moves with its dearest models: a model that few people use can hold a fifth of the value. And sellers rarely cut the price of a model that is on sale: they launch a better one. Without limits of age and number the basket fills with old models at their old prices, and the level hardly sees prices fall. The last line leaves out the book's corrections: a few wrong rows move an index that gives each lab the same weight.",
  ];
}

function variantsOf(rulebook: Rulebook, evidence: Evidence): Variant[] {
  const { universe, weights } = rulebook;
  const unlimited = { ...universe, max_model_age_days: null, max_models_per_lab: null };
  const ordinary = {
    formula: 'laspeyres' as const,
    weights: { ...weights, method: 'equal' as const },
  };
  return [
    { name: 'as the rulebook says', rulebook, evidence },
    { name: 'ordinary mean of equal quantities', rulebook: { ...rulebook, ...ordinary }, evidence },
    {
      name: 'no limit of age or number',
      rulebook: { ...rulebook, universe: unlimited },
      evidence,
    },
    {
      name: 'ordinary mean, no limit',
      rulebook: { ...rulebook, ...ordinary, universe: unlimited },
      evidence,
    },
    {
      name: 'without corrections',
      rulebook,
      evidence: evidenceOf({ ...evidence.rows, corrections: [] }),
    },
  ];
}

function rowOf({ name, rulebook, evidence }: Variant, date: Day): string[] {
  const first = calculateFixing(rulebook, evidence, rulebook.base.date).fixing;
  const last = calculateFixing(rulebook, evidence, date).fixing;
  if (!first || !last) return [name, '–', '–', '–', '–', '–'];
  const { id, share } = last.influence.largest_constituent;
  return [
    name,
    first.value?.price ?? 'withheld',
    last.value?.price ?? 'withheld',
    last.level ?? 'withheld',
    String(last.constituents.length),
    `${id} ${(Number(share) * 100).toFixed(1)}%`,
  ];
}
