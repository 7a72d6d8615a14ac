import type { StudyTable } from '../domain/study.ts';
import { column } from './column.ts';
import { significant } from './figures.ts';
import type { Line } from './regression.ts';

/** A line, and through which points. */
export interface NamedFit {
  readonly name: string;
  readonly fit: Line | undefined;
}

/** Lines by least squares, a row each. Statistics have six significant digits. */
export function fitTable(title: string, name: string, fits: readonly NamedFit[]): StudyTable {
  return {
    name,
    title,
    columns: [
      column('over', 'text', 'Which points'),
      column('n', 'integer', 'How many points'),
      column('slope', 'decimal', 'Change of y a unit of x'),
      column('standard_error', 'decimal', 'Of the slope'),
      column('t', 'decimal', 'The slope over its error'),
      column('intercept', 'decimal', 'y where x is 0'),
      column('r_squared', 'decimal', 'Share of the variance of y that the line has'),
    ],
    rows: fits.map(({ name: over, fit }) => {
      if (!fit) return [over, '', '', '', '', '', ''];
      const { n, slope, standardError, intercept, rSquared } = fit;
      const t = standardError > 0 ? slope / standardError : undefined;
      const numbers = [slope, standardError, t, intercept, rSquared].map((one) => significant(one));
      return [over, String(n), ...numbers];
    }),
  };
}
