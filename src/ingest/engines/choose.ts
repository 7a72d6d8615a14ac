import { stat } from 'node:fs/promises';
import { MtokError } from '../../domain/failure.ts';
import { isTableAddress } from './clickhouse/address.ts';
import type { Engine, EngineName } from './engine.ts';

export type EngineChoice = EngineName | 'auto';

export interface EngineOptions {
  /** What DuckDB may hold in memory; the rest is spilled to disk. */
  readonly memoryMb: number;
}

/**
 * The engine of a name, loaded when it is used.
 *
 * @param paths of the quotes: `auto` goes by their size and form. The address of a table is for
 *   ClickHouse alone.
 * @throws {MtokError} of kind usage where the engine cannot read them.
 */
export async function engineNamed(
  choice: EngineChoice,
  options: EngineOptions,
  paths: readonly string[] = [],
): Promise<Engine> {
  const isTable = paths.some(isTableAddress);
  if (isTable && choice !== 'auto' && choice !== 'clickhouse') throw tableNeedsEngine(choice);
  if (isTable && !paths.every(isTableAddress)) {
    throw new MtokError('usage', 'expected one table, or files: --quotes names both');
  }
  if (isTable) return (await import('./clickhouse/quotes.ts')).clickHouseEngine();
  const name = choice === 'auto' ? await suited(paths) : choice;
  if (name === 'duckdb') return (await import('./duckdb/quotes.ts')).duckDbEngine(options);
  if (name === 'node') return (await import('./node.ts')).NODE_ENGINE;
  const address = 'clickhouse://HOST[:PORT]/DATABASE.TABLE';
  throw new MtokError('usage', `expected --quotes ${address} with --engine ${name}`);
}

/** What to throw where a table is named, and the command or the engine reads files alone. */
export function tableNeedsEngine(choice: EngineName | undefined): MtokError {
  const found = choice === undefined ? 'this command reads files' : `found --engine ${choice}`;
  const remedy = 'backfill, check, fix and reduce read one with --engine auto or clickhouse';
  return new MtokError('usage', `expected files, and not a table: ${found}; ${remedy}`);
}

/** From here on loading DuckDB takes less time than reading Parquet without it. */
const PARQUET_BYTES = 256 * 1024;

/**
 * DuckDB for Parquet beyond a size. Lines of CSV are read faster without it, at every size: most of
 * them are recognized, and none is parsed twice.
 */
async function suited(paths: readonly string[]): Promise<EngineName> {
  let bytes = 0;
  for (const path of paths) {
    if (!path.endsWith('.parquet')) continue;
    bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
  }
  return bytes > PARQUET_BYTES ? 'duckdb' : 'node';
}
