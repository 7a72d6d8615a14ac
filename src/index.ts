export { backfill, series } from './fix/backfill.ts';
export { calculateFixing } from './fix/fixing.ts';
export { findBook, readBook } from './ingest/book.ts';
export { evidenceOf } from './normalize/evidence.ts';
