import { type Decimal, toFixedText } from '../domain/decimal.ts';
import type { StudyTable } from '../domain/study.ts';
import { countColumn, decimalColumn, textColumn } from './columns.ts';
import { figure, fixedFigure } from './figure.ts';
import type { Hedonic, MatchedMonth } from './hedonic.ts';
import type { Term } from './least-squares.ts';

/** The tables of a hedonic regression. Statistics have six significant digits. */

export const INDEX_PLACES = 2;

/** A month of the index, and of what stands beside it. */
export interface IndexMonth extends MatchedMonth {
  readonly models: number;
  readonly term: Term | undefined;
  readonly matchedLevel: Decimal | undefined;
  readonly level: string;
}

/** The month term as an index number: the first month is 100. */
export function hedonicLevel({ term }: IndexMonth, at: number): number | undefined {
  if (at === 0) return 100;
  return term?.estimate === undefined ? undefined : 100 * Math.exp(term.estimate);
}

export function indexTable(index: readonly IndexMonth[]): StudyTable {
  return {
    name: 'index',
    title: 'The time-dummy index, and the matched one',
    columns: [
      { name: 'month', type: 'month', means: 'Of its last day' },
      decimalColumn('hedonic', undefined, 'Of the month terms; the first month is 100'),
      decimalColumn('standard_error', undefined, 'Of its logarithm, by model'),
      decimalColumn('matched', undefined, 'Chained geometric mean of matched relatives'),
      countColumn('models', 'With a price'),
      countColumn('matched_models', 'With a price in the month before too'),
      decimalColumn('index_level', undefined, 'Of the index that was named, from 100'),
    ],
    rows: index.map((one, at) => [
      one.month,
      fixedFigure(hedonicLevel(one, at), INDEX_PLACES),
      at === 0 ? '' : figure(one.term?.clusteredError, 3),
      one.matchedLevel ? toFixedText(one.matchedLevel, INDEX_PLACES) : '',
      ...[String(one.models), at === 0 ? '' : String(one.matched), one.level],
    ]),
  };
}

export function termsTable({ regression }: Hedonic): StudyTable {
  return {
    name: 'terms',
    title: 'Terms of the regression of ln(USD/MTok)',
    columns: [
      textColumn('term', 'What a price differs by'),
      decimalColumn('estimate', undefined, 'Of the logarithm'),
      decimalColumn('percent', undefined, 'The same as a change of the price'),
      decimalColumn('standard_error', undefined, 'Of ordinary least squares'),
      decimalColumn('standard_error_by_model', undefined, 'Clustered by model'),
      decimalColumn('t', undefined, 'The estimate over its error by model'),
    ],
    rows: regression.terms.map(({ name, estimate, standardError, clusteredError }) => {
      if (estimate === undefined) return [name, '', '', '', '', ''];
      const t = clusteredError ? estimate / clusteredError : undefined;
      const percent = name === 'intercept' ? '' : fixedFigure(Math.expm1(estimate) * 100, 1);
      const [own, error, robust] = [estimate, standardError, clusteredError].map((one) =>
        figure(one),
      );
      return [name, own ?? '', percent, error ?? '', robust ?? '', figure(t, 4)];
    }),
  };
}

export function fitTable({ regression }: Hedonic): StudyTable {
  const { n, clusters, parameters, rSquared, adjustedRSquared, residualError } = regression;
  const figures = [rSquared, adjustedRSquared, residualError].map((one) => figure(one));
  return {
    name: 'fit',
    title: 'How well it fits',
    columns: [
      countColumn('n', 'Prices: a model in a month'),
      countColumn('models', 'Different models'),
      countColumn('terms', 'Terms that were estimated'),
      decimalColumn('r_squared', undefined, 'Share of the variance of ln(price)'),
      decimalColumn('adjusted_r_squared', undefined, 'The same for the number of terms'),
      decimalColumn('residual_standard_error', undefined, 'Of ln(price)'),
    ],
    rows: [[...[n, clusters, parameters].map(String), ...figures]],
  };
}
