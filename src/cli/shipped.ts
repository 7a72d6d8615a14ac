import { join } from 'node:path';
import { SHIPPED_BOOK } from './book.ts';

/** A file that ships with the package, which a flag may replace. */
export function shippedFile(...path: readonly string[]): string {
  return join(SHIPPED_BOOK, ...path);
}
