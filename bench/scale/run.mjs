/**
 * Ten million raw observations, read, judged, reduced and calculated, against named alternatives on
 * the same files. Runs alternate; each comparison checks that both sides saw the same, and the table
 * gives medians, ratios and peak memory.
 *
 *   npm run bench:scale [-- ROUNDS [ROWS [DIRECTORY]]]
 *
 * Needs /usr/bin/python3 with pandas (Debian: python3-pandas) for its row. Peak memory is read from
 * /proc, so it is known on Linux only.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance, version as duckDbVersion } from '@duckdb/node-api';
import { generate } from './generate.mjs';
import { BASE, INDICES, LAST, writeBook } from './inputs.mjs';
import { timed } from './timed.mjs';

const [rounds = 3, rows = 10_000_000] = process.argv.slice(2, 4).map(Number);
const root = fileURLToPath(new URL('../..', import.meta.url));
const directory = process.argv[4] ?? join(root, 'out', 'bench');
const MTOK = join(root, 'dist', 'cli', 'main.js');
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const node = (...args) => [process.execPath, ...args];
const PYTHON = '/usr/bin/python3';

mkdirSync(directory, { recursive: true });
const book = join(directory, 'book');
writeBook(book);
const csv = join(directory, `looks-${rows}.csv`);
const parquet = csv.replace('.csv', '.parquet');
const counts = csv.replace('.csv', '.json');
if (!existsSync(counts)) writeFileSync(counts, JSON.stringify(await generate(csv, rows)));
if (!existsSync(parquet)) await toParquet();
const generated = JSON.parse(readFileSync(counts, 'utf8'));

const series = join(directory, 'series.csv');
const backfill = (quotes, ...more) =>
  node(
    ...[MTOK, 'backfill', '--book', book, '--quotes', quotes, '--skip-rejects', '--out', series],
    ...['--from', BASE, '--to', LAST, ...more],
  );
const sides = {
  'mtok backfill, CSV': backfill(csv),
  'DuckDB GROUP BY, CSV': node(here('group-by.mjs'), csv),
  'mtok backfill, Parquet': backfill(parquet),
  'DuckDB GROUP BY, Parquet': node(here('group-by.mjs'), parquet),
  'mtok backfill, CSV, --engine duckdb': backfill(csv, '--engine', 'duckdb'),
  'mtok reading, node engine': node(here('read.mjs'), 'node', csv),
  'mtok reading, duckdb engine, Parquet': node(here('read.mjs'), 'duckdb', parquet),
  'csv-parse alone, arrays': node(here('parse-arrays.mjs'), csv),
  ...(hasPandas()
    ? { 'pandas, daily mean': [PYTHON, here('daily-mean.py'), csv, BASE, LAST] }
    : {}),
  'mtok fix, shipped book': node(MTOK, 'fix'),
  'node -e 0': node('-e', '0'),
};

/** What the first run that knows it says. */
const known = {};

const runs = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, command] of Object.entries(sides)) {
    process.stderr.write(`round ${round + 1} of ${rounds}: ${name}\n`);
    const run = await timed(command, root);
    check(name, run);
    runs[name].push(run);
  }
}
report();

async function toParquet() {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const texts = ['seller', 'model', 'service_tier', 'currency', 'unit'];
  // A time without an offset is no moment.
  const moment = `CASE WHEN NOT contains(effective_at, ' ') THEN try_cast(effective_at AS TIMESTAMP) END`;
  const typed =
    `${moment} AS effective_at, ` +
    ['input', 'output'].map((leg) => `try_cast(${leg} AS DECIMAL(18,12)) AS ${leg}`).join(', ');
  await connection.run(
    `COPY (SELECT ${texts.join(', ')}, ${typed} FROM read_csv('${csv}', header = true, ` +
      `all_varchar = true, null_padding = true)) TO '${parquet}' (FORMAT parquet)`,
  );
}

