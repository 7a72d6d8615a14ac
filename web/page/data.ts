import { fromSeriesBlock, type SeriesBlock } from '../../src/site/series-block.ts';
import type { SeriesPoint } from '../../src/site/view.ts';
import { byId } from './dom.ts';

/** What the page of an index holds for its script. */
export interface PageData {
  readonly index: string;
  readonly title: string;
  readonly unit: string;
  readonly date: string;
  readonly others: readonly string[];
  readonly revision: number;
  readonly revised: Readonly<Record<string, number>>;
  /** The day of the base and its level: `2026-07-20 = 100`. */
  readonly base: string;
  readonly points: readonly SeriesPoint[];
}

export function readData(): PageData | undefined {
  const text = byId('data')?.textContent;
  if (!text) return undefined;
  const { series, ...rest } = JSON.parse(text) as Omit<PageData, 'points'> & {
    series: SeriesBlock;
  };
  return { ...rest, points: fromSeriesBlock(series) };
}

/** The published days before a day, and the day itself. */
export function daysUpTo({ points }: PageData, date: string): readonly SeriesPoint[] {
  return points.filter((point) => point.date <= date && point.level !== null);
}
