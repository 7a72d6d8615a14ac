import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_FILES, readBook } from '../../../../src/ingest/book.ts';
import type { TableAddress } from '../../../../src/ingest/engines/clickhouse/address.ts';
import type { Transport } from '../../../../src/ingest/engines/clickhouse/answer.ts';
import {
  connectionOptions,
  openClickHouse,
} from '../../../../src/ingest/engines/clickhouse/connection.ts';
import { clickHouseEngine } from '../../../../src/ingest/engines/clickhouse/quotes.ts';
import { groupTable } from '../../../../src/ingest/engines/clickhouse/raw.ts';
import { readTableRows } from '../../../../src/ingest/engines/clickhouse/rows.ts';
import { NODE_ENGINE } from '../../../../src/ingest/engines/node.ts';
import { UseSums } from '../../../../src/ingest/reduce/logs.ts';
import { readLooks } from '../../../../src/ingest/reduce/looks.ts';
import { METHODS } from '../../../../src/ingest/reduce/method.ts';
import { Reduction } from '../../../../src/ingest/reduce/reduction.ts';
import { tickSink } from '../../../../src/ingest/reduce/tick-sink.ts';
import { DAILY } from '../../../../src/ingest/reduce/window.ts';
import { USAGE } from '../../../../src/ingest/usage.ts';
import { reducedCsv } from '../../../../src/publish/reduced.ts';
import { scaled } from '../../../scale.ts';
import { hasTool } from '../../../tools.ts';
import { TICK_HEADER, tickLines } from '../../reduce-data.ts';
import { essence } from '../essence.ts';
import { HEADER, looks, turns } from '../looks.ts';
import { type Cluster, type Node, startCluster } from './cluster.ts';
import { HOURS_HEADER, hourlyLooks } from './hours.ts';

const install = 'apt-get install clickhouse-server clickhouse-client';
const hasServer = hasTool('clickhouse-client', ['--version'], install);

const READER = { MTOK_CLICKHOUSE_USER: 'reader', MTOK_CLICKHOUSE_PASSWORD: 'hush' };
const engineOf = (environment: Record<string, string>) =>
  clickHouseEngine(async (address) =>
    timed(await openClickHouse(address, connectionOptions(environment))),
  );

/** How long the grouping took that was asked for last. */
let groupedInMs = 0;

function timed(db: Transport): Transport {
  return {
    ...db,
    async *answer(sql) {
      const startMs = performance.now();
      yield* db.answer(sql);
      if (sql.includes('GROUP BY')) groupedInMs = Math.round(performance.now() - startMs);
    },
  };
}

/** It may read, and change no setting. */
const ENGINE = engineOf(READER);

const codes = (faults: readonly { readonly code: string; readonly column: string }[]) =>
  faults.map(({ code, column }) => `${code} ${column}`).sort();

/** What a shard read for the last grouping that another node asked of it, and what it gave. */
async function lastGrouping(shard: Node): Promise<{ read: number; given: number }> {
  const of = "type = 2 AND is_initial_query = 0 AND query LIKE '%GROUP BY%mtok%'";
  const query = `SELECT read_rows, result_rows FROM system.query_log WHERE ${of}`;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const text = await shard
      .run(`${query} ORDER BY event_time DESC, query_start_time DESC LIMIT 1`)
      .catch(() => '');
    const [read = 0, given = 0] = text.trim().split('\t').map(Number);
    if (read > 1_000) return { read, given };
    await pause(100);
  }
  throw new Error('the query log of the shard knows of no grouping');
}

