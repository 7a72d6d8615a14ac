import { MtokError } from '../../domain/failure.ts';
import type { Engine, EngineName } from './engine.ts';

export type EngineChoice = EngineName | 'auto';

export interface EngineOptions {
  /** What DuckDB may hold in memory; the rest is spilled to disk. */
  readonly memoryMb: number;
}

/** The engine of a name, loaded when it is used. */
export async function engineNamed(choice: EngineChoice, options: EngineOptions): Promise<Engine> {
  if (choice === 'duckdb') return (await import('./duckdb/quotes.ts')).duckDbEngine(options);
  if (choice === 'auto' || choice === 'node') return (await import('./node.ts')).NODE_ENGINE;
  throw new MtokError('usage', `expected --engine node or duckdb: ${choice} is not built in yet`);
}
