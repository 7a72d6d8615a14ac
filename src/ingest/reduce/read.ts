import { stat } from 'node:fs/promises';
import { MtokError } from '../../domain/failure.ts';
import type { EngineChoice, EngineOptions } from '../engines/choose.ts';
import { type GroupSink, type RawFiles, type RawReading, readLooks } from './looks.ts';

/** More bytes than that DuckDB reads sooner, though it has to be loaded. */
const BYTES_FOR_DUCKDB = 16 * 1024 * 1024;

/** Reads raw observations by the engine of a name; `auto` chooses by the size of the files. */
export async function readRaw<Row, Kind, Look>(
  files: RawFiles,
  sink: GroupSink<Row, Kind, Look>,
  choice: EngineChoice,
  options: EngineOptions,
  onRows?: (count: number) => void,
): Promise<RawReading> {
  if (choice === 'clickhouse') {
    const expected = 'expected --engine node or duckdb';
    throw new MtokError('usage', `${expected}: clickhouse does not reduce files yet`);
  }
  const isLarge = choice === 'auto' && (await bytesIn(files)) > BYTES_FOR_DUCKDB;
  if (choice === 'node' || (choice === 'auto' && !isLarge)) return readLooks(files, sink, onRows);
  const { groupLooks } = await import('../engines/duckdb/looks.ts');
  return groupLooks(files, sink, options);
}

async function bytesIn({ paths }: RawFiles): Promise<number> {
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((total, size) => total + size, 0);
}
