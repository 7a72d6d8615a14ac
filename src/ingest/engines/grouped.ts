import { formatMoment } from '../../domain/dates.ts';
import type { Reject } from '../../domain/failure.ts';
import { offerKey, saysTheSame } from '../../domain/offer.ts';
import type { Quote } from '../../domain/rows.ts';
import { QUOTES } from '../quotes.ts';
import type { KeptWhole } from '../repeats.ts';
import { type Header, type PlacedRow, readRow } from '../table.ts';

/** When a look was. Looks are in order by effective time, then by when they were observed. */
export interface Moment {
  readonly effectiveAtMs: number;
  readonly observedAtMs: number;
}

/** Rows of one period that are equal in all but their times and source, as SQL groups them. */
export interface Group {
  readonly count: number;
  readonly first: Moment;
  readonly last: Moment;
  readonly leastObservedAtMs: number;
  readonly mostObservedAtMs: number;
  readonly isReconstructed: boolean;
  /** That of the first row. */
  readonly source: string;
}

/** Where the rows of a group are. */
export interface GroupPlace {
  readonly file: string;
  /** Of every row; empty where they are not known. */
  readonly lines: readonly number[];
}

/** What cells say, whatever the time: a quote, or nothing. */
export interface JudgedCells {
  readonly header: Header;
  readonly cells: readonly string[];
  readonly quote: Quote | undefined;
  readonly offer: Said[];
  /** There is nothing to say of its rows. */
  readonly isSound: boolean;
}

interface Said extends Group {
  readonly quote: Quote;
}

/**
 * Puts the changes of offers together from groups of equal rows. Where the groups of an offer lie
 * one after the other in time they tell its changes; where they do not, its rows have to be looked
 * at one by one.
 */
export class GroupedOffers {
  /** Rows of the offers whose groups tell their changes, and of the others. After `rows`. */
  count = 0;
  apartCount = 0;
  /** Some row is rejected, or accepted with a warning, and where it is remains to be found. */
  hasFaults = false;
  /** Of the rows whose place is known. */
  readonly rejects: Reject[] = [];
  readonly warnings: Reject[] = [];
  /** The cells of rows at fault whose place is not known. */
  readonly unplaced: (readonly string[])[] = [];
  /** Offers of which the groups do not tell the changes, by key. Complete after `rows`. */
  readonly apart = new Map<string, Quote>();

  /** Of offers that are set apart each row matters, repeats too. */
  needsEach = false;

  readonly #isWhole: KeptWhole;
  readonly #offers = new Map<string, Said[]>();

  constructor(isWhole: KeptWhole) {
    this.#isWhole = isWhole;
  }

  /** Judges cells once for all groups that have them, those of times and source left out. */
  judged(header: Header, cells: readonly string[]): JudgedCells {
    const bare = header.fills.map((column, cell) => PLAIN[column ?? ''] ?? cells[cell] ?? '');
    const { row: quote, warnings } = readRow(QUOTES, header, { cells: bare, line: 0 }, '');
    const isSound = quote !== undefined && warnings.length === 0;
    return { header, cells: bare, quote, isSound, offer: quote ? this.#offerOf(quote) : [] };
  }

  take(
    { header, cells, quote, offer, isSound }: JudgedCells,
    group: Group,
    place: GroupPlace,
  ): void {
    if (!isSound) this.#blame(header, timed(header, cells, group), place);
    if (!quote) return;
    offer.push({ quote, ...group });
    // Some of the rows end before they begin.
    const { validUntilMs } = quote;
    if (validUntilMs !== null && validUntilMs <= group.last.effectiveAtMs) {
      this.hasFaults = true;
      this.needsEach = true;
      this.apart.set(offerKey(quote), quote);
    }
  }

  /** Takes rows that are equal in everything, and whose times the database did not read. */
  takeRows(header: Header, cells: readonly string[], count: number, place: GroupPlace): void {
    const { row } = readRow(QUOTES, header, { cells, line: 0 }, '');
    if (!row) {
      this.#blame(header, cells, place);
      return;
    }
    const { effectiveAtMs, observedAtMs, isReconstructed, source } = row;
    const first = { effectiveAtMs, observedAtMs };
    const times = { leastObservedAtMs: observedAtMs, mostObservedAtMs: observedAtMs };
    const group = { count, first, last: first, ...times, isReconstructed, source };
    this.take(this.judged(header, cells), group, place);
  }

  /** What is left of the offers whose groups tell their changes. */
  rows(): PlacedRow<Quote>[] {
    return [...this.#offers].flatMap(([key, groups]) => {
      const changes = this.apart.has(key) ? undefined : changesOf(groups);
      const [first] = groups;
      const count = groups.reduce((sum, group) => sum + group.count, 0);
      if (changes) this.count += count;
      else this.apartCount += count;
      if (!changes && first) this.apart.set(key, first.quote);
      return changes?.map((row) => ({ row, file: '', line: 0 })) ?? [];
    });
  }

