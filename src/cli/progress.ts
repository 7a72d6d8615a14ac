/** One line that is written over, on a terminal only. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

const EVERY_MS = 100;

export function progressOn(stream: NodeJS.WriteStream): Progress {
  let last = 0;
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  return {
    show: (text) => {
      const now = Date.now();
      if (now - last < EVERY_MS) return;
      last = now;
      stream.write(`\r\u001b[K${text}`);
    },
    clear: () => {
      if (last > 0) stream.write('\r\u001b[K');
    },
  };
}

/** How far a command has come, and how fast. */
export interface Advance {
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
}

/** Before this an estimate is a guess. */
const ESTIMATE_AFTER_MS = 500;

/**
 * Days that are done, how many a second, and how long the rest will take.
 *
 * @example advanceText({ done: 500, total: 2000, elapsedMs: 1000 })
 * // '500 of 2000 days, 500 a second, 3 s left'
 */
export function advanceText({ done, total, elapsedMs }: Advance): string {
  const counted = `${done} of ${total} days`;
  if (elapsedMs < ESTIMATE_AFTER_MS || done === 0) return counted;
  const perSecond = (done / elapsedMs) * 1000;
  const left = Math.ceil((total - done) / perSecond);
  const time = left < 60 ? `${left} s` : `${Math.floor(left / 60)} min ${left % 60} s`;
  const rate = perSecond < 10 ? perSecond.toFixed(1) : perSecond.toFixed(0);
  return `${counted}, ${rate} a second, ${time} left`;
}
