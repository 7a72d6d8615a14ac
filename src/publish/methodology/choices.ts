import type { Day } from '../../domain/dates.ts';
import type { Fixing } from '../../domain/fixing.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { calculateFixing } from '../../fix/fixing.ts';
import { type Evidence, evidenceOf } from '../../normalize/evidence.ts';
import { markdownTable } from './markdown.ts';

interface Variant {
  readonly name: string;
  readonly rulebook: Rulebook;
  readonly evidence: Evidence;
}

/** What a variant gives on the base date and on the last. */
interface Outcome {
  readonly name: string;
  readonly first: Fixing | undefined;
  readonly last: Fixing | undefined;
}

/** The same index over the same days under other choices: a reader sees what they decide. */
export function choices(rulebooks: readonly Rulebook[], evidence: Evidence, date: Day): string[] {
  const limited = rulebooks.filter(
    ({ formula, universe }) => formula === 'jevons' && universe.max_model_age_days !== null,
  );
  const rulebook = broadest(limited);
  if (!rulebook) return ['No index of this book is geometric with a limit of age.'];
  const outcomes = variantsOf(rulebook, evidence).map((variant) => outcomeOf(variant, date));
  const [own, ordinary, , unlimited] = outcomes;
  return [
    `${rulebook.index} from ${rulebook.base.date} to ${date}, as its rulebook says and otherwise:`,
    markdownTable(
      ['choice', 'price at base', 'price', 'level', 'constituents', 'largest share of value'],
      outcomes.map(rowOf),
    ),
    `An ordinary mean moves with its dearest models: here one of ${ordinary?.last?.constituents.length} would hold ${largestShare(ordinary)} of the value, against ${largestShare(own)}. And sellers rarely cut the price of a model that is on sale: they launch a better one and leave the old one as it was. Without limits of age and number such models fill the basket, and an ordinary mean of them stands at ${levelOf(unlimited)}, against ${levelOf(own)}.`,
    "The last line leaves out the book's corrections: a few wrong rows move an index that gives each lab the same weight.",
  ];
}

/** Of several indices the one over everything, else the first. */
export function broadest(rulebooks: readonly Rulebook[]): Rulebook | undefined {
  return rulebooks.find(({ universe }) => universe.include.all) ?? rulebooks[0];
}

function variantsOf(rulebook: Rulebook, evidence: Evidence): Variant[] {
  const { universe, weights } = rulebook;
  const unlimited = { ...universe, max_model_age_days: null, max_models_per_lab: null };
  const ordinary = {
    formula: 'laspeyres' as const,
    weights: { ...weights, method: 'equal' as const },
  };
  const uncorrected = evidenceOf({ ...evidence.rows, corrections: [] });
  return [
    { name: 'as the rulebook says', rulebook, evidence },
    { name: 'ordinary mean of equal quantities', rulebook: { ...rulebook, ...ordinary }, evidence },
    { name: 'no limit of age or number', rulebook: { ...rulebook, universe: unlimited }, evidence },
    {
      name: 'ordinary mean, no limit',
      rulebook: { ...rulebook, ...ordinary, universe: unlimited },
      evidence,
    },
    { name: 'without corrections', rulebook, evidence: uncorrected },
  ];
}

function outcomeOf({ name, rulebook, evidence }: Variant, date: Day): Outcome {
  const first = calculateFixing(rulebook, evidence, rulebook.base.date).fixing;
  return { name, first, last: calculateFixing(rulebook, evidence, date).fixing };
}

function rowOf(outcome: Outcome): string[] {
  const { name, first, last } = outcome;
  return [
    name,
    first?.value?.price ?? 'withheld',
    last?.value?.price ?? 'withheld',
    levelOf(outcome),
    String(last?.constituents.length ?? 0),
    `${last?.influence.largest_constituent.id} ${largestShare(outcome)}`,
  ];
}

function levelOf(outcome: Outcome | undefined): string {
  return outcome?.last?.level ?? 'withheld';
}

function largestShare(outcome: Outcome | undefined): string {
  const share = outcome?.last?.influence.largest_constituent.share ?? '0';
  return `${(Number(share) * 100).toFixed(1)}%`;
}
