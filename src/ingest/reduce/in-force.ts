import { add, type Decimal, decimal, ZERO } from '../../domain/decimal.ts';
import { type Windows, windowOf } from './window.ts';

/**
 * For how many milliseconds of each window each price was in force. A price is from its tick until
 * the next one, carried into the windows after it; before the first tick there is none, and the
 * last window ends the last price. Of windows without a tick only the first after one with ticks is
 * given: those that follow it say the same.
 *
 * @param moments when each tick was, in any order.
 * @param prices the number of its prices.
 * @param byPrice of ticks at one moment the one that sorts first counts.
 */
export function spansOf(
  moments: readonly number[],
  prices: readonly number[],
  byPrice: (a: number, b: number) => number,
  windows: Windows,
): Map<number, Map<number, Decimal>> {
  const spans = new Map<number, Map<number, Decimal>>();
  const { sizeMs } = windows;
  const hold = (windowMs: number, price: number, ms: number): void => {
    const ofWindow = spans.get(windowMs) ?? new Map<number, Decimal>();
    spans.set(windowMs, ofWindow);
    ofWindow.set(price, add(ofWindow.get(price) ?? ZERO, decimal(ms)));
  };
  const turns = inTurn(moments, prices, byPrice);
  for (const [index, { atMs, price }] of turns.entries()) {
    const windowMs = windowOf(windows, atMs);
    const endMs = windowMs + sizeMs;
    const nextMs = turns[index + 1]?.atMs ?? endMs;
    hold(windowMs, price, Math.min(nextMs, endMs) - atMs);
    if (nextMs <= endMs) continue;
    const nextWindowMs = windowOf(windows, nextMs);
    if (nextWindowMs > endMs) hold(endMs, price, sizeMs);
    if (nextMs > nextWindowMs) hold(nextWindowMs, price, nextMs - nextWindowMs);
  }
  return spans;
}

interface Turn {
  readonly atMs: number;
  readonly price: number;
}

/** One tick for each moment, in the order of time. */
function inTurn(
  moments: readonly number[],
  prices: readonly number[],
  byPrice: (a: number, b: number) => number,
): Turn[] {
  const at = (index: number) => moments[index] ?? 0;
  const priceAt = (index: number) => prices[index] ?? 0;
  const order = Array.from(moments.keys()).sort(
    (a, b) => at(a) - at(b) || byPrice(priceAt(a), priceAt(b)),
  );
  const turns: Turn[] = [];
  for (const index of order) {
    if (turns.at(-1)?.atMs !== at(index)) turns.push({ atMs: at(index), price: priceAt(index) });
  }
  return turns;
}
