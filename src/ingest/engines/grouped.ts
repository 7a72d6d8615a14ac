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
}

/** What a group says, and when. */
interface Said extends Omit<Group, 'cells' | 'isReconstructed' | 'source'> {
  readonly quote: Quote;
}

/**
 * Puts the changes of offers together from groups of equal rows. Where the groups of an offer lie
 * one after the other in time they tell its changes; where they do not, its rows have to be looked
 * at one by one.
 */
export class GroupedOffers {
  /** Rows that were accepted. */
  count = 0;
  /** Some row is rejected, or accepted with a warning: where it is remains to be found. */
  hasFaults = false;
  /** Offers of which the groups do not tell the changes, by key. Complete after `rows`. */
  readonly apart = new Set<string>();

  readonly #isWhole: KeptWhole;
  readonly #offers = new Map<string, Said[]>();
  /** What cells say, whatever the time: groups of other periods have the same. */
  readonly #judged = new Map<string, Quote | undefined>();

  constructor(isWhole: KeptWhole) {
    this.#isWhole = isWhole;
  }

  take(header: Header, group: Group): void {
    const stated = this.#judge(header, group);
    if (!stated) return;
    const { first, last, count, source, isReconstructed } = group;
    this.count += count;
    const quote = { ...stated, ...first, source, isReconstructed };
    const key = offerKey(quote);
    const { leastObservedAtMs, mostObservedAtMs } = group;
    const said = { quote, count, first, last, leastObservedAtMs, mostObservedAtMs };
    const ofOffer = this.#offers.get(key);
    if (ofOffer) ofOffer.push(said);
    else this.#offers.set(key, [said]);
    if (!ofOffer && this.#isWhole(quote)) this.apart.add(key);
    // Some of the rows end before they begin.
    const { validUntilMs } = quote;
    if (validUntilMs !== null && validUntilMs <= last.effectiveAtMs) {
      this.hasFaults = true;
      this.apart.add(key);
    }
  }

  /** Takes rows that are equal in everything, and whose times the database did not read. */
  takeRows(header: Header, cells: readonly string[], count: number): void {
    const row = this.#read(header, cells);
    if (!row) return;
    const { effectiveAtMs, observedAtMs, isReconstructed, source } = row;
    const moment = { effectiveAtMs, observedAtMs };
    this.take(header, {
      ...{ cells, count, isReconstructed, source, first: moment, last: moment },
      ...{ leastObservedAtMs: observedAtMs, mostObservedAtMs: observedAtMs },
    });
  }

  /** What is left of the offers whose groups tell their changes. */
  rows(): PlacedRow<Quote>[] {
    return [...this.#offers].flatMap(([key, groups]) => {
      if (this.apart.has(key)) return [];
      const changes = changesOf(groups);
      if (!changes) this.apart.add(key);
      return changes?.map((row) => ({ row, file: '', line: 0 })) ?? [];
    });
  }

  #judge(header: Header, { cells }: Group): Quote | undefined {
    const bare = header.fills.map((column, cell) => PLAIN[column ?? ''] ?? cells[cell] ?? '');
    const key = bare.join('\u001f');
    if (this.#judged.has(key)) return this.#judged.get(key);
    const quote = this.#read(header, bare);
    this.#judged.set(key, quote);
    return quote;
  }

  #read(header: Header, cells: readonly string[]): Quote | undefined {
    const { row, warnings } = readRow(QUOTES, header, { cells, line: 0 }, '');
    if (!row || warnings.length > 0) this.hasFaults = true;
    return row;
  }
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
