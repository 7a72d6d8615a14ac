/**
 * Cold starts of `mtok` against a named alternative: a Node.js script that does nothing but read
 * and parse the same files with csv-parse. Runs alternate; medians and ratios are printed. Both
 * sides have to have seen the same rows.
 *
 *   npm run bench [-- ROUNDS]
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const rounds = Number(process.argv[2] ?? 7);
const root = fileURLToPath(new URL('..', import.meta.url));
const node = (...args) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
const MTOK = 'dist/cli/main.js';

const sides = {
  'node -e 0': () => node('-e', '0'),
  'csv-parse alone': () => node('bench/parse-only.mjs'),
  'mtok fix': () => node(MTOK, 'fix'),
  'mtok backfill, all indices and days': () =>
    node(MTOK, 'backfill', '--from', '2024-01-02', '--to', '2026-08-21'),
};

const { counts } = JSON.parse(node(MTOK, 'check', '--json'));
const { rulebooks: _, contracts: __, ...kinds } = counts;
const read = Object.values(kinds).reduce((sum, count) => sum + count, 0);
const parsed = Number(sides['csv-parse alone']());
if (read !== parsed) throw new Error(`mtok read ${read} rows, csv-parse alone ${parsed}`);

const seconds = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, run] of Object.entries(sides)) {
    const start = process.hrtime.bigint();
    run();
    seconds[name].push(Number(process.hrtime.bigint() - start) / 1e9);
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const baseline = median(seconds['csv-parse alone']);
console.log(`${read} rows, ${rounds} rounds, Node.js ${process.version}, ${cpus()[0].model}`);
for (const [name, values] of Object.entries(seconds)) {
  const middle = median(values);
  const ratio = (middle / baseline).toFixed(1);
  console.log(`${middle.toFixed(3).padStart(7)} s  ${ratio.padStart(5)}×  ${name}`);
}
