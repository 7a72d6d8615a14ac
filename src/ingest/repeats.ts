import { offerKey, saysTheSame } from '../domain/offer.ts';
import type { Quote } from '../domain/rows.ts';
import type { PlacedRow } from './table.ts';

/** What rows of one offer say, at whatever time they say it. */
export interface Statement {
  /** With the times of one of the rows. */
  readonly quote: Quote;
  /** The number of its offer. */
  readonly offer: number;
}

/** Where and when something was said. */
export interface Look {
  effectiveAtMs: number;
  observedAtMs: number;
  isReconstructed: boolean;
  source: string;
  file: string;
  line: number;
}

/** The offers that are kept whole: every look at them matters to somebody. */
export type KeptWhole = (quote: Quote) => boolean;

/** How the looks at an offer are kept. */
type Keeping = 'changes' | 'whole' | 'nothing';

interface OfferState {
  keeping: Keeping;
  /** What it said last, and when. */
  said: Quote | undefined;
  effectiveAtMs: number;
  observedAtMs: number;
  /** When the first of the equal quotes was observed. */
  runObservedAtMs: number;
  /** The latest observation among those that are kept. */
  keptUntilMs: number;
  /** The latest observation among those that are not: it says until when anybody looked. */
  readonly seen: Seen;
}

interface Seen extends Pick<Look, 'effectiveAtMs' | 'observedAtMs' | 'isReconstructed'> {
  quote: Quote | undefined;
  file: string;
  line: number;
}

/**
 * Leaves out what cannot matter: a look at an offer that repeats the one before it, while looks come
 * in the order of their time. An offer whose looks come in another order is set aside; its looks
 * are given again, to {@link Disordered}.
 *
 * Memory grows with offers and with changes, not with looks.
 */
export class Repeats {
  /** Looks that were taken, repeats included. */
  count = 0;

  readonly #numbers = new Map<string, number>();
  readonly #offers: OfferState[] = [];
  readonly #kept: { readonly offer: number; readonly placed: PlacedRow<Quote> }[] = [];
  readonly #isWhole: KeptWhole;

  constructor(isWhole: KeptWhole) {
    this.#isWhole = isWhole;
  }

  /** What a row says; rows of one offer have one number. */
  statement(quote: Quote): Statement {
    const key = offerKey(quote);
    const known = this.#numbers.get(key);
    if (known !== undefined) return { quote, offer: known };
    const offer = this.#offers.length;
    this.#numbers.set(key, offer);
    this.#offers.push({
      keeping: this.#isWhole(quote) ? 'whole' : 'changes',
      said: undefined,
      effectiveAtMs: Number.NEGATIVE_INFINITY,
      observedAtMs: Number.NEGATIVE_INFINITY,
      runObservedAtMs: Number.NEGATIVE_INFINITY,
      keptUntilMs: Number.NEGATIVE_INFINITY,
      seen: { ...NEVER },
    });
    return { quote, offer };
  }

  take(statement: Statement, look: Look): void {
    this.count += 1;
    const { effectiveAtMs, observedAtMs } = look;
    const state = this.#offers[statement.offer];
    if (!state || state.keeping === 'nothing') return;
    if (state.keeping === 'whole') {
      this.#keep(statement, look);
      return;
    }
    const { quote } = statement;
    const same = state.said !== undefined && isSame(state.said, quote);
    const isLater =
      effectiveAtMs > state.effectiveAtMs ||
      (effectiveAtMs === state.effectiveAtMs && observedAtMs > state.observedAtMs);
    if (!isLater) {
      const isAgain =
        effectiveAtMs === state.effectiveAtMs && observedAtMs === state.observedAtMs && same;
      if (!isAgain) state.keeping = 'nothing';
      return;
    }
    state.effectiveAtMs = effectiveAtMs;
    state.observedAtMs = observedAtMs;
    if (same && state.runObservedAtMs <= observedAtMs) {
      if (observedAtMs > state.seen.observedAtMs) see(state.seen, statement.quote, look);
      return;
    }
    state.said = quote;
    state.runObservedAtMs = observedAtMs;
    if (observedAtMs > state.keptUntilMs) state.keptUntilMs = observedAtMs;
    this.#keep(statement, look);
  }

  #keep(statement: Statement, look: Look): void {
    this.#kept.push({ offer: statement.offer, placed: placedAt(statement.quote, look) });
  }

  /** Whether an offer was set aside. */
  isDisordered(offer: number): boolean {
    return this.#offers[offer]?.keeping === 'nothing';
  }

  get hasDisordered(): boolean {
    return this.#offers.some(({ keeping }) => keeping === 'nothing');
  }

  /**
   * What is left of the offers that were not set aside: in the order in which it was taken, then of
   * each offer the latest look, where that is a repeat.
   */
  rows(): PlacedRow<Quote>[] {
    const kept = this.#kept.filter(({ offer }) => !this.isDisordered(offer));
    const rows = kept.map(({ placed }) => placed);
    for (const { keeping, seen, keptUntilMs } of this.#offers) {
      const { quote } = seen;
      if (keeping !== 'changes' || !quote || seen.observedAtMs <= keptUntilMs) continue;
      rows.push(placedAt(quote, { ...seen, source: quote.source }));
    }
    return rows;
  }
}

