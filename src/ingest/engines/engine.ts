import type { Quote } from '../../domain/rows.ts';
import type { KeptWhole } from '../repeats.ts';
import type { PlacedReading, TableOptions } from '../table.ts';

export const ENGINES = ['node', 'duckdb', 'clickhouse'] as const;

export type EngineName = (typeof ENGINES)[number];

/** Files of quotes, read as one: their rows may speak of the same offers. */
export interface QuoteFiles {
  readonly paths: readonly string[];
  readonly options: TableOptions;
  /** Offers of which every look is kept, repeats included. */
  readonly isWhole: KeptWhole;
}

export interface QuoteReading extends PlacedReading<Quote> {
  /** Rows that were accepted, those that are left out as repeats included. */
  readonly count: number;
}

/**
 * What reads observations. Whichever does, the same rows are accepted, the same are rejected with
 * the same codes and lines, and the rows that are left after repeats give the same change-points.
 */
export interface Engine {
  readonly name: EngineName;
  quotes(files: QuoteFiles): Promise<QuoteReading>;
}
