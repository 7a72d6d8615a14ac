import type { Quote } from '../../domain/rows.ts';
import type { KeptWhole } from '../repeats.ts';
import type { Constants, PlacedReading, TableOptions } from '../table.ts';

export const ENGINES = ['node', 'duckdb', 'clickhouse'] as const;

export type EngineName = (typeof ENGINES)[number];

/** Files of quotes, read as one: their rows may speak of the same offers. */
export interface QuoteFiles {
  readonly paths: readonly string[];
  readonly options: TableOptions;
  /** By path what every row of a file says, where the file has no such column itself. */
  readonly constants?: ReadonlyMap<string, Constants> | undefined;
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

/** How one of the files is read. */
export function optionsOf(
  { options, constants }: Pick<QuoteFiles, 'options' | 'constants'>,
  path: string,
): TableOptions {
  const own = constants?.get(path);
  return own ? { ...options, constants: own } : options;
}
