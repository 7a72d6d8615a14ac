import { addDays, type Day } from '../domain/dates.ts';
import { type Decimal, decimal, divide, multiply, toFixedText, toText } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Study } from '../domain/study.ts';
import type { OneOrMore } from '../domain/versions.ts';
import { resultsOn } from '../fix/backfill.ts';
import type { Score } from '../ingest/scores.ts';
import type { PlacedRow } from '../ingest/table.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { signedPercent, significant } from './figures.ts';
import {
  CLASS_TERM,
  FEWEST_MODELS,
  type Hedonic,
  hedonic,
  MONTH_TERM,
  type Month,
  matchedMonths,
} from './hedonic.ts';
import {
  fitTable,
  hedonicLevel,
  INDEX_PLACES,
  type IndexMonth,
  indexTable,
  termsTable,
} from './hedonic-tables.ts';
import { marketPrices, priceTerms } from './market-prices.ts';
import { scoresByModel } from './scored.ts';

/** What a hedonic regression is asked of. */
export interface HedonicRequest {
  readonly rules: Rulebook;
  readonly evidence: Evidence;
  readonly from: Day;
  readonly to: Day;
  /** Older models are left out: a price that nobody withdraws stands in a book for ever. */
  readonly maxAgeDays: number;
  /** With it only models that have a score are in. */
  readonly scores?: readonly PlacedRow<Score>[];
  /** An index whose level stands beside it. */
  readonly index?: OneOrMore<Rulebook>;
  readonly sources?: readonly string[];
}

const HUNDRED = decimal(100);

/**
 * A hedonic regression of prices on what the book knows of models, as research: its fit, and its
 * time-dummy index beside the matched one.
 *
 * @throws {MtokError} where there are no more prices than terms.
 */
export function hedonicStudy(request: HedonicRequest): Study {
  const { rules, from, to, maxAgeDays, scores } = request;
  const months = monthsOf(request);
  const found = hedonic(months);
  if (!found) {
    const count = months.reduce((sum, { models }) => sum + models.length, 0);
    const why = `${count} prices are no more than its terms`;
    throw new MtokError('no', `no regression from ${from} to ${to}: ${why}; give it more of them`);
  }
  const index = indexMonths(found, months, levelsOf(request));
  const range = months.length === 1 ? (months[0]?.month ?? '') : `${from} to ${to}`;
  return {
    schema: 'mtok.study/1',
    study: 'hedonic',
    title: 'What of a price its model explains: a hedonic regression',
    about: `${found.regression.clusters} models, ${months.length} months, ${range}`,
    assumptions: [
      priceTerms(rules),
      'Prices are those of the last day of each month, models weighed equally, by ordinary least ' +
        'squares of ln(price).',
      `Models older than ${maxAgeDays} days are left out; age counts from a model's first quote ` +
        'anywhere.',
      `A difference is from class ${found.base.class}, lab ${found.base.lab} and month ` +
        `${found.base.month}; labs with fewer than ${FEWEST_MODELS} models share one term.`,
      'Errors by model allow for prices of one model that go together; t is by these.',
      ...(scores
        ? ['Only models of the file of scores are in; a score stands for all months.']
        : []),
    ],
    findings: [...describeFit(found), ...describeIndex(index)],
    warnings: warningsOf(found),
    tables: [indexTable(index), termsTable(found), fitTable(found)],
    charts:
      months.length < 2
        ? []
        : [
            {
              ...{ name: 'index', title: 'Hedonic and matched index', kind: 'line' },
              ...{ table: 'index', x: 'month', y: ['hedonic', 'matched'] },
              unit: `${months[0]?.month} = 100`,
            },
          ],
    sources: [...(request.sources ?? [])],
  };
}

/** The last day of each month that the range has, and the last day of the range. */
function lastDays(from: Day, to: Day): Day[] {
  const days: Day[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    if (day === to || addDays(day, 1).slice(0, 7) !== day.slice(0, 7)) days.push(day);
  }
  return days;
}

function monthsOf({ rules, evidence, from, to, maxAgeDays, scores }: HedonicRequest): Month[] {
  const byModel = scores && scoresByModel(scores, evidence, to);
  const months: Month[] = [];
  for (const { day, priced } of marketPrices(rules, evidence, lastDays(from, to))) {
    const young = priced.filter(({ ageDays }) => ageDays <= maxAgeDays);
    const models = young.flatMap((one) => {
      const score = byModel?.get(one.model);
      if (byModel && !score) return [];
      return score ? { ...one, score } : one;
    });
    months.push({ month: day.slice(0, 7), models });
  }
  // A month without any price has nothing to say.
  return months.filter(({ models }) => models.length > 0);
}

