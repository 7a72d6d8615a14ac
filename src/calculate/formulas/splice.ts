import { type Decimal, divide, multiply, ONE, roundToDigits } from '../../domain/decimal.ts';
import { geometricMean } from '../../domain/transcendental.ts';
import type { Multilateral } from './geks.ts';
import { GUARD_DIGITS } from './matched.ts';
import type { Panel } from './panel.ts';

/**
 * How a new window continues a series. The name says at which period of the new window the link is
 * made: the last but one (movement), the first (window), the middle (half; of an even number the
 * earlier of the middle two), or all but the last, by the geometric mean (mean). The link is to the
 * values of the window before, or, where it says so, to the published series. "Window splice" alone
 * is ambiguous in the literature.
 */
export type Splice =
  | 'movement'
  | 'window'
  | 'half'
  | 'mean'
  | 'window_published'
  | 'half_published'
  | 'mean_published';

/**
 * A multilateral index over each window of so many periods, one period further each time.
 *
 * @returns levels of each window, 1 in its own first period.
 * @throws {RangeError} where the width is not from 2 to the number of periods, or the index
 *   refuses.
 * @example rollingWindows(panelOf(['2', '3', '6'].map((p) => ({ a: { p, q: '1' } }))), 2,
 *   gearyKhamis)
 *   // 1, 1.5, 1, 2
 */
export function rollingWindows(panel: Panel, width: number, index: Multilateral): Decimal[][] {
  if (!Number.isInteger(width) || width < 2 || width > panel.length) {
    throw new RangeError(`expected a window of 2 to ${panel.length} periods, found ${width}`);
  }
  return Array.from({ length: panel.length - width + 1 }, (_, start) =>
    index(panel.slice(start, start + width)),
  );
}

/**
 * One series from rolling windows: the first window whole, then one period of each later one (CPI
 * Manual 2020; movement Ivancic, Diewert and Fox 2011, window Krsinich 2016, half de Haan
 * 2015, mean Diewert and Fox 2017, on published Chessa 2021). Published levels are never revised.
 * Each level is rounded half-even to 40 digits.
 *
 * @param windows of one width, as {@link rollingWindows} gives them.
 * @throws {RangeError} where there is no window, or their widths differ.
 * @example splice([decimals('1 2 4'), decimals('1 2 3')], 'movement') // 1, 2, 4, 6
 */
export function splice(windows: readonly (readonly Decimal[])[], kind: Splice): Decimal[] {
  const [first] = windows;
  if (!first || first.length < 2) throw new RangeError('expected a window of 2 or more periods');
  if (windows.some(({ length }) => length !== first.length)) {
    throw new RangeError(`expected windows of ${first.length} periods each`);
  }
  const published = [...first];
  windows.slice(1).forEach((window, index) => {
    const before = kind.endsWith('_published')
      ? published.slice(index + 1)
      : onPublishedScale(windows[index] ?? [], published.at(-1)).slice(1);
    const links = linkPlaces(kind, first.length).map((place) =>
      continued(levelIn(before, place), levelIn(window, first.length - 1), levelIn(window, place)),
    );
    published.push(meanOf(links));
  });
  return published;
}

/** Places in the new window at which it is linked. */
function linkPlaces(kind: Splice, width: number): number[] {
  const shared = Array.from({ length: width - 1 }, (_, place) => place);
  switch (kind) {
    case 'movement':
      return shared.slice(-1);
    case 'window':
    case 'window_published':
      return shared.slice(0, 1);
    case 'half':
    case 'half_published':
      return [Math.floor((width - 1) / 2)];
    case 'mean':
    case 'mean_published':
      return shared;
  }
}

/** A window's levels multiplied so that its last one is the published level. */
function onPublishedScale(window: readonly Decimal[], level: Decimal | undefined): Decimal[] {
  const last = levelIn(window, window.length - 1);
  return window.map((value) => continued(level ?? ONE, value, last));
}

/** level · now / then, with guard digits. */
function continued(level: Decimal, now: Decimal, then: Decimal): Decimal {
  return divide(multiply(level, now), then, GUARD_DIGITS);
}

function meanOf(levels: readonly Decimal[]): Decimal {
  const [only] = levels;
  if (only && levels.length === 1) return roundToDigits(only);
  return geometricMean(levels.map((level) => [ONE, level] as const));
}

function levelIn(levels: readonly Decimal[], place: number): Decimal {
  const level = levels[place];
  if (!level) throw new RangeError(`expected a level at place ${place} of ${levels.length}`);
  return level;
}
