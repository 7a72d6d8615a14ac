import type { Day } from '../../domain/dates.ts';
import type { SeriesPoint } from '../view.ts';
import type { ChartLine, ChartMark } from './line-chart.ts';

export const MEASURES = ['level', 'price', 'legs'] as const;
export type Measure = (typeof MEASURES)[number];

type Column = 'level' | 'price' | 'input' | 'cachedInput' | 'output';

const LEGS: readonly (readonly [string, Column])[] = [
  ['price', 'price'],
  ['output', 'output'],
  ['input', 'input'],
  ['cached input', 'cachedInput'],
];

/**
 * The lines of one index; of several their levels, each 100 on its first day with a value.
 *
 * @param all the series by index.
 */
export function seriesLines(
  all: ReadonlyMap<string, readonly SeriesPoint[]>,
  measure: Measure,
): ChartLine[] {
  const [only] = all;
  if (only && all.size === 1) {
    const columns = measure === 'legs' ? LEGS : ([[measure, measure]] as const);
    return columns.map(([name, column], style) => lineOf(name, style, only[1], column, 1));
  }
  return [...all].map(([index, points], style) => {
    const first = points.find(({ level }) => level !== null)?.level;
    return lineOf(index, style, points, 'level', first ? 100 / Number(first) : 1);
  });
}

function lineOf(
  name: string,
  style: number,
  series: readonly SeriesPoint[],
  column: Column,
  scale: number,
): ChartLine {
  const points = series.map((point) => {
    const text = point[column];
    return { date: point.date, value: text === null ? null : Number(text) * scale };
  });
  return { name, style, points };
}

/** What happened on the days of a series. */
export function marksOf(
  series: readonly SeriesPoint[],
  revised: { readonly has: (date: Day) => boolean },
): ChartMark[] {
  return series.flatMap((point, at): ChartMark[] => {
    const { date } = point;
    const before = series[at - 1];
    return [
      ...(before && before.series !== point.series ? [{ date, kind: 'rebalance' } as const] : []),
      ...(point.level === null ? [{ date, kind: 'withheld' } as const] : []),
      ...(revised.has(date) ? [{ date, kind: 'restated' } as const] : []),
    ];
  });
}