/** The published levels of an index on the same days. */
function levelsOf({ index, evidence, from, to }: HedonicRequest): ReadonlyMap<string, Decimal> {
  const levels = new Map<string, Decimal>();
  if (index === undefined) return levels;
  const days = new Set(lastDays(from, to));
  const run = resultsOn(index, evidence, to, (day) => days.has(day));
  if (!run.items) throw new MtokError('no', run.none.message);
  for (const { day, print } of run.items) {
    if (print) levels.set(day.day.slice(0, 7), print.level);
  }
  return levels;
}

function indexMonths(
  { regression }: Hedonic,
  months: readonly Month[],
  levels: ReadonlyMap<string, Decimal>,
): IndexMonth[] {
  const terms = new Map(regression.terms.map((term) => [term.name, term]));
  const [base] = months.flatMap(({ month }) => levels.get(month) ?? []);
  let matchedLevel: Decimal | undefined = HUNDRED;
  return matchedMonths(months).map((one, at) => {
    if (at > 0) {
      matchedLevel =
        matchedLevel && one.relative ? multiply(matchedLevel, one.relative) : undefined;
    }
    const level = levels.get(one.month);
    return {
      ...{ ...one, matchedLevel, models: months[at]?.models.length ?? 0 },
      term: terms.get(MONTH_TERM + one.month),
      level: level && base ? toFixedText(divide(multiply(level, HUNDRED), base), INDEX_PLACES) : '',
    };
  });
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function describeFit({ regression, base }: Hedonic): string[] {
  const { rSquared, adjustedRSquared, n, clusters, parameters } = regression;
  const named = (name: string) => regression.terms.find((term) => term.name === name);
  const premium = (name: string, says: string) => {
    const term = named(name);
    if (term?.estimate === undefined) return [];
    const t = term.clusteredError ? term.estimate / term.clusteredError : Number.NaN;
    return [
      `${says} ${signedPercent(Math.expm1(term.estimate))} (t ${significant(t, 2) || 'none'}).`,
    ];
  };
  return [
    `R² ${significant(rSquared, 3) || 'none'}, adjusted ${significant(adjustedRSquared, 3) || 'none'}, ` +
      `n ${n} prices of ${clusters} models, ${parameters} terms.`,
    ...regression.terms
      .filter(({ name }) => name.startsWith(CLASS_TERM))
      .flatMap(({ name }) => premium(name, `${capital(name)} against ${base.class || '(none)'}:`)),
    ...premium('open weights', 'Open weights against none, all else equal:'),
    ...premium('age, years', 'A year of age:'),
    ...premium('score', 'A point of score:'),
  ];
}

function describeIndex(index: readonly IndexMonth[]): string[] {
  const last = index.at(-1);
  const level = last && hedonicLevel(last, index.length - 1);
  if (!last || index.length < 2 || level === undefined) return [];
  const matched = last.matchedLevel
    ? signedPercent(Number(toText(last.matchedLevel)) / 100 - 1)
    : 'none: in some month no model was priced before';
  return [
    `From ${index[0]?.month} to ${last.month} the hedonic index moves ` +
      `${signedPercent(level / 100 - 1)}, the matched one ${matched}: matched models show what ` +
      'sellers do to a price, the regression also what new models cost against what is known of ' +
      'them.',
  ];
}

/** Fewer prices than this a term, and a fit is of the terms alone. */
const FEW_A_TERM = 5;

function warningsOf({ regression, pooled }: Hedonic): string[] {
  const aliased = regression.terms.filter(({ estimate }) => estimate === undefined);
  return [
    'It is research and no fixing: what it does not know of a model, above all how good it is, ' +
      'is in the month, the lab and the residual.',
    'The book does not know the sizes of context windows or of models.',
    ...(regression.n < FEW_A_TERM * regression.parameters
      ? [`${regression.n} prices are few for ${regression.parameters} terms: read none of them.`]
      : []),
    ...(pooled.length > 0 ? [`Labs that share a term: ${pooled.join(', ')}.`] : []),
    ...(aliased.length > 0
      ? [`Not estimated, since others say the same: ${aliased.map(({ name }) => name).join(', ')}.`]
      : []),
  ];
}
