import fc from 'fast-check';
import { expect } from 'vitest';
import { equals } from '../../../src/domain/decimal.ts';
import type { Feed } from '../../../src/ingest/feeds/feed.ts';
import { amountOf } from '../../../src/ingest/import/amount.ts';
import { type FeedImport, importFeed } from '../../../src/ingest/import/run.ts';
import { reportDocument } from '../../../src/publish/import.ts';
import { NOON, total } from './documents.ts';

/** A price of a generated document, as the document states it. */
export interface Published {
  /** How the name of its row ends. */
  readonly row: string;
  /** How the name of its field ends, where a row has many. */
  readonly field?: string;
  /** The model of its quote, where it is known. */
  readonly model?: string;
  readonly literal: string;
  readonly unit: string;
}

/** Numbers as feeds write them: prices, fillers, sentinels, noise and nonsense. */
export const literals = fc.oneof(
  fc.constantFrom('0', '0.0', '-1', '1e-06', '2.5e-6', '2.9999900000000002e-06', '0.015', '3'),
  fc.constantFrom('1e300', '1e-99', '0.18000000000000002', '600', '1000000', '0.0025'),
  fc
    .tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: -12, max: 2 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`),
);

/** Every price is in a quote with its exact value, or in the report with a reason; all count. */
export function expectAccounted(
  { documents, quotes }: FeedImport,
  published: readonly Published[],
  rows?: number,
): void {
  const [report] = documents;
  expect(report?.faults).toEqual([]);
  if (rows !== undefined) expect(report && total(report, 'rows')).toBe(rows);
  expect(report && total(report, 'prices')).toBe(published.length);
  for (const { row: id, model, field = '', literal, unit } of published) {
    const isReported = report?.leftovers.some(
      ({ row, price, verdict }) =>
        row.id.endsWith(id) &&
        price?.field.endsWith(field) &&
        price.literal === literal &&
        verdict.reason !== '',
    );
    const exact = amountOf(literal, unit);
    const isQuoted = quotes.some(
      (quote) =>
        (model === undefined || quote.model === model) &&
        Object.values(quote.legs).some((leg) => exact && equals(leg, exact)),
    );
    expect(isReported || isQuoted, `${id} ${field} ${literal} ${unit}`).toBe(true);
  }
}

/** A text with a piece of it replaced by noise: no importer may crash on it, or hang. */
export function expectNoCrash(feed: Feed, texts: fc.Arbitrary<string>, file = 'f'): void {
  const broken = texts.chain((text) =>
    fc
      .tuple(fc.nat(text.length), fc.nat(text.length), fc.string({ maxLength: 4 }))
      .map(([from, to, noise]) => text.slice(0, from) + noise + text.slice(to)),
  );
  fc.assert(
    fc.property(broken, (text) => {
      const pages = [{ file, bytes: Buffer.from(text) }];
      const result = importFeed(feed, [{ observedAtMs: NOON, pages }]);
      expect(JSON.stringify(reportDocument(result))).toContain(feed.name);
    }),
    { numRuns: 200 },
  );
}
