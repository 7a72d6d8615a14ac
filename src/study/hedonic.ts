import { type Decimal, decimal, divide, ONE, roundToDigits } from '../domain/decimal.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import { geometricMeanOfRelatives, ln } from '../domain/transcendental.ts';
import { leastSquares, type Observation, type Regression } from './least-squares.ts';
import type { PricedModel } from './market-prices.ts';

/** The models of one month with their prices, and their scores where those are known. */
export interface Month {
  readonly month: string;
  readonly models: readonly (PricedModel & { readonly score?: Decimal })[];
}

/** ln(price) on what is known of models, and on the month. */
export interface Hedonic {
  readonly regression: Regression;
  /** What the differences are from. */
  readonly base: { readonly class: string; readonly lab: string; readonly month: string };
  /** Labs with few models, which share one column. */
  readonly pooled: readonly string[];
}

/** Labs with fewer models than these share a column. */
export const FEWEST_MODELS = 3;
const OTHER_LABS = 'other labs';
const LOG_DIGITS = 30;
const YEAR_DAYS = decimal('365.25');

export const CLASS_TERM = 'class ';
export const MONTH_TERM = 'month ';

/**
 * The time-dummy hedonic regression: ln p = a + class + open weights + age + score + lab + month
 * (Triplett 2006; CPI Manual 2020, chapter on quality). A difference is from the class, the lab and
 * the month that the base names.
 *
 * @returns `undefined` where there are no more observations than terms.
 */
export function hedonic(months: readonly Month[]): Hedonic | undefined {
  const all = months.flatMap(({ models }) => models);
  const labels = labLabels(all);
  const classes = mostFirst(all.map((one) => one.class));
  const labs = mostFirst(all.map(({ lab }) => labels.get(lab) ?? lab));
  const hasScores = all.some(({ score }) => score !== undefined);
  const [baseClass = '', ...otherClasses] = classes;
  const [baseLab = '', ...otherLabs] = labs;
  const [first, ...later] = months;
  const names = [
    ...['intercept', ...otherClasses.map((one) => CLASS_TERM + (one || '(none)'))],
    ...['open weights', 'age, years', ...(hasScores ? ['score'] : [])],
    ...otherLabs.map((one) => `lab ${one}`),
    ...later.map(({ month }) => MONTH_TERM + month),
  ];
  const columnOf = new Map(names.map((name, at) => [name, at]));
  const observations = months.flatMap(({ month, models }) =>
    models.map((model): Observation => {
      const flags = [
        'intercept',
        CLASS_TERM + (model.class || '(none)'),
        ...(model.openWeights ? ['open weights'] : []),
        ...[`lab ${labels.get(model.lab) ?? model.lab}`, MONTH_TERM + month],
      ];
      const numbers: (readonly [string, Decimal])[] = [
        ['age, years', divide(decimal(model.ageDays), YEAR_DAYS, LOG_DIGITS)],
        ...(model.score ? [['score', model.score] as const] : []),
      ];
      const cells = [...flags.map((name) => [name, ONE] as const), ...numbers];
      const x = cells.flatMap(([name, value]) => {
        const column = columnOf.get(name);
        return column === undefined || value.digits === 0n ? [] : [[column, value] as const];
      });
      return { x, y: roundToDigits(ln(model.price), LOG_DIGITS), cluster: model.model };
    }),
  );
  const regression = leastSquares(names, observations);
  if (!regression) return undefined;
  const base = { class: baseClass, lab: baseLab, month: first?.month ?? '' };
  const pooled = [...labels].filter(([, label]) => label === OTHER_LABS).map(([lab]) => lab);
  return { regression, base, pooled: pooled.sort(byCodePoint) };
}

/** By lab the column that it is in. */
function labLabels(models: readonly PricedModel[]): ReadonlyMap<string, string> {
  const labs = groupBy(models, ({ lab }) => lab);
  return new Map(
    [...labs].map(([lab, own]) => {
      const count = new Set(own.map(({ model }) => model)).size;
      return [lab, count < FEWEST_MODELS ? OTHER_LABS : lab];
    }),
  );
}

/** Different values, the most common first; ties by code point. */
function mostFirst(values: readonly string[]): string[] {
  return [...groupBy(values, (value) => value)]
    .sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || byCodePoint(a, b))
    .map(([value]) => value);
}

/** What models that are priced in a month and the one before did to their prices. */
export interface MatchedMonth {
  readonly month: string;
  /** Geometric mean of the relatives; `undefined` where no model is in both. */
  readonly relative: Decimal | undefined;
  readonly matched: number;
}

/** The matched-model index beside it: the Jevons mean of relatives, month on month. */
export function matchedMonths(months: readonly Month[]): MatchedMonth[] {
  return months.map(({ month, models }, at) => {
    const before = new Map(months[at - 1]?.models.map(({ id, price }) => [id, price]) ?? []);
    const terms = models.flatMap(({ id, price }) => {
      const then = before.get(id);
      return then ? [[ONE, price, then] as const] : [];
    });
    const relative = terms.length === 0 ? undefined : geometricMeanOfRelatives(terms);
    return { month, relative, matched: terms.length };
  });
}
