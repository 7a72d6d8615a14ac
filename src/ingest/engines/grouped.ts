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
  /** By the cells of the header; those of times and source are of no account. */
  readonly cells: readonly string[];
  readonly count: number;
  readonly first: Moment;
  readonly last: Moment;
  readonly leastObservedAtMs: number;
  readonly mostObservedAtMs: number;
  readonly isReconstructed: boolean;
  /** That of the first row. */
  readonly source: string;
  readonly place: GroupPlace;
}

/** Where the rows of a group are. */
export interface GroupPlace {
  readonly file: string;
  /** Of every row; empty where they are not known. */
  readonly lines: readonly number[];
}

/** What a group says, and when. */
interface Said extends Omit<Group, 'cells' | 'isReconstructed' | 'source' | 'place'> {
  readonly quote: Quote;
}

/**
 * Puts the changes of offers together from groups of equal rows. Where the groups of an offer lie
 * one after the other in time they tell its changes; where they do not, its rows have to be looked
 * at one by one.
 */
export class GroupedOffers {
  /** Rows of the offers whose groups tell their changes. Complete after `rows`. */
  count = 0;
  /** Some row is rejected, or accepted with a warning, and where it is remains to be found. */
  hasFaults = false;
  /** Of the rows whose place is known. */
  readonly rejects: Reject[] = [];
  readonly warnings: Reject[] = [];
  /** The cells of rows at fault whose place is not known. */
  readonly unplaced: (readonly string[])[] = [];
  /** Offers of which the groups do not tell the changes, by key. Complete after `rows`. */
  readonly apart = new Map<string, Quote>();

  readonly #isWhole: KeptWhole;
  readonly #offers = new Map<string, Said[]>();
  /** What cells say, whatever the time: groups of other periods have the same. */
  readonly #judged = new Map<string, Judged>();

  constructor(isWhole: KeptWhole) {
    this.#isWhole = isWhole;
  }

  take(header: Header, group: Group): void {
    const cells = header.fills.map(
      (column, cell) => PLAIN[column ?? ''] ?? group.cells[cell] ?? '',
    );
    const { quote: stated, isSound } = this.#judge(header, cells);
    if (!isSound) this.#blame(header, timed(header, cells, group), group.place);
    if (!stated) return;
    const { first, last, count, source, isReconstructed } = group;
    const quote = { ...stated, ...first, source, isReconstructed };
    const key = offerKey(quote);
    const { leastObservedAtMs, mostObservedAtMs } = group;
    const said = { quote, count, first, last, leastObservedAtMs, mostObservedAtMs };
    const ofOffer = this.#offers.get(key);
    if (ofOffer) ofOffer.push(said);
    else this.#offers.set(key, [said]);
    if (!ofOffer && this.#isWhole(quote)) this.apart.set(key, quote);
    // Some of the rows end before they begin.
    const { validUntilMs } = quote;
    if (validUntilMs !== null && validUntilMs <= last.effectiveAtMs) {
      this.hasFaults = true;
      this.apart.set(key, quote);
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
    const moment = { effectiveAtMs, observedAtMs };
    this.take(header, {
      ...{ cells, count, isReconstructed, source, place, first: moment, last: moment },
      ...{ leastObservedAtMs: observedAtMs, mostObservedAtMs: observedAtMs },
    });
  }

  /** What is left of the offers whose groups tell their changes. */
  rows(): PlacedRow<Quote>[] {
    return [...this.#offers].flatMap(([key, groups]) => {
      if (this.apart.has(key)) return [];
      const changes = changesOf(groups);
      const [first] = groups;
      if (!changes && first) this.apart.set(key, first.quote);
      if (changes) for (const { count } of groups) this.count += count;
      return changes?.map((row) => ({ row, file: '', line: 0 })) ?? [];
    });
  }

  #judge(header: Header, cells: readonly string[]): Judged {
    const key = cells.join('\u001f');
    const known = this.#judged.get(key);
    if (known) return known;
    const { row, warnings } = readRow(QUOTES, header, { cells, line: 0 }, '');
    const judged = { quote: row, isSound: row !== undefined && warnings.length === 0 };
    this.#judged.set(key, judged);
    return judged;
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

/**
 * The cells of the rows of a group with the time of its first: whether a quote ends before it begins
 * is told by it.
 */
function timed(header: Header, cells: readonly string[], { first }: Group): readonly string[] {
  const at = formatMoment(first.effectiveAtMs);
  return header.fills.map((column, cell) => (column === 'effective_at' ? at : (cells[cell] ?? '')));
}

/** What cells say: a quote, or nothing; sound where there is nothing to say of it. */
interface Judged {
  readonly quote: Quote | undefined;
  readonly isSound: boolean;
}

/** Cells that stand for those that vary: before every end, and not observed. */
const PLAIN: Readonly<Record<string, string>> = {
  ...{ effective_at: '0100-01-01', observed_at: '', source: '' },
};

/** The quotes that begin the runs of an offer, and its latest look; `undefined` where unclear. */
function changesOf(groups: readonly Said[]): Quote[] | undefined {
  const inTurn = [...groups].sort((a, b) => inTime(a.first, b.first));
  const changes: Quote[] = [];
  let run: Quote | undefined;
  let until: Moment | undefined;
  let [seen, kept] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let latest: Quote | undefined;
  for (const group of inTurn) {
    const { quote, first, last } = group;
    if (until && inTime(first, until) <= 0) return undefined;
    until = last;
    const isRepeat =
      run !== undefined && run.observedAtMs <= group.leastObservedAtMs && saysTheSame(run, quote);
    if (!isRepeat) {
      // A part of it would begin a run, or belong to the one before.
      if (group.leastObservedAtMs < first.observedAtMs) return undefined;
      if (run && run.observedAtMs <= group.mostObservedAtMs && saysTheSame(run, quote)) {
        return undefined;
      }
      run = quote;
      changes.push(quote);
      kept = Math.max(kept, quote.observedAtMs);
    }
    if (group.mostObservedAtMs <= seen) continue;
    if (last.observedAtMs !== group.mostObservedAtMs) return undefined;
    seen = group.mostObservedAtMs;
    latest = { ...quote, ...last };
  }
  return latest && seen > kept ? [...changes, latest] : changes;
}

function inTime(a: Moment, b: Moment): number {
  return a.effectiveAtMs - b.effectiveAtMs || a.observedAtMs - b.observedAtMs;
}
