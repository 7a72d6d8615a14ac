import { parseMoment } from '../domain/dates.ts';

/** More moments than years of hours have. */
const MOST_MOMENTS = 1 << 16;
const LENGTHS = 64;

/** Reads moments in the bytes of a file, each spelling of one once. */
export class MomentCells {
  readonly #known = new Map<string, number>();
  /** By length the spelling that was read last: a capture has one moment for all that it saw. */
  readonly #last = Array.from({ length: LENGTHS }, (_, length) => ({
    bytes: new Uint8Array(length),
    ms: Number.NaN,
  }));

  /** Epoch milliseconds; not a number where the cell holds no moment. */
  read(text: Buffer, from: number, to: number): number {
    const last = this.#last[to - from];
    if (!last) return Number.NaN;
    const { bytes } = last;
    for (let index = 0; ; index += 1) {
      if (index === bytes.length) return last.ms;
      if (bytes[index] !== text[from + index]) break;
    }
    bytes.set(text.subarray(from, to));
    last.ms = this.#parsed(text.toString('latin1', from, to));
    return last.ms;
  }

  #parsed(spelling: string): number {
    const known = this.#known.get(spelling);
    if (known !== undefined) return known;
    const ms = parseMoment(spelling) ?? Number.NaN;
    if (this.#known.size >= MOST_MOMENTS) this.#known.clear();
    this.#known.set(spelling, ms);
    return ms;
  }
}
