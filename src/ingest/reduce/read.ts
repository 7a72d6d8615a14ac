import { stat } from 'node:fs/promises';
import { MtokError } from '../../domain/failure.ts';
import { type EngineChoice, type EngineOptions, tableNeedsEngine } from '../engines/choose.ts';
import { isTableAddress } from '../engines/clickhouse/address.ts';
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
  const [first = '', ...more] = files.paths;
  if (files.paths.some(isTableAddress)) {
    if (more.length > 0) throw new MtokError('usage', 'expected one table, or files: found both');
    if (choice !== 'auto' && choice !== 'clickhouse') throw tableNeedsEngine(choice);
    const { groupTable } = await import('../engines/clickhouse/raw.ts');
    return groupTable(first, files.options, sink);
  }
  if (choice === 'clickhouse') {
    const address = 'clickhouse://HOST[:PORT]/DATABASE.TABLE';
    throw new MtokError('usage', `expected ${address} with --engine clickhouse: ${first}`);
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
