import type { SeriesPoint } from '../../src/site/view.ts';
import type { PageData } from './data.ts';

export type Measure = 'level' | 'price' | 'legs';
export type Span = '1m' | '6m' | '1y' | 'all';

/** What is drawn: a column of days in seconds, and a column of values for each line. */
export interface Lines {
  readonly days: readonly string[];
  readonly seconds: number[];
  readonly lines: readonly Line[];
  /** What the values are in. */
  readonly unit: string;
}

export interface Line {
  readonly name: string;
  readonly style: number;
  readonly values: (number | null)[];
  /** As published, where a line is not rebased. */
  readonly texts: readonly (string | null)[];
}

export interface Asked {
  readonly measure: Measure;
  /** Indices beside the page's own, each with its series. */
  readonly beside: ReadonlyMap<string, readonly SeriesPoint[]>;
  /** The first day that is shown: all lines are 100 there where they are compared. */
  readonly from: string;
}

/** The lines that a reader asked for. */
export function linesOf(data: PageData, { measure, beside, from }: Asked): Lines {
  if (beside.size > 0) return compared(data, beside, from);
  const { points } = data;
  const line = (name: string, style: number, of: (point: SeriesPoint) => string | null): Line => {
    const texts = points.map(of);
    return { name, style, texts, values: texts.map(numberOf) };
  };
  const days = points.map(({ date }) => date);
  const base = { days, seconds: days.map(secondsOf) };
  if (measure === 'level') {
    return { ...base, unit: data.base, lines: [line('level', 0, ({ level }) => level)] };
  }
  if (measure === 'price') {
    return { ...base, unit: data.unit, lines: [line('price', 0, ({ price }) => price)] };
  }
  return {
    ...{ ...base, unit: data.unit },
    lines: [
      line('price', 0, ({ price }) => price),
      line('output', 1, ({ output }) => output),
      line('input', 2, ({ input }) => input),
      line('cached input', 3, ({ cachedInput }) => cachedInput),
    ],
  };
}

/** Levels of several indices, each 100 on the first day shown on which it has one. */
function compared(data: PageData, beside: Asked['beside'], from: string): Lines {
  const all = new Map([[data.index, data.points], ...beside]);
  const days = [...new Set([...all.values()].flatMap((points) => points.map(({ date }) => date)))];
  days.sort();
  const lines = [...all].map(([name, points], style): Line => {
    const levels = new Map(points.map(({ date, level }) => [date, level]));
    const first = points.find(({ date, level }) => date >= from && level !== null);
    const scale = first?.level ? 100 / Number(first.level) : 1;
    const texts = days.map((day) => levels.get(day) ?? null);
    const values = texts.map((text) => (text === null ? null : Number(text) * scale));
    return { name, style, texts, values };
  });
  return { days, seconds: days.map(secondsOf), lines, unit: `100 on ${from}` };
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

export function secondsOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 1000;
}

/** The first day of a span that ends on a day. */
export function startOf(span: Span, first: string, last: string): string {
  if (span === 'all') return first;
  const months = { '1m': 1, '6m': 6, '1y': 12 }[span];
  const date = new Date(`${last}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() - months);
  const start = date.toISOString().slice(0, 10);
  return start < first ? first : start;
}

/** The lines as CSV: values as they were published, and rebased ones beside them. */
export function csvOf(
  { days, lines }: Lines,
  isRebased: boolean,
  from: string,
  to: string,
): string {
  const names = lines.flatMap(({ name }) => (isRebased ? [name, `${name} rebased`] : [name]));
  const rows = days.flatMap((day, at) => {
    if (day < from || day > to) return [];
    const cells = lines.flatMap(({ values, texts }) => {
      const text = texts[at] ?? '';
      const value = values[at];
      return isRebased ? [text, value == null ? '' : value.toFixed(4)] : [text];
    });
    return [[day, ...cells].join(',')];
  });
  return `${[['date', ...names].join(','), ...rows].join('\n')}\n`;
}
