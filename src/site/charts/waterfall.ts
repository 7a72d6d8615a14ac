import { escaped, type Html, raw } from '../html.ts';
import { rangeOf } from './scale.ts';

/** One step of a waterfall, in the unit of its ends. */
export interface WaterfallStep {
  readonly name: string;
  readonly change: number;
  /** As it is written beside the bar. */
  readonly text: string;
}

export interface Waterfall {
  readonly from: { readonly name: string; readonly value: number; readonly text: string };
  readonly to: { readonly name: string; readonly value: number; readonly text: string };
  readonly steps: readonly WaterfallStep[];
  readonly label: string;
}

const ROW = 22;
const WIDTH = 760;
const NAMES = 250;
const FIGURES = 92;

/**
 * How one value became another, step by step from top to bottom. Bars begin near the values: the
 * axis does not begin at zero, or small steps could not be seen.
 */
export function waterfall({ from, to, steps, label }: Waterfall): Html {
  let sum = from.value;
  const placed = steps.map((step) => {
    const start = sum;
    sum += step.change;
    return { ...step, start, end: sum };
  });
  const range = rangeOf([
    from.value,
    to.value,
    ...placed.flatMap(({ start, end }) => [start, end]),
  ]);
  if (!range) return raw('');
  const span = range.most - range.least || 1;
  const x = (value: number) =>
    NAMES + 8 + ((value - range.least) / span) * (WIDTH - NAMES - FIGURES - 16);
  const ends = (row: number, end: Waterfall['from']) =>
    rowOf(row, end.name, end.text) +
    `<path class="total" d="M${x(end.value).toFixed(1)} ${row * ROW + 3}v${ROW - 6}"/>`;
  const rows = placed.map(({ name, text, change, start, end }, at) => {
    const [left, right] = [Math.min(x(start), x(end)), Math.max(x(start), x(end))];
    const [top, kind] = [(at + 1) * ROW, change > 0 ? 'up' : 'down'];
    const bar = `<rect class="${kind}" x="${left.toFixed(1)}" y="${top + 5}" width="${Math.max(1, right - left).toFixed(1)}" height="${ROW - 10}"/>`;
    const link = `<path class="link" d="M${x(end).toFixed(1)} ${top + ROW - 5}v10"/>`;
    return rowOf(at + 1, name, text) + bar + link;
  });
  const height = (steps.length + 2) * ROW;
  return raw(
    `<svg class="waterfall" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(label)}">` +
      `${ends(0, from)}${rows.join('')}${ends(steps.length + 1, to)}</svg>`,
  );
}

function rowOf(row: number, name: string, text: string): string {
  const y = row * ROW + ROW / 2 + 4;
  return `<text class="name" x="${NAMES}" y="${y}">${escaped(name)}</text><text class="figure" x="${WIDTH}" y="${y}">${escaped(text)}</text>`;
}
