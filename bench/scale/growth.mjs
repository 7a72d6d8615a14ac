/**
 * How reading grows from one to a hundred million looks at one market: seconds, the most memory, and
 * how many rows are kept; then the backfill of five indices beside a `GROUP BY` of DuckDB alone.
 * Needs 8 GB of disk for the largest.
 *
 *   npm run bench:growth [-- DIRECTORY [ROWS...]]
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from './generate.mjs';
import { BASE, LAST, writeBook } from './inputs.mjs';
import { timed } from './timed.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [directory = join(root, 'out', 'bench'), ...asked] = process.argv.slice(2);
const sizes = asked.length > 0 ? asked.map(Number) : [1_000_000, 10_000_000, 100_000_000];
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const book = join(directory, 'book');
const series = join(directory, 'series.csv');

mkdirSync(directory, { recursive: true });
writeBook(book);
console.log('| rows | what | seconds | peak MB | accepted | kept |\n|--:|---|--:|--:|--:|--:|');
for (const rows of sizes) {
  const csv = join(directory, `looks-${rows}.csv`);
  if (!existsSync(csv)) {
    writeFileSync(csv.replace('.csv', '.json'), JSON.stringify(await generate(csv, rows)));
  }
  const accepted = new Set();
  for (const engine of ['node', 'duckdb']) {
    const run = await timed([process.execPath, here('read.mjs'), engine, csv], root);
    const { count, kept } = JSON.parse(run.text);
    accepted.add(`${count} ${kept}`);
    tell(rows, `read, ${engine}`, run, count, kept);
  }
  if (accepted.size > 1) throw new Error(`the engines differ: ${[...accepted].join(', ')}`);
  const flags = ['--book', book, '--quotes', csv, '--skip-rejects', '--out', series];
  const backfill = [join(root, 'dist', 'cli', 'main.js'), 'backfill', ...flags];
  const range = ['--from', BASE, '--to', LAST];
  const calculated = await timed([process.execPath, ...backfill, ...range], root);
  const grouped = await timed([process.execPath, here('group-by.mjs'), csv], root);
  const ours = Number(/with (\d+) rows/.exec(calculated.err)?.[1]);
  // DuckDB takes a time without an offset for one in UTC.
  const badDates = Number(/(\d+) bad_date/.exec(calculated.err)?.[1] ?? 0);
  const { looks } = JSON.parse(grouped.text);
  if (looks !== ours + badDates) throw new Error(`${looks} rows, and not ${ours} + ${badDates}`);
  tell(rows, 'backfill', calculated, ours);
  tell(rows, 'GROUP BY', grouped, looks);
}

function tell(rows, what, { seconds, peakMb }, ...counts) {
  const cells = [rows, what, seconds.toFixed(1), peakMb.toFixed(0), ...counts];
  console.log(`| ${cells.join(' | ')} |${' |'.repeat(6 - cells.length)}`);
}
