import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { MtokError } from '../../../domain/failure.ts';

export interface DuckDbOptions {
  /** Of what is held in memory; the rest is spilled to a temporary directory. */
  readonly memoryMb: number;
}

/** An open database in memory, which reads files. */
export interface DuckDb {
  /** Runs statements for their effect. */
  run(sql: string): Promise<void>;
  /** Runs a query; its rows come in chunks of columns. */
  chunks(sql: string): AsyncGenerator<DuckDBDataChunk>;
  close(): void;
}

/**
 * Opens DuckDB, which is loaded only here. It fetches nothing: extensions that are not built in are
 * not used, and no name of a file is guessed.
 *
 * @throws {MtokError} where its binary is not installed.
 */
export async function openDuckDb(options: DuckDbOptions): Promise<DuckDb> {
  const { DuckDBInstance } = await import('@duckdb/node-api').catch((error: unknown) => {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new MtokError(
      'environment',
      `cannot load DuckDB (${why}): install mtok again with its optional packages, ` +
        'or use --engine node',
    );
  });
  // DuckDB makes it when it spills, and takes it away again.
  const spill = join(tmpdir(), `mtok-duckdb-${randomUUID()}`);
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${options.memoryMb}MB`,
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const told = (error: unknown): Error => failureOf(error, options);
  return {
    run: async (sql) => {
      await connection.run(sql).catch((error: unknown) => {
        throw told(error);
      });
    },
    async *chunks(sql) {
      const next = await connection.stream(sql).catch((error: unknown) => {
        throw told(error);
      });
      for (;;) {
        const chunk = await next.fetchChunk().catch((error: unknown) => {
          throw told(error);
        });
        if (!chunk || chunk.rowCount === 0) return;
        yield chunk;
      }
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** DuckDB cannot read what it was given. */
export class UnreadableBySql extends Error {}

function failureOf(error: unknown, { memoryMb }: DuckDbOptions): Error {
  const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  if (!/^Out of Memory Error|No space left|Could not write/i.test(why)) {
    return new UnreadableBySql(why);
  }
  return new MtokError('environment', `DuckDB, with --memory ${memoryMb}: ${why}`);
}

/** A text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name in SQL. */
export function named(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
