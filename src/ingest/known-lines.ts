const COMMA = 0x2c;
const LINE_FEED = 0x0a;

/** Beyond it everything is forgotten: lines that never repeat would fill the memory. */
const MOST_LINES = 1 << 20;

/**
 * Recognizes plain lines that are byte for byte one that was seen before, but for the cells that
 * vary from look to look, such as the time. What such a line says has been judged already.
 *
 * Lines hold no quotes: a cell is what stands between commas.
 */
export class KnownLines {
  /** Of the line that was scanned last: which known line it is, or -1. */
  id = -1;
  /** Of the line that was scanned last: how many cells it has. */
  cells = 0;
  /** Of the line that was scanned last: where each varying cell begins and ends. */
  readonly from: Int32Array;
  readonly to: Int32Array;

  /** For each cell of a line its place among those that vary, else -1. */
  readonly #varying: Int8Array;
  readonly #expected: number;
  /** The line that was scanned last, without its varying cells. */
  #line: Uint8Array = new Uint8Array(1 << 12);
  /** Where in it each varying cell was. */
  readonly #gaps: Int32Array;
  #length = 0;
  #slot = 0;
  /** Known lines one after the other, and where each ends. */
  #known: Uint8Array = new Uint8Array(1 << 20);
  #ends: number[] = [];
  /** Of each known line where its varying cells were. */
  #knownGaps: number[] = [];
  /** Which line came after a known line last time: captures list what they saw in one order. */
  #after: number[] = [];
  #before = -1;
  /** Open addressing: the id of a known line plus 1. */
  #slots = new Int32Array(1 << 12);

  constructor(cells: number, varying: readonly number[]) {
    this.#expected = cells;
    this.#varying = new Int8Array(cells + 1).fill(-1);
    for (const [place, cell] of varying.entries()) this.#varying[cell] = place;
    this.from = new Int32Array(varying.length);
    this.to = new Int32Array(varying.length);
    this.#gaps = new Int32Array(varying.length);
  }

  /** Looks at the line that begins at `start`, and returns where it ends. */
  scan(text: Uint8Array, start: number): number {
    const expected = this.#after[this.#before] ?? -1;
    const end = expected >= 0 ? this.#matched(expected, text, start) : -1;
    if (end >= 0) {
      this.id = expected;
      this.cells = this.#expected;
      this.#before = expected;
      return end;
    }
    const found = this.#searched(text, start);
    this.#follow(this.id);
    return found;
  }

  #follow(id: number): void {
    if (id < 0) return;
    if (this.#before >= 0) this.#after[this.#before] = id;
    this.#before = id;
  }

  /** Where a line ends if it is a known line, else -1. */
  #matched(id: number, text: Uint8Array, start: number): number {
    const known = this.#known;
    const { from, to } = this;
    const begin = this.#ends[id - 1] ?? 0;
    const end = this.#ends[id] ?? 0;
    const varying = from.length;
    let [at, next] = [start, begin];
    for (let place = 0; place < varying; place += 1) {
      const gap = begin + (this.#knownGaps[id * varying + place] ?? 0);
      for (; next < gap; at += 1, next += 1) if (text[at] !== known[next]) return -1;
      from[place] = at;
      while (at < text.length && text[at] !== COMMA && text[at] !== LINE_FEED) at += 1;
      to[place] = at;
    }
    for (; next < end; at += 1, next += 1) if (text[at] !== known[next]) return -1;
    return at >= text.length || text[at] === LINE_FEED ? at : -1;
  }

  #searched(text: Uint8Array, start: number): number {
    const varying = this.#varying;
    const expected = this.#expected;
    let line = this.#line;
    let [at, cell, length, hash] = [start, 0, 0, 0];
    let place = varying[0] ?? -1;
    if (place >= 0) this.#open(place, at, length);
    for (; at < text.length; at += 1) {
      const byte = text[at] ?? 0;
      if (byte === LINE_FEED) break;
      if (byte === COMMA) {
        if (place >= 0) this.to[place] = at;
      } else if (place >= 0) continue;
      if (length === line.length) line = this.#grown();
      line[length] = byte;
      length += 1;
      hash = (Math.imul(hash, 0x01000193) ^ byte) | 0;
      if (byte !== COMMA) continue;
      cell += 1;
      place = cell < expected ? (varying[cell] ?? -1) : -1;
      if (place >= 0) this.#open(place, at + 1, length);
    }
    if (place >= 0) this.to[place] = at;
    this.cells = at === start ? 0 : cell + 1;
    this.#length = length;
    this.id = cell + 1 === expected ? this.#find(line, length, hash) : -1;
    return at;
  }

  #open(place: number, at: number, length: number): void {
    this.from[place] = at;
    this.#gaps[place] = length;
  }

  /** Remembers the line that was scanned last. Returns its id, or -1 where all was forgotten. */
  remember(): number {
    const id = this.#ends.length;
    if (id >= MOST_LINES) {
      this.#ends = [];
      this.#knownGaps = [];
      this.#after = [];
      this.#before = -1;
      this.#slots.fill(0);
      return -1;
    }
    const start = this.#ends[id - 1] ?? 0;
    const end = start + this.#length;
    if (end > this.#known.length) {
      const more = new Uint8Array(Math.max(2 * this.#known.length, end));
      more.set(this.#known.subarray(0, start));
      this.#known = more;
    }
    this.#known.set(this.#line.subarray(0, this.#length), start);
    this.#ends.push(end);
    for (const gap of this.#gaps) this.#knownGaps.push(gap);
    this.#after.push(-1);
    this.#slots[this.#slot] = id + 1;
    this.#follow(id);
    if (2 * this.#ends.length > this.#slots.length) this.#rehash();
    return id;
  }

  #grown(): Uint8Array {
    const more = new Uint8Array(2 * this.#line.length);
    more.set(this.#line);
    this.#line = more;
    return more;
  }

  #find(line: Uint8Array, length: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = mixed(hash) & mask; ; slot = (slot + 1) & mask) {
      const id = (this.#slots[slot] ?? 0) - 1;
      if (id < 0) {
        this.#slot = slot;
        return -1;
      }
      if (this.#isKnown(id, line, length)) return id;
    }
  }

  #isKnown(id: number, line: Uint8Array, length: number): boolean {
    const known = this.#known;
    const start = this.#ends[id - 1] ?? 0;
    if ((this.#ends[id] ?? 0) - start !== length) return false;
    for (let index = 0; index < length; index += 1) {
      if (known[start + index] !== line[index]) return false;
    }
    return true;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    let start = 0;
    for (const [id, end] of this.#ends.entries()) {
      let hash = 0;
      for (let at = start; at < end; at += 1) {
        hash = (Math.imul(hash, 0x01000193) ^ (this.#known[at] ?? 0)) | 0;
      }
      let slot = mixed(hash) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
      start = end;
    }
    this.#slots = slots;
  }
}

/** The low bits of the hash alone would crowd. */
function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (half ^ (half >>> 13)) >>> 0;
}
