import type { FeedPrice, FeedRow } from '../feeds/feed.ts';
import { type Disposition, rejected, type Verdict } from '../feeds/verdicts.ts';

/** What became of every row and price of one document. Nothing in it goes uncounted. */
export class Outcomes {
  /** Each row with its prices, in the order of the document. */
  readonly #pricesOf = new Map<FeedRow, FeedPrice[]>();
  readonly #verdicts = new Map<FeedPrice, Verdict>();
  readonly #quoted = new Set<FeedPrice>();
  readonly #accepted = new Set<FeedPrice>();

  constructor(rows: readonly FeedRow[], prices: readonly FeedPrice[]) {
    for (const row of rows) this.#pricesOf.set(row, []);
    for (const price of prices) {
      this.#pricesOf.get(price.row)?.push(price);
      if (price.kind === 'stray') this.settle(price, price.verdict);
    }
  }

  /**
   * The first verdict on a price stands, unless one of its offers is accepted. A price without a
   * verdict is.
   */
  settle(price: FeedPrice, verdict: Verdict): void {
    if (!this.#accepted.has(price) && !this.#verdicts.has(price)) {
      this.#verdicts.set(price, verdict);
    }
  }

  /** The price stands in a quote, of this document or an earlier one, whatever it counts as. */
  quoted(price: FeedPrice, verdict: Verdict | undefined): void {
    if (verdict) this.settle(price, verdict);
    else {
      this.#verdicts.delete(price);
      this.#accepted.add(price);
    }
    this.#quoted.add(price);
  }

  /** Every price that is in no quote, and every row that has no price, with the reason. */
  left(): Leftover[] {
    return [...this.#pricesOf].flatMap(([row, prices]): Leftover[] => {
      if (prices.length === 0) return [{ row, price: null, verdict: row.verdict ?? NO_PRICE }];
      return prices.flatMap((price) => {
        const verdict = this.#verdicts.get(price);
        return verdict && !this.#quoted.has(price) ? [{ row, price, verdict }] : [];
      });
    });
  }

  /** How many rows and prices came to what: each column adds up to what is in the document. */
  tally(): TallyLine[] {
    const lines = new Map<string, TallyLine & { rows: number; prices: number }>();
    const lineOf = (verdict: Verdict | undefined) => {
      const { disposition, code } = verdict ?? ACCEPTED;
      const line = lines.get(`${disposition} ${code}`) ?? { disposition, code, rows: 0, prices: 0 };
      lines.set(`${disposition} ${code}`, line);
      return line;
    };
    for (const [row, prices] of this.#pricesOf) {
      lineOf(this.#verdictOn(row, prices)).rows += 1;
      for (const price of prices) lineOf(this.#verdicts.get(price)).prices += 1;
    }
    return [...lines.values()].sort((a, b) => rankOf(a) - rankOf(b) || (a.code < b.code ? -1 : 1));
  }

  /** A row comes to the best that became of its prices; those of offers speak before stray ones. */
  #verdictOn(row: FeedRow, prices: readonly FeedPrice[]): Verdict | undefined {
    if (row.verdict) return row.verdict;
    if (prices.length === 0) return NO_PRICE;
    const [best] = [...prices].sort(
      (a, b) =>
        rankOf(this.#verdicts.get(a)) - rankOf(this.#verdicts.get(b)) ||
        Number(a.kind === 'stray') - Number(b.kind === 'stray'),
    );
    return best && this.#verdicts.get(best);
  }
}

/** A price that is in no quote, or a row without prices. */
export interface Leftover {
  readonly row: FeedRow;
  readonly price: FeedPrice | null;
  readonly verdict: Verdict;
}

export interface TallyLine {
  readonly disposition: Disposition;
  /** Empty for what is accepted. */
  readonly code: string;
  readonly rows: number;
  readonly prices: number;
}

/** From the best that can become of a price to the least. */
const RANKS: readonly Disposition[] = [
  ...(['accepted', 'held', 'other_tier', 'duplicate', 'rejected', 'unused_leg'] as const),
];

const ACCEPTED = { disposition: 'accepted', code: '' } as const;
const NO_PRICE = rejected('no_price', 'the row states no price');

function rankOf(verdict: { readonly disposition: Disposition } | undefined): number {
  return RANKS.indexOf(verdict?.disposition ?? 'accepted');
}
