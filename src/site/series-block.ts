import type { Day } from '../domain/dates.ts';
import type { SeriesPoint } from './view.ts';

/** The columns of a series for a page; 0 stands for the value of the row before. */
export type SeriesBlock = readonly (readonly (string | number | null)[])[];

const COLUMNS = ['date', 'series', 'price', 'input', 'cachedInput', 'output', 'level'] as const;

/** Prices stand for weeks: what repeats is left out. */
export function seriesBlock(series: readonly SeriesPoint[]): SeriesBlock {
  return COLUMNS.map((column) =>
    series.map((point, at) =>
      at > 0 && series[at - 1]?.[column] === point[column] ? 0 : point[column],
    ),
  );
}

/** The series that `seriesBlock` wrote. */
export function fromSeriesBlock(block: SeriesBlock): SeriesPoint[] {
  const length = block[0]?.length ?? 0;
  const columns = COLUMNS.map((_, column) => {
    let value: string | number | null = null;
    return Array.from({ length }, (__, at) => {
      const cell = block[column]?.[at] ?? null;
      if (cell !== 0) value = cell;
      return value;
    });
  });
  const text = (column: number, at: number) => {
    const value = columns[column]?.[at] ?? null;
    return value === null ? null : String(value);
  };
  return Array.from({ length }, (_, at) => ({
    ...{ date: text(0, at) as Day, series: Number(columns[1]?.[at]), price: text(2, at) },
    ...{ input: text(3, at), cachedInput: text(4, at), output: text(5, at), level: text(6, at) },
  }));
}
