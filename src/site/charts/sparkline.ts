import { type Html, html, raw } from '../html.ts';
import { rangeOf } from './scale.ts';

const WIDTH = 96;
const HEIGHT = 20;
const PAD = 2.5;

/**
 * A small line of values in their order, with a point at the last one. Gaps stay gaps. The line is
 * a step: a price stands until the next one.
 */
export function sparkline(values: readonly (number | null)[], label: string): Html {
  const range = rangeOf(values);
  if (!range || values.length < 2) return html`<span class="none">–</span>`;
  const { least, most } = range;
  const x = (at: number) => PAD + (at / (values.length - 1)) * (WIDTH - 2 * PAD);
  const y = (value: number) =>
    most === least
      ? HEIGHT / 2
      : HEIGHT - PAD - ((value - least) / (most - least)) * (HEIGHT - 2 * PAD);
  let path = '';
  let before: number | null = null;
  for (const [at, value] of values.entries()) {
    if (value !== null) {
      const place = `${x(at).toFixed(1)}`;
      path +=
        before === null ? `M${place} ${y(value).toFixed(1)}` : `H${place}V${y(value).toFixed(1)}`;
    }
    before = value;
  }
  const last = values.at(-1) ?? null;
  const point =
    last === null
      ? ''
      : `<circle cx="${x(values.length - 1).toFixed(1)}" cy="${y(last).toFixed(1)}" r="2"/>`;
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${label}">${raw(`<path d="${path}"/>${point}`)}</svg>`;
}
