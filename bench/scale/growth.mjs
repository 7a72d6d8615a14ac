/**
 * How reading grows from one to a hundred million looks at one market: seconds, the most memory, and
 * how many rows are kept. Needs 8 GB of disk for the largest.
 *
 *   npm run bench:growth [-- DIRECTORY [ROWS...]]
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from './generate.mjs';
import { timed } from './timed.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [directory = join(root, 'out', 'bench'), ...asked] = process.argv.slice(2);
const sizes = asked.length > 0 ? asked.map(Number) : [1_000_000, 10_000_000, 100_000_000];
const reader = fileURLToPath(new URL('read.mjs', import.meta.url));

mkdirSync(directory, { recursive: true });
console.log('| rows | engine | seconds | peak MB | accepted | kept |\n|--:|---|--:|--:|--:|--:|');
for (const rows of sizes) {
  const csv = join(directory, `looks-${rows}.csv`);
  if (!existsSync(csv)) {
    writeFileSync(csv.replace('.csv', '.json'), JSON.stringify(await generate(csv, rows)));
  }
  const accepted = new Set();
  for (const engine of ['node', 'duckdb']) {
    const run = await timed([process.execPath, reader, engine, csv], root);
    const { count, kept } = JSON.parse(run.text);
    accepted.add(`${count} ${kept}`);
    const cells = [rows, engine, run.seconds.toFixed(1), run.peakMb.toFixed(0), count, kept];
    console.log(`| ${cells.join(' | ')} |`);
  }
  if (accepted.size > 1) throw new Error(`the engines differ: ${[...accepted].join(', ')}`);
}
