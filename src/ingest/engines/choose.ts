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
 * @param sources what it is to read: the address of a table is for ClickHouse alone.
 * @throws {MtokError} of kind usage where it cannot read them.
 */
export async function engineNamed(
  choice: EngineChoice,
  options: EngineOptions,
  sources: readonly string[] = [],
): Promise<Engine> {
  const isTable = sources.some(isTableAddress);
  if (isTable && choice !== 'auto' && choice !== 'clickhouse') throw tableNeedsEngine(choice);
  if (isTable && !sources.every(isTableAddress)) {
    throw new MtokError('usage', 'expected one table, or files: --quotes names both');
  }
  if (isTable) return (await import('./clickhouse/quotes.ts')).clickHouseEngine();
  if (choice === 'duckdb') return (await import('./duckdb/quotes.ts')).duckDbEngine(options);
  if (choice === 'auto' || choice === 'node') return (await import('./node.ts')).NODE_ENGINE;
  const address = 'clickhouse://HOST[:PORT]/DATABASE.TABLE';
  throw new MtokError('usage', `expected --quotes ${address} with --engine clickhouse`);
}

/** What to throw where a table is named, and the command or the engine reads files alone. */
export function tableNeedsEngine(choice: EngineName | undefined): MtokError {
  const found = choice === undefined ? 'this command reads files' : `found ${choice}`;
  const remedy = 'backfill, check and fix read a table with --engine auto or clickhouse';
  return new MtokError('usage', `expected files of quotes: ${found}; ${remedy}`);
}
