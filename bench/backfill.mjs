/**
 * Five indices over three years, from the change-points in memory to the rows of their series: the
 * calculation of `mtok backfill` without reading and writing.
 *
 *   node bench/backfill.mjs [ROUNDS] [DIST]
 */
import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generateMarket, lastDay, rulebookTexts, THREE_YEARS } from './market.mjs';

const rounds = Number(process.argv[2] ?? 5);
const dist = resolve(process.argv[3] ?? new URL('../dist', import.meta.url).pathname);
const { evidenceOf, parseRulebook, series } = await import(pathToFileURL(`${dist}/index.js`).href);

const rows = generateMarket();
const rulebooks = rulebookTexts(THREE_YEARS).map((text) => {
  const { rulebook, rejects } = parseRulebook(text);
  if (!rulebook) throw new Error(JSON.stringify(rejects));
  return rulebook;
});
const [from, to] = [rulebooks[0].base.date, lastDay(THREE_YEARS)];

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const timed = (run) => {
  const start = performance.now();
  const result = run();
  return [performance.now() - start, result];
};

/** Nothing is remembered from one round to the next: each has rows of its own. */
function round() {
  const own = { ...rows, quotes: rows.quotes.map((quote) => ({ ...quote })) };
  const times = {};
  const hash = createHash('sha256');
  const [evidenceMs, evidence] = timed(() => evidenceOf(own));
  times.evidenceOf = evidenceMs;
  for (const rulebook of rulebooks) {
    const [ms, found] = timed(() => [...series(rulebook, evidence, from, to).items]);
    times[rulebook.index] = ms;
    for (const row of found) hash.update(Object.values(row).join());
    if (found.length !== THREE_YEARS.days) throw new Error(`${rulebook.index}: ${found.length}`);
  }
  times['all of it'] = Object.values(times).reduce((sum, ms) => sum + ms, 0);
  return { times, digest: hash.digest('hex').slice(0, 16) };
}

const found = Array.from({ length: rounds }, round);
const { length: quotes } = rows.quotes;
console.log(`${quotes} change-points, ${THREE_YEARS.days} days, ${rounds} rounds`);
console.log(`Node.js ${process.version}, ${cpus()[0].model}; rows ${found[0].digest}`);
for (const name of Object.keys(found[0].times)) {
  const all = found.map(({ times }) => times[name]);
  console.log(
    `${median(all).toFixed(0).padStart(7)} ms median, ${all[0].toFixed(0)} first  ${name}`,
  );
}
console.log(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most`);