describe.skipIf(!hasServer)('a cluster of two nodes', () => {
  let cluster: Cluster;
  const directory = mkdtempSync(join(tmpdir(), 'mtok-cluster-'));

  beforeAll(async () => {
    cluster = await startCluster(join(directory, 'servers'), 2);
  }, 120_000);
  afterAll(async () => {
    await cluster?.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 120_000);

  const addressOf = (table: string) => `clickhouse://${cluster.nodes[0]!.host}/books.${table}`;

  /** The same rows twice: over two shards by offer, and whole on the first node. */
  async function lay(columns: string, header: string, lines: readonly string[]): Promise<void> {
    const [first] = cluster.nodes;
    for (const node of cluster.nodes) {
      await node.run('CREATE DATABASE IF NOT EXISTS books');
      for (const table of ['shard', 'spread', 'whole']) {
        await node.run(`DROP TABLE IF EXISTS books.${table}`);
      }
      const order =
        'ENGINE = MergeTree PARTITION BY tuple() ORDER BY (seller, model, effective_at)';
      await node.run(`CREATE TABLE books.shard (${columns}) ${order}`);
      await node.run(`CREATE TABLE books.whole (${columns}) ${order}`);
      const by = 'Distributed(all, books, shard, cityHash64(seller, model))';
      await node.run(`CREATE TABLE books.spread (${columns}) ENGINE = ${by}`);
    }
    const rows = `${lines.join('\n')}\n`;
    for (const table of ['spread', 'whole']) {
      await first!.run(`INSERT INTO books.${table} (${header}) FORMAT CSV`, rows);
    }
  }

  async function read(table: string, engine = ENGINE) {
    return readBook({ ...NO_FILES, quotes: [addressOf(table)] }, { engine });
  }

  /** Both tables give what the same rows give as CSV. */
  async function same(header: string, lines: readonly string[]) {
    const path = join(directory, 'rows.csv');
    writeFileSync(path, `${[header, ...lines].join('\n')}\n`);
    const expected = await readBook({ ...NO_FILES, quotes: [path] });
    const { looks: counted } = await readBook(
      { ...NO_FILES, quotes: [path] },
      { engine: NODE_ENGINE },
    );
    const { changes, latest } = essence(expected);
    const times = [];
    for (const table of ['spread', 'whole']) {
      const startMs = performance.now();
      const book = await read(table);
      times.push(`${Math.round(performance.now() - startMs)} ms (grouping ${groupedInMs} ms)`);
      expect(essence(book)).toMatchObject({ changes, latest });
      expect(codes(book.rejects)).toEqual(codes(expected.rejects));
      expect(codes(book.warnings)).toEqual(codes(expected.warnings));
      expect(book.looks).toBe(counted);
    }
    return { times, expected };
  }

  it.each([
    ['looks with every fault', looks.filter((line) => !/["\r]|,more$/.test(line))],
    ['prices that come back', turns.map((rows) => rows.join('\n'))],
  ] as const)('gives what one node gives, and CSV: %s', async (_, arbitrary) => {
    const columns = HEADER.split(',').map((name) => `${name} String`);
    await fc.assert(
      fc.asyncProperty(fc.array(arbitrary, { minLength: 1, maxLength: 40 }), async (some) => {
        const lines = some.flatMap((one) => one.split('\n'));
        await lay(columns.join(', '), HEADER, lines);
        await same(HEADER, lines);
      }),
      { numRuns: scaled(10, 40) },
    );
  });

  it('reduces hours to changes on each shard', { timeout: 600_000 }, async () => {
    const [offers, hours] = [scaled(20, 120), scaled(2_000, 8_784)];
    const lines = hourlyLooks(offers, hours);
    const columns =
      'seller String, model String, effective_at DateTime, observed_at Nullable(DateTime), ' +
      "currency Enum8('USD' = 1), input Decimal(18, 4), output Decimal(9, 4), source String";
    await lay(columns, HOURS_HEADER, lines);
    const held = await Promise.all(
      cluster.nodes.map((node) => node.run('SELECT count(), uniq(model) FROM books.shard')),
    );
    // Each shard has a part of the rows, and all rows of its offers.
    const parts = held.map((text) => text.trim().split('\t').map(Number));
    expect(parts.map(([rows]) => rows).reduce((a = 0, b = 0) => a + b)).toBe(lines.length);
    expect(parts.map(([, models]) => models).reduce((a = 0, b = 0) => a + b)).toBe(offers);
    expect(Math.min(...parts.map(([rows = 0]) => rows))).toBeGreaterThan(0);
    const { times, expected } = await same(HOURS_HEADER, lines);
    expect(expected.rejects.length).toBeGreaterThan(0);
    const { read, given } = await lastGrouping(cluster.nodes[1]!);
    expect(read).toBeGreaterThan(0);
    expect(given).toBeLessThan(read / 50);
    const [spread, whole] = times;
    console.log(
      `${lines.length} rows: ${spread} over two nodes, ${whole} on one; ` +
        `the second shard read ${read} rows and gave ${given} groups`,
    );
  });

  it('tells who may not read, and what is not there', async () => {
    const few = 'seller String, model String, effective_at String';
    await lay(few, 'seller,model,effective_at', ['acme,alpha,2026-07-01']);
    const wrong = engineOf({ ...READER, MTOK_CLICKHOUSE_PASSWORD: 'other' });
    await expect(read('whole', wrong)).rejects.toThrow(/user or the password is wrong/);
    await expect(read('nothing')).rejects.toThrow(/no such table/);
    const elsewhere = addressOf('whole').replace('books.', 'nowhere.');
    const reading = readBook({ ...NO_FILES, quotes: [elsewhere] }, { engine: ENGINE });
    await expect(reading).rejects.toThrow(/no such database/);
    const { rejects } = await read('whole');
    expect(new Set(rejects.map(({ code }) => code))).toEqual(new Set(['missing_column']));
  });

  it('reduces ticks and logs, and reads usage, as from CSV', { timeout: 600_000 }, async () => {
    const [first] = cluster.nodes;
    const columns = TICK_HEADER.split(',').map((name) => `${name} String`);
    const path = join(directory, 'ticks.csv');
    const open = async (address: TableAddress) =>
      openClickHouse(address, connectionOptions(READER));
    await fc.assert(
      fc.asyncProperty(tickLines, fc.constantFrom(...METHODS), async (some, method) => {
        const width = columns.length;
        const lines = some.filter((line) => line.split(',').length === width);
        if (lines.length === 0) return;
        for (const node of cluster.nodes) {
          for (const table of ['ticks_shard', 'ticks']) {
            await node.run(`DROP TABLE IF EXISTS books.${table}`);
          }
          await node.run(
            `CREATE TABLE books.ticks_shard (${columns.join(', ')}) ` +
              'ENGINE = MergeTree PARTITION BY tuple() ORDER BY (seller, model)',
          );
          const by = 'Distributed(all, books, ticks_shard, cityHash64(seller, model))';
          await node.run(`CREATE TABLE books.ticks (${columns.join(', ')}) ENGINE = ${by}`);
        }
        await first!.run(
          `INSERT INTO books.ticks (${TICK_HEADER}) FORMAT CSV`,
          `${lines.join('\n')}\n`,
        );
        writeFileSync(path, `${[TICK_HEADER, ...lines].join('\n')}\n`);
        const [own, reference] = [new Reduction(method, DAILY, 'list'), new UseSums()];
        const [fromCsv, fromCsvUse] = [new Reduction(method, DAILY, 'list'), new UseSums()];
        const address = addressOf('ticks');
        const files = { paths: [path], options: {} };
        const found = await groupTable(address, {}, tickSink(own), open);
        const expected = await readLooks(files, tickSink(fromCsv));
        expect(codes(found.rejects)).toEqual(codes(expected.rejects));
        const bytes = (of: Reduction) => [...reducedCsv(of.reduced('all').quotes)].join('');
        expect(bytes(own)).toBe(bytes(fromCsv));
        await groupTable(address, {}, reference, open);
        await readLooks(files, fromCsvUse);
        expect(reference.daily()).toEqual(fromCsvUse.daily());
      }),
      { numRuns: scaled(8, 30) },
    );
    await lay('model String, seller String, effective_at String, total_tokens String', 'model', [
      'alpha',
    ]);
    const { rejects } = await readTableRows(USAGE, addressOf('spread'), {}, open);
    expect(rejects.map(({ code }) => code)).toEqual(['unknown_column']);
  });
});