const NEVER: Seen = {
  quote: undefined,
  ...{ effectiveAtMs: 0, observedAtMs: Number.NEGATIVE_INFINITY, isReconstructed: false },
  ...{ file: '', line: 0 },
};

/** Field by field: this is done for each look. */
function see(seen: Seen, quote: Quote, look: Look): void {
  seen.quote = quote;
  seen.effectiveAtMs = look.effectiveAtMs;
  seen.observedAtMs = look.observedAtMs;
  seen.isReconstructed = look.isReconstructed;
  seen.file = look.file;
  seen.line = look.line;
}

/** The looks at one offer, column by column: there may be millions. */
interface Looks {
  readonly quotes: Quote[];
  readonly effectiveAtMs: number[];
  readonly observedAtMs: number[];
  readonly isReconstructed: boolean[];
  readonly sources: string[];
  readonly files: string[];
  readonly lines: number[];
}

/**
 * The looks at offers that come in no order: all are held, sorted, and then left out where they
 * repeat. Where two of one moment disagree all of that moment stay, for the conflict to be told.
 */
export class Disordered {
  readonly #offers = new Map<number, Looks>();

  take({ quote, offer }: Statement, look: Look): void {
    let looks = this.#offers.get(offer);
    if (!looks) {
      looks = {
        ...{ quotes: [], effectiveAtMs: [], observedAtMs: [], isReconstructed: [] },
        ...{ sources: [], files: [], lines: [] },
      };
      this.#offers.set(offer, looks);
    }
    looks.quotes.push(quote);
    looks.effectiveAtMs.push(look.effectiveAtMs);
    looks.observedAtMs.push(look.observedAtMs);
    looks.isReconstructed.push(look.isReconstructed);
    looks.sources.push(look.source);
    looks.files.push(look.file);
    looks.lines.push(look.line);
  }

  rows(isWhole: KeptWhole): PlacedRow<Quote>[] {
    return [...this.#offers.values()].flatMap((looks) => {
      const [quote] = looks.quotes;
      return quote && isWhole(quote)
        ? looks.quotes.map((one, index) => placedAt(one, lookOf(looks, index)))
        : changesIn(looks);
    });
  }
}

function changesIn(looks: Looks): PlacedRow<Quote>[] {
  const { quotes, effectiveAtMs, observedAtMs } = looks;
  const at = (values: readonly number[], index: number) => values[index] ?? 0;
  const inTime = (a: number, b: number) =>
    at(effectiveAtMs, a) - at(effectiveAtMs, b) || at(observedAtMs, a) - at(observedAtMs, b);
  const order = quotes.map((_, index) => index).sort(inTime);
  const kept: number[] = [];
  let [latest, isKept] = [-1, true];
  const keep = (index: number, keeps: boolean): void => {
    if (keeps) kept.push(index);
    if (latest < 0 || at(observedAtMs, index) > at(observedAtMs, latest)) {
      [latest, isKept] = [index, keeps];
    }
  };
  let run: { readonly quote: Quote; readonly observedAtMs: number } | undefined;
  for (let start = 0; start < order.length; ) {
    const first = order[start] ?? 0;
    const together = [first];
    for (start += 1; start < order.length; start += 1) {
      const next = order[start] ?? 0;
      if (inTime(first, next) !== 0) break;
      together.push(next);
    }
    const quote = quotes[first];
    if (!quote) continue;
    if (together.some((index) => !isSame(quote, quotes[index] ?? quote))) {
      kept.push(...together);
      continue;
    }
    const knownAtMs = at(observedAtMs, first);
    const isRepeat = run !== undefined && run.observedAtMs <= knownAtMs && isSame(run.quote, quote);
    if (!isRepeat) run = { quote, observedAtMs: knownAtMs };
    keep(first, !isRepeat);
  }
  if (!isKept) kept.push(latest);
  return kept.flatMap((index) => {
    const quote = quotes[index];
    return quote ? [placedAt(quote, lookOf(looks, index))] : [];
  });
}

function lookOf(looks: Looks, index: number): Look {
  return {
    effectiveAtMs: looks.effectiveAtMs[index] ?? 0,
    observedAtMs: looks.observedAtMs[index] ?? 0,
    isReconstructed: looks.isReconstructed[index] ?? false,
    source: looks.sources[index] ?? '',
    file: looks.files[index] ?? '',
    line: looks.lines[index] ?? 0,
  };
}

function isSame(a: Quote, b: Quote): boolean {
  return a === b || saysTheSame(a, b);
}

function placedAt(quote: Quote, look: Look): PlacedRow<Quote> {
  const { effectiveAtMs, observedAtMs, isReconstructed, source, file, line } = look;
  const isItself =
    quote.effectiveAtMs === effectiveAtMs &&
    quote.observedAtMs === observedAtMs &&
    quote.isReconstructed === isReconstructed &&
    quote.source === source;
  const row = isItself ? quote : { ...quote, effectiveAtMs, observedAtMs, isReconstructed, source };
  return { row, file, line };
}
