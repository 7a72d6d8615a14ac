import type { StudyTable } from '../domain/study.ts';
import { countColumn, decimalColumn, textColumn } from './columns.ts';
import { figure } from './figure.ts';
import type { LineFit } from './line-fit.ts';

/** A line, and through which points. */
export interface NamedFit {
  readonly name: string;
  readonly fit: LineFit | undefined;
}

/** Lines by least squares, a row each. Statistics have six significant digits. */
export function fitTable(title: string, name: string, fits: readonly NamedFit[]): StudyTable {
  return {
    name,
    title,
    columns: [
      textColumn('over', 'Which points'),
      countColumn('n', 'How many points'),
      decimalColumn('slope', undefined, 'Change of y a unit of x'),
      decimalColumn('standard_error', undefined, 'Of the slope'),
      decimalColumn('t', undefined, 'The slope over its error'),
      decimalColumn('intercept', undefined, 'y where x is 0'),
      decimalColumn('r_squared', undefined, 'Share of the variance of y that the line has'),
    ],
    rows: fits.map(({ name: over, fit }) => {
      if (!fit) return [over, '', '', '', '', '', ''];
      const { n, slope, standardError, intercept, rSquared } = fit;
      const t = standardError === undefined ? undefined : slope / standardError;
      const numbers = [slope, standardError, t, intercept, rSquared].map((one) => figure(one));
      return [over, String(n), ...numbers];
    }),
  };
}
