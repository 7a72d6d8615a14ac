import { openDuckDb, quoted } from '../../src/ingest/engines/duckdb/connection.ts';

/** Writes what a query gives as Parquet, as another program would. */
export async function writeParquet(query: string, path: string, options = ''): Promise<void> {
  const db = await openDuckDb({ memoryMb: 256 });
  try {
    await db.run(`COPY (${query}) TO ${quoted(path)} (FORMAT parquet${options && `, ${options}`})`);
  } finally {
    await db.close();
  }
}
