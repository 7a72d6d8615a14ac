import { toText } from '../../../src/domain/decimal.ts';
import type { Quote } from '../../../src/domain/rows.ts';
import type { Feed } from '../../../src/ingest/feeds/feed.ts';
import {
  type DocumentReport,
  type FeedImport,
  importFeed,
} from '../../../src/ingest/import/run.ts';

export const NOON = Date.UTC(2026, 7, 1, 12);
const DAY = 86_400_000;

/** Imports texts as the states of a feed on successive days. */
export function importTexts(feed: Feed, ...texts: readonly string[]): FeedImport {
  return importFeed(
    feed,
    texts.map((text, day) => ({
      observedAtMs: NOON + day * DAY,
      pages: [{ file: `day-${day}.json`, bytes: Buffer.from(text) }],
    })),
  );
}

/** `gpt-4o standard 0: input 2.5, output 10` */
export function shown({ model, serviceTier, contextFrom, legs }: Quote): string {
  const prices = Object.entries(legs).map(([leg, price]) => `${leg} ${toText(price)}`);
  return `${model} ${serviceTier} ${contextFrom}: ${prices.join(', ')}`;
}

/** `rejected zero_price gpt-4o input_cost_per_token` for each leftover of the last document. */
export function leftovers({ documents }: FeedImport): string[] {
  return (documents.at(-1)?.leftovers ?? []).map(({ row, price, verdict }) =>
    [verdict.disposition, verdict.code, row.id, price?.field].filter(Boolean).join(' '),
  );
}

/** `held conflict: 2 rows, 4 prices` for each line of a document's tally. */
export function tallyOf({ tally }: DocumentReport): string[] {
  return tally.map(
    ({ disposition, code, rows, prices }) =>
      `${[disposition, code].filter(Boolean).join(' ')}: ${rows} rows, ${prices} prices`,
  );
}

export function total(report: DocumentReport, what: 'rows' | 'prices'): number {
  return report.tally.reduce((sum, line) => sum + line[what], 0);
}
