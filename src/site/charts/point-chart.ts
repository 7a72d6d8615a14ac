import { escaped, type Html, raw } from '../html.ts';
import type { ChartSize } from './line-chart.ts';
import { linearScale, logScale, type Range, rangeOf, type Scale } from './scale.ts';

/** Points of one kind. */
export interface ChartPoints {
  readonly name: string;
  /** Which of the line styles it has, 0 being the main one. */
  readonly style: number;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly label: string;
  }[];
}

export interface PointOptions extends ChartSize {
  readonly label: string;
  /** What stands at the end of the axis below. */
  readonly xName: string;
  readonly isLogX: boolean;
  readonly isLogY: boolean;
}

const MARGIN = { top: 22, bottom: 42, left: 12 };
const AXIS = 64;

/**
 * Points on two numbers, each with its label where there is room for it. It has classes and no
 * colours, as a chart of lines.
 */
export function pointChart(groups: readonly ChartPoints[], options: PointOptions): Html {
  const { width, height, label, xName } = options;
  const all = groups.flatMap(({ points }) => points);
  const [xs, ys] = [rangeOf(all.map(({ x }) => x)), rangeOf(all.map(({ y }) => y))];
  if (!xs || !ys) return raw('');
  const [right, bottom] = [width - AXIS, height - MARGIN.bottom];
  const x = scaleOf(xs, options.isLogX, MARGIN.left, right);
  const y = scaleOf(ys, options.isLogY, bottom, MARGIN.top);
  return raw(
    [
      `<svg class="chart points" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">`,
      ...spaced(y, MIN_LINE).map((tick) => {
        const at = Math.round(y.at(tick)) + 0.5;
        return `<path class="grid" d="M${MARGIN.left} ${at}H${right}"/><text class="tick" x="${right + 6}" y="${at + 3.5}">${tickText(tick)}</text>`;
      }),
      ...spaced(x, MIN_TICK).map((tick) => {
        const at = x.at(tick).toFixed(1);
        return `<path class="axis" d="M${at} ${bottom}v4"/><text class="tick day" x="${at}" y="${bottom + 17}">${tickText(tick)}</text>`;
      }),
      `<text class="tick axis-name" x="${right}" y="${height - 6}">${escaped(xName)}</text>`,
      ...groups.flatMap((group) => dotsOf(group, x, y)),
      ...labelsOf(groups, x, y, right),
      ...(groups.length > 1 ? legendOf(groups) : []),
      '</svg>',
    ].join(''),
  );
}

function scaleOf(range: Range, isLog: boolean, from: number, to: number): Scale {
  return isLog && range.least > 0 ? logScale(range, from, to) : linearScale(range, from, to);
}

const MIN_TICK = 44;
const MIN_LINE = 22;

/** Ticks that have room beside one another. */
function spaced(scale: Scale, least: number): number[] {
  let before = Number.NEGATIVE_INFINITY;
  return scale.ticks.filter((tick) => {
    if (Math.abs(scale.at(tick) - before) < least) return false;
    before = scale.at(tick);
    return true;
  });
}

function tickText(tick: number): string {
  return String(Number(tick.toPrecision(6)));
}

function dotsOf({ name, style, points }: ChartPoints, x: Scale, y: Scale): string[] {
  return points.map((one) => {
    const what = [one.label, name].filter((text) => text !== '').join(', ');
    const title = `<title>${escaped(`${what}: ${one.x}, ${one.y}`)}</title>`;
    return `<circle class="end line-${style}" cx="${x.at(one.x).toFixed(1)}" cy="${y.at(one.y).toFixed(1)}" r="3.5">${title}</circle>`;
  });
}

const LETTER = 6;
const LABEL_HEIGHT = 12;

/** Labels that would cover another one, or a point, are left out: the point has its title. */
function labelsOf(groups: readonly ChartPoints[], x: Scale, y: Scale, right: number): string[] {
  const dots = groups.flatMap(({ points, style }) =>
    points.map((one) => ({ label: one.label, style, left: x.at(one.x), top: y.at(one.y) })),
  );
  const taken = dots.map(({ left, top }) => boxOf(left - 4, top, 8));
  return dots.flatMap(({ label, style, left, top }, own) => {
    const long = label.length * LETTER;
    for (const isRight of [true, false]) {
      const start = isRight ? left + 7 : left - 7 - long;
      const box = boxOf(start, top, long);
      const isFree = taken.every((other, at) => at === own || !isOver(box, other));
      if (label === '' || start < 0 || start + long > right + 4 || !isFree) continue;
      taken.push(box);
      const place = isRight
        ? `x="${start.toFixed(1)}"`
        : `x="${(left - 7).toFixed(1)}" text-anchor="end"`;
      return [
        `<text class="label line-${style}" ${place} y="${(top + 3.5).toFixed(1)}">${escaped(label)}</text>`,
      ];
    }
    return [];
  });
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

function boxOf(left: number, top: number, width: number): Box {
  return { left, right: left + width, top };
}

function isOver(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && Math.abs(a.top - b.top) < LABEL_HEIGHT - 2;
}

function legendOf(groups: readonly ChartPoints[]): string[] {
  let left = MARGIN.left;
  return groups.map(({ name, style }) => {
    const at = left;
    left += name.length * (LETTER + 0.8) + 26;
    return `<circle class="end line-${style}" cx="${at + 4}" cy="9" r="3.5"/><text class="label line-${style}" x="${at + 12}" y="12.5">${escaped(name)}</text>`;
  });
}
