import fc from 'fast-check';
import { expect } from 'vitest';
import { equals } from '../../../src/domain/decimal.ts';
import { amountOf } from '../../../src/ingest/feeds/amount.ts';
import type { Feed } from '../../../src/ingest/feeds/feed.ts';
import { type FeedImport, importFeed } from '../../../src/ingest/feeds/run.ts';
import { reportDocument } from '../../../src/publish/import.ts';
import { NOON, total } from './documents.ts';

/** A price of a generated document. */
export interface Published {
  readonly row: string;
  readonly literal: string;
  readonly unit: string;
}

/** Every price is in a quote with its exact value, or in the report with a reason; all count. */
export function expectAccounted(result: FeedImport, published: readonly Published[]): void {
  const [report] = result.documents;
  expect(report?.faults).toEqual([]);
  expect(report && total(report, 'prices')).toBe(published.length);
  const legs = result.quotes.flatMap((quote) => Object.values(quote.legs));
  for (const { row, literal, unit } of published) {
    const isReported = report?.leftovers.some(
      (left) => left.row.id === row && left.price?.literal === literal && left.verdict.code !== '',
    );
    const exact = amountOf(literal, unit);
    const isQuoted = exact && legs.some((leg) => equals(leg, exact));
    expect(isReported || isQuoted, `${row} ${literal} ${unit}`).toBe(true);
  }
}

/** Prices as feeds write them, good and bad. */
export const literals = fc.oneof(
  fc.constantFrom('0', '0.0', '-1', '1e-06', '2.9999900000000002e-06', '1e300', '1e-99', '0.0025'),
  fc
    .tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: -12, max: 2 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`),
);

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
