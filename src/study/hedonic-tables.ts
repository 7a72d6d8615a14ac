import { type Decimal, toFixedText } from '../domain/decimal.ts';
import type { StudyTable } from '../domain/study.ts';
import { column } from './column.ts';
import { figure, significant } from './figures.ts';
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
      column('month', 'month', 'Of its last day'),
      column('hedonic', 'decimal', 'Of the month terms; the first month is 100'),
      column('standard_error', 'decimal', 'Of its logarithm, by model'),
      column('matched', 'decimal', 'Chained geometric mean of matched relatives'),
      column('models', 'integer', 'With a price'),
      column('matched_models', 'integer', 'With a price in the month before too'),
      column('index_level', 'decimal', 'Of the index that was named, from 100'),
    ],
    rows: index.map((one, at) => [
      one.month,
      figure(hedonicLevel(one, at), INDEX_PLACES),
      at === 0 ? '' : significant(one.term?.clusteredError, 3),
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
      column('term', 'text', 'What a price differs by'),
      column('estimate', 'decimal', 'Of the logarithm'),
      column('percent', 'decimal', 'The same as a change of the price'),
      column('standard_error', 'decimal', 'Of ordinary least squares'),
      column('standard_error_by_model', 'decimal', 'Clustered by model'),
      column('t', 'decimal', 'The estimate over its error by model'),
    ],
    rows: regression.terms.map(({ name, estimate, standardError, clusteredError }) => {
      if (estimate === undefined) return [name, '', '', '', '', ''];
      const t = clusteredError ? estimate / clusteredError : undefined;
      const percent = name === 'intercept' ? '' : figure(Math.expm1(estimate) * 100, 1);
      const [own, error, robust] = [estimate, standardError, clusteredError].map((one) =>
        significant(one),
      );
      return [name, own ?? '', percent, error ?? '', robust ?? '', significant(t, 4)];
    }),
  };
}

export function fitTable({ regression }: Hedonic): StudyTable {
  const { n, clusters, parameters, rSquared, adjustedRSquared, residualError } = regression;
  const figures = [rSquared, adjustedRSquared, residualError].map((one) => significant(one));
  return {
    name: 'fit',
    title: 'How well it fits',
    columns: [
      column('n', 'integer', 'Prices: a model in a month'),
      column('models', 'integer', 'Different models'),
      column('terms', 'integer', 'Terms that were estimated'),
      column('r_squared', 'decimal', 'Share of the variance of ln(price)'),
      column('adjusted_r_squared', 'decimal', 'The same for the number of terms'),
      column('residual_standard_error', 'decimal', 'Of ln(price)'),
    ],
    rows: [[...[n, clusters, parameters].map(String), ...figures]],
  };
}