  #offerOf(quote: Quote): Said[] {
    const key = offerKey(quote);
    let offer = this.#offers.get(key);
    if (offer) return offer;
    offer = [];
    this.#offers.set(key, offer);
    if (this.#isWhole(quote)) {
      this.apart.set(key, quote);
      this.needsEach = true;
    }
    return offer;
  }

  /** Tells what is wrong with each row of a group. */
  #blame(header: Header, cells: readonly string[], { file, lines }: GroupPlace): void {
    // Of several rows with an end only the first time is known.
    const hasEnd = (cells[header.fills.indexOf('valid_until')] ?? '') !== '';
    if (lines.length === 0 || (lines.length > 1 && hasEnd)) {
      this.hasFaults = true;
      this.unplaced.push(cells);
      return;
    }
    for (const line of lines) {
      const { rejects, warnings } = readRow(QUOTES, header, { cells, line }, file);
      this.rejects.push(...rejects);
      this.warnings.push(...warnings);
    }
  }
}

/** Cells that stand for those that vary: before every end, and not observed. */
const PLAIN: Readonly<Record<string, string>> = {
  ...{ effective_at: '0100-01-01', observed_at: '', source: '' },
};

/**
 * The cells of a group's rows with the time of the first: it tells whether a quote ends before it
 * begins.
 */
function timed(header: Header, cells: readonly string[], { first }: Group): readonly string[] {
  const at = formatMoment(first.effectiveAtMs);
  return header.fills.map((column, cell) => (column === 'effective_at' ? at : (cells[cell] ?? '')));
}

/** The quotes that begin the runs of an offer, and its latest look; `undefined` where unclear. */
function changesOf(groups: Said[]): Quote[] | undefined {
  groups.sort((a, b) => inTime(a.first, b.first));
  const changes: Quote[] = [];
  let [run, runObservedAtMs] = [undefined as Quote | undefined, 0];
  let until: Moment | undefined;
  let [seen, kept] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let latest: Said | undefined;
  for (const group of groups) {
    const { quote, first, last } = group;
    if (until && inTime(first, until) <= 0) return undefined;
    until = last;
    const isSame = run !== undefined && (run === quote || saysTheSame(run, quote));
    const isRepeat = isSame && runObservedAtMs <= group.leastObservedAtMs;
    if (!isRepeat) {
      // A part of it would begin a run, or belong to the one before.
      if (group.leastObservedAtMs < first.observedAtMs) return undefined;
      if (isSame && runObservedAtMs <= group.mostObservedAtMs) return undefined;
      [run, runObservedAtMs] = [quote, first.observedAtMs];
      changes.push(quoteOf(group, first));
      kept = Math.max(kept, first.observedAtMs);
    }
    if (group.mostObservedAtMs <= seen) continue;
    if (last.observedAtMs !== group.mostObservedAtMs) return undefined;
    seen = group.mostObservedAtMs;
    latest = group;
  }
  if (latest && seen > kept) changes.push(quoteOf(latest, latest.last));
  return changes;
}

function quoteOf({ quote, source, isReconstructed }: Said, at: Moment): Quote {
  const { effectiveAtMs, observedAtMs } = at;
  return { ...quote, effectiveAtMs, observedAtMs, source, isReconstructed };
}

function inTime(a: Moment, b: Moment): number {
  return a.effectiveAtMs - b.effectiveAtMs || a.observedAtMs - b.observedAtMs;
}
