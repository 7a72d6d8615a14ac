import { type Day, dayToMs } from '../../domain/dates.ts';
import { escaped, type Html, raw } from '../html.ts';
import { linearScale, logScale, rangeOf, type Scale } from './scale.ts';

/** One line of a chart: a value a day, `null` where there is none. */
export interface ChartLine {
  readonly name: string;
  /** Which of the line styles it has, 0 being the main one. */
  readonly style: number;
  readonly points: readonly { readonly date: Day; readonly value: number | null }[];
}

/** What happened on a day, marked on the axis of days. */
export interface ChartMark {
  readonly date: Day;
  readonly kind: 'rebalance' | 'withheld' | 'restated';
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

export interface ChartOptions extends ChartSize {
  readonly label: string;
  readonly isLog?: boolean;
  readonly places?: number;
}

const MARGIN = { top: 14, bottom: 26, left: 4 };
const AXIS = 52;

/**
 * A chart of daily values: steps, since a price stands until the next one, each line with its name
 * at its end, and marks of what happened below. It has classes and no colours: the page or
 * `chartFile` gives them.
 */
export function lineChart(
  lines: readonly ChartLine[],
  marks: readonly ChartMark[],
  options: ChartOptions,
): Html {
  const { width, height, label } = options;
  const all = lines.flatMap(({ points }) => points);
  const range = rangeOf(all.map(({ value }) => value));
  const days = rangeOf(all.map(({ date }) => dayToMs(date)));
  if (!range || !days) return raw('');
  const right = width - AXIS;
  const bottom = height - MARGIN.bottom;
  const isLog = options.isLog === true && range.least > 0;
  const y = isLog ? logScale(range, bottom, MARGIN.top) : linearScale(range, bottom, MARGIN.top);
  const span = days.most - days.least || 1;
  const x = (date: Day) =>
    MARGIN.left + ((dayToMs(date) - days.least) / span) * (right - MARGIN.left);
  const places = options.places ?? placesOf(y.ticks);
  return raw(
    [
      `<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">`,
      ...y.ticks.map((tick) => gridLine(tick, y, right, places)),
      ...dayTicks(days.least, days.most, width).map(([date, text]) =>
        dayTick(x(date), bottom, text),
      ),
      ...marks.map(({ date, kind }) => markOf(x(date), bottom, kind)),
      ...lines.map((line) => pathOf(line, x, y)),
      ...endLabels(lines, x, y, places, right),
      '</svg>',
    ].join(''),
  );
}

function placesOf(ticks: readonly number[]): number {
  const longest = ticks.map((tick) => String(tick).split('.')[1]?.length ?? 0);
  return Math.min(4, Math.max(...longest));
}

function gridLine(tick: number, scale: Scale, right: number, places: number): string {
  const place = Math.round(scale.at(tick)) + 0.5;
  const text = `<text class="tick" x="${right + 6}" y="${place + 3.5}">${tick.toFixed(places)}</text>`;
  return `<path class="grid" d="M${MARGIN.left} ${place}H${right}"/>${text}`;
}

/** Of the longest text of a tick, `2026-08`, in pixels. */
const DAY_WIDTH = 44;

function dayTick(place: number, bottom: number, text: string): string {
  const at = place.toFixed(1);
  // Half of the text would lie beyond the edge.
  const middle = Math.max(place, MARGIN.left + DAY_WIDTH / 2).toFixed(1);
  return `<path class="axis" d="M${at} ${bottom}v4"/><text class="tick day" x="${middle}" y="${bottom + 17}">${text}</text>`;
}

/** Years, else months, else days: as many as there is room for. */
function dayTicks(leastMs: number, mostMs: number, width: number): (readonly [Day, string])[] {
  const first = new Date(leastMs);
  const months = (mostMs - leastMs) / (30.4 * 86_400_000);
  const room = Math.max(2, Math.floor(width / 90));
  const step = [1, 2, 3, 6, 12, 24, 60].find((one) => months / one <= room) ?? 120;
  const ticks: (readonly [Day, string])[] = [];
  if (months < 2) {
    const days = Math.max(1, Math.ceil((mostMs - leastMs) / 86_400_000 / room));
    for (let ms = leastMs; ms <= mostMs; ms += days * 86_400_000) {
      const day = new Date(ms).toISOString().slice(0, 10);
      ticks.push([day, day.slice(5)]);
    }
    return ticks;
  }
  for (let month = first.getUTCFullYear() * 12 + first.getUTCMonth() + 1; ; month += 1) {
    if (month % step !== 0) continue;
    const day = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
    if (dayToMs(day) > mostMs) return ticks;
    ticks.push([day, month % 12 === 0 ? day.slice(0, 4) : day.slice(0, 7)]);
  }
}

const MARKS: Readonly<Record<ChartMark['kind'], (x: string, y: number) => string>> = {
  rebalance: (x, y) => `<path class="mark rebalance" d="M${x} ${y - 6}v6"/>`,
  withheld: (x, y) => `<path class="mark withheld" d="M${x} ${y - 5}l3 5h-6z"/>`,
  restated: (x, y) => `<path class="mark restated" d="M${x} ${y - 8}l3.5 4l-3.5 4l-3.5 -4z"/>`,
};

function markOf(place: number, bottom: number, kind: ChartMark['kind']): string {
  return MARKS[kind](place.toFixed(1), bottom);
}

function pathOf({ style, points }: ChartLine, x: (date: Day) => number, y: Scale): string {
  let path = '';
  let before: number | null = null;
  for (const { date, value } of points) {
    if (value !== null && value !== before) {
      const [left, height] = [x(date).toFixed(1), y.at(value).toFixed(1)];
      path += before === null ? `M${left} ${height}` : `H${left}V${height}`;
    } else if (value === null && before !== null) path += `H${x(date).toFixed(1)}`;
    before = value;
  }
  const last = points.at(-1);
  if (last && last.value !== null) path += `H${x(last.date).toFixed(1)}`;
  return `<path class="line line-${style}" d="${path}"/>`;
}

const LABEL_HEIGHT = 13;

/** Names at the ends of the lines; those that would cover one another move apart. */
function endLabels(
  lines: readonly ChartLine[],
  x: (date: Day) => number,
  y: Scale,
  places: number,
  right: number,
): string[] {
  const placed = lines
    .flatMap(({ name, style, points }) => {
      const last = points.findLast(({ value }) => value !== null);
      return last?.value == null
        ? []
        : [{ name, style, value: last.value, at: y.at(last.value), left: x(last.date) }];
    })
    .sort((a, b) => a.at - b.at);
  let lowest = Number.NEGATIVE_INFINITY;
  return placed.map(({ name, style, value, at, left }) => {
    lowest = Math.max(at - 7, lowest + LABEL_HEIGHT);
    const point = `<circle class="end line-${style}" cx="${left.toFixed(1)}" cy="${at.toFixed(1)}" r="2.5"/>`;
    const text = `${escaped(name)} ${value.toFixed(Math.max(places, 2))}`;
    const end = Math.min(left, right) - 5;
    return `${point}<text class="name line-${style}" x="${end.toFixed(1)}" y="${lowest.toFixed(1)}">${text}</text>`;
  });
}
