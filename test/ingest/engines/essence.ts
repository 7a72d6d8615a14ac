import { describeReject } from '../../../src/domain/failure.ts';
import { canonicalQuotes } from '../../../src/fix/canonical-rows.ts';
import { latestDay } from '../../../src/fix/latest.ts';
import type { Book } from '../../../src/ingest/book.ts';
import { evidenceOf } from '../../../src/normalize/evidence.ts';

/** What a fixing may rest on, and what is said of the rest. */
export function essence(book: Book) {
  const evidence = evidenceOf(book.rows);
  return {
    changes: canonicalQuotes(evidence.quotes, 'token').lines,
    latest: latestDay(evidence),
    rejects: book.rejects.map(describeReject).sort(),
    warnings: book.warnings.map(describeReject).sort(),
  };
}