/** Both sides have to have seen the same rows, and calculated the same prices. */
function check(name, { text, err }) {
  if (name.startsWith('mtok backfill')) {
    const written = readFileSync(series, 'utf8');
    known.series ??= written;
    same(`${name}: series`, written, known.series);
    known.accepted ??= Number(/with (\d+) rows/.exec(err)?.[1]);
    known.badDates ??= Number(/(\d+) bad_date/.exec(err)?.[1] ?? 0);
  } else if (name.startsWith('DuckDB')) {
    // DuckDB takes a time without an offset for one in UTC.
    const more = name.includes('CSV') ? known.badDates : 0;
    same(`${name}: rows`, JSON.parse(text).looks, known.accepted + more);
  } else if (name.startsWith('mtok reading')) {
    same(`${name}: rows`, JSON.parse(text).count, known.accepted);
  } else if (name.startsWith('csv-parse')) {
    same(`${name}: records`, JSON.parse(text).records, generated.rows + 1);
  } else if (name.startsWith('pandas')) samePrices(text);
}

/** pandas calculates in binary floats: the published price is within a rounding of its own. */
function samePrices(text) {
  const prices = (csvText, index) =>
    csvText
      .trim()
      .split('\n')
      .map((line) => line.split(','))
      .filter((cells) => index === undefined || cells[1] === index);
  const ours = new Map(
    prices(known.series, 'BENCH-MEAN').map((cells) => [cells[0], Number(cells[5])]),
  );
  const theirs = prices(text).slice(1);
  same('pandas: days', theirs.length, ours.size);
  for (const [date, price] of theirs) {
    const difference = Math.abs(Number(price) - (ours.get(date) ?? Number.NaN));
    if (!(difference <= 0.000051))
      throw new Error(`pandas ${date}: ${price}, mtok ${ours.get(date)}`);
  }
}

function same(what, found, expected) {
  if (found !== expected)
    throw new Error(
      `${what}: ${String(found).slice(0, 200)}, not ${String(expected).slice(0, 200)}`,
    );
}

function hasPandas() {
  return spawnSync(PYTHON, ['-c', 'import pandas']).status === 0;
}

function report() {
  const median = (name, of) => {
    const values = runs[name].map(of).sort((a, b) => a - b);
    return values[values.length >> 1];
  };
  const seconds = (name) => median(name, (run) => run.seconds);
  const peak = (name) => median(name, (run) => run.peakMb);
  const mb = Math.round(statSync(csv).size / 1e6);
  console.log(
    `${generated.rows} rows, ${mb} MB as CSV, ${Math.round(statSync(parquet).size / 1e6)} MB as Parquet; ` +
      `${known.accepted} accepted; ${INDICES.length} indices, ${known.series.split('\n').length - 2} fixings; ` +
      `medians of ${rounds} rounds; Node.js ${process.version}, DuckDB ${duckDbVersion()}, ` +
      `${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GB`,
  );
  console.log('\n| what | seconds | peak MB | rows/s |\n|---|--:|--:|--:|');
  for (const name of Object.keys(sides)) {
    const rate = /fix|node -e/.test(name)
      ? ''
      : Math.round(generated.rows / seconds(name)).toLocaleString('en');
    console.log(`| ${name} | ${seconds(name).toFixed(2)} | ${peak(name).toFixed(0)} | ${rate} |`);
  }
  const ratio = (a, b, of = seconds) => (of(a) / of(b)).toFixed(2);
  const main = 'mtok backfill, CSV';
  console.log('\n| ratio | measured | asked |\n|---|--:|--:|');
  console.log(
    `| backfill ÷ DuckDB GROUP BY, CSV | ${ratio(main, 'DuckDB GROUP BY, CSV')} | ≤ 1.5 |`,
  );
  const columnar = ratio('mtok backfill, Parquet', 'DuckDB GROUP BY, Parquet');
  console.log(`| backfill ÷ DuckDB GROUP BY, Parquet | ${columnar} | ≤ 2 |`);
  if (sides['pandas, daily mean']) {
    console.log(`| pandas ÷ backfill, seconds | ${ratio('pandas, daily mean', main)} | ≥ 4 |`);
    console.log(
      `| pandas ÷ backfill, peak memory | ${ratio('pandas, daily mean', main, peak)} | ≥ 5 |`,
    );
  }
  const reading = ratio('mtok reading, node engine', 'csv-parse alone, arrays');
  console.log(`| node engine ÷ csv-parse alone | ${reading} | ≤ 1.5 |`);
  const cold = seconds('mtok fix, shipped book') - seconds('node -e 0');
  console.log(`| mtok fix, shipped book, beyond node -e 0 | ${cold.toFixed(2)} s | < 0.35 s |`);
}
