/** A scale from values to places on a chart, with the values at which it is marked. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** A scale over a range of values, widened to round ticks; places run from `from` to `to`. */
export function linearScale(range: Range, from: number, to: number, wanted = 5): Scale {
  const { least, most } = widened(range);
  const step = roundStep((most - least) / wanted);
  const first = Math.floor(least / step) * step;
  const last = Math.max(Math.ceil(most / step) * step, first + step);
  const ticks: number[] = [];
  for (let count = 0; first + count * step <= last + step / 2; count += 1) {
    ticks.push(Number((first + count * step).toPrecision(12)));
  }
  const end = ticks.at(-1) ?? last;
  return { at: (value) => from + ((value - first) / (end - first || 1)) * (to - from), ticks };
}

/** The same by ratio: equal distances are equal changes in percent. For values above 0. */
export function logScale({ least, most }: Range, from: number, to: number): Scale {
  const ticks = LOG_TICKS.flatMap((tick) =>
    [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5].map((power) =>
      Number((tick * 10 ** power).toPrecision(3)),
    ),
  ).sort((a, b) => a - b);
  const first = ticks.findLast((tick) => tick <= least) ?? least;
  const last = ticks.find((tick) => tick >= most && tick > first) ?? most;
  const [low, high] = [Math.log(first), Math.log(last)];
  return {
    at: (value) => from + ((Math.log(value) - low) / (high - low || 1)) * (to - from),
    ticks: ticks.filter((tick) => first <= tick && tick <= last),
  };
}

const LOG_TICKS = [1, 1.5, 2, 3, 5, 7];

/** A price that stands has a range of nothing: it is drawn in the middle of a small one. */
function widened({ least, most }: Range): Range {
  const size = Math.max(Math.abs(least), Math.abs(most)) || 1;
  if (most - least > size * 1e-6) return { least, most };
  return { least: least - size * 0.02, most: most + size * 0.02 };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  const step = share <= 1 ? 1 : share <= 2 ? 2 : share <= 2.5 ? 2.5 : share <= 5 ? 5 : 10;
  return step * power;
}

/** The least and the most of some values; `undefined` without any. */
export function rangeOf(values: Iterable<number | null>): Range | undefined {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least <= most ? { least, most } : undefined;
}
