import { stat } from 'node:fs/promises';
import { MtokError } from '../../domain/failure.ts';
import type { Engine, EngineName } from './engine.ts';

export type EngineChoice = EngineName | 'auto';

export interface EngineOptions {
  /** What DuckDB may hold in memory; the rest is spilled to disk. */
  readonly memoryMb: number;
}

/**
 * The engine of a name, loaded when it is used.
 *
 * @param paths of the quotes: `auto` goes by their size and form.
 */
export async function engineNamed(
  choice: EngineChoice,
  options: EngineOptions,
  paths: readonly string[] = [],
): Promise<Engine> {
  const name = choice === 'auto' ? await suited(paths) : choice;
  if (name === 'duckdb') return (await import('./duckdb/quotes.ts')).duckDbEngine(options);
  if (name === 'node') return (await import('./node.ts')).NODE_ENGINE;
  throw new MtokError('usage', `expected --engine node or duckdb: ${name} is not built in yet`);
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
