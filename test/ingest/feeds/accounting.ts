import fc from 'fast-check';
import { expect } from 'vitest';
import { equals } from '../../../src/domain/decimal.ts';
import { amountOf } from '../../../src/ingest/feeds/amount.ts';
import type { FeedImport } from '../../../src/ingest/feeds/run.ts';
import { total } from './documents.ts';

/** A price of a generated document, as the document states it. */
export interface PublishedPrice {
  readonly model: string;
  /** Where the row goes by another name than the model: how that ends. */
  readonly row?: string;
  readonly field: string;
  readonly literal: string;
  readonly unit: string;
}

/** Numbers as feeds write them: prices, fillers, sentinels, noise and nonsense. */
export const literals = fc.oneof(
  fc.constantFrom('0', '0.0', '-1', '1e-06', '2.5e-6', '2.9999900000000002e-06', '0.015', '3'),
  fc.constantFrom('1e300', '1e-99', '0.18000000000000002', '600', '1000000'),
  fc
    .tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: -12, max: 2 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`),
);

/** Every price is in a quote of its model with its exact value, or in the report with a reason. */
export function expectAccounted(
  { documents, quotes }: FeedImport,
  rows: number,
  published: readonly PublishedPrice[],
): void {
  const [report] = documents;
  expect(report?.faults).toEqual([]);
  expect(report && total(report, 'rows')).toBe(rows);
  expect(report && total(report, 'prices')).toBe(published.length);
  for (const { model, row: id = model, field, literal, unit } of published) {
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
        quote.model === model &&
        Object.values(quote.legs).some((leg) => exact && equals(leg, exact)),
    );
    expect(isReported || isQuoted, `${model} ${field} ${literal}`).toBe(true);
  }
}
