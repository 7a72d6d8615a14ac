/**
 * Whether two checkouts calculate the same bytes: every document and row of the shipped book, of
 * random books, and of a small market; what each says of the moves between days too.
 *
 *   node bench/same-bytes.mjs OTHER_CHECKOUT [RANDOM_BOOKS] [SEED]
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { createServer } from 'vite';
import { generateMarket, lastDay, rulebookTexts } from './market.mjs';

const [other, count = '150', seed = '1'] = process.argv.slice(2);
if (other === undefined) throw new Error('expected another checkout');

/** The sources of a checkout, as they are. */
async function checkout(root) {
  const options = { root, configFile: false, logLevel: 'error', appType: 'custom' };
  const server = await createServer({
    ...options,
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  const { fixingOf } = await server.ssrLoadModule('/src/fix/fixing.ts');
  const library = { ...(await server.ssrLoadModule('/src/index.ts')), fixingOf };
  const books = await server.ssrLoadModule('/test/properties/books.ts');
  return { root, server, library, books };
}

const digest = (value) => createHash('sha256').update(value).digest('hex').slice(0, 16);

/** What a book gives, line by line, so that the first difference can be named. */
function* linesOf({ library }, name, versions, rows, from, to, every = 1) {
  const { backfill, canonicalJson, evidenceOf, explain, series } = library;
  const evidence = evidenceOf(rows);
  const range = library.resultsOn(versions, evidence, to, (day) => day >= from);
  if (!range.items) return yield `${name} ${range.none.message}`;
  let count = 0;
  for (const result of range.items) {
    if (count++ % every > 0) continue;
    const { fixing, inputs } = library.fixingOf(result, evidence, {});
    yield `${name} ${fixing.date} ${digest(canonicalJson(fixing))} ${digest(JSON.stringify(inputs))}`;
  }
  for (const row of series(versions, evidence, from, to).items) {
    yield `${name} ${Object.values(row).join()}`;
  }
  if (every > 1) return;
  const told = explain(versions, evidence, from, to);
  yield `${name} explained ${digest(JSON.stringify(told))}`;
  const days = [...backfill(versions, evidence, from, to).items];
  for (const fixing of days.slice(0, 3)) yield `${name} again ${digest(canonicalJson(fixing))}`;
}

async function* shipped(side) {
  const { findBook, readBook, latestDay, evidenceOf } = side.library;
  const { rulebooks, rows } = await readBook(await findBook(resolve(side.root, 'data')));
  const to = latestDay(evidenceOf(rows));
  for (const rules of rulebooks) {
    yield* linesOf(side, rules.index, rules, rows, rules.base.date, to, 7);
  }
}

async function* random(side) {
  const { bookOf, decisionsOn, sketches, someRules, BASE, LAST_DAY, on } = side.books;
  const books = sketches(['USD', 'USD', 'EUR']).chain((sketch) =>
    decisionsOn(sketch).map((decisions) => ({ ...bookOf(sketch), ...decisions })),
  );
  const cases = fc.sample(fc.tuple(books, someRules), {
    numRuns: Number(count),
    seed: Number(seed),
  });
  for (const [index, [rows, rules]] of cases.entries()) {
    yield* linesOf(side, `random ${index}`, rules, rows, BASE, on(LAST_DAY));
  }
}

async function* market(side) {
  const size = { sellers: 12, models: 45, days: 130, changes: 8, seed: Number(seed) };
  const rows = generateMarket(size);
  for (const text of rulebookTexts(size)) {
    const { rulebook } = side.library.parseRulebook(text);
    const { index, base } = rulebook;
    yield* linesOf(side, index, rulebook, rows, base.date, lastDay(size), 5);
  }
}

const sides = [await checkout(resolve('.')), await checkout(resolve(other))];
let differences = 0;
for (const kind of [random, market, shipped]) {
  const [own, theirs] = sides.map(kind);
  const hash = createHash('sha256');
  let lines = 0;
  for await (const line of own) {
    const { value } = await theirs.next();
    lines += 1;
    hash.update(`${line}\n`);
    if (line === value) continue;
    differences += 1;
    if (differences <= 10) console.log(`here:  ${line}\nthere: ${value}`);
  }
  if (!(await theirs.next()).done) differences += 1;
  console.log(`${kind.name}: ${lines} documents and rows, ${hash.digest('hex').slice(0, 16)}`);
}
for (const { server } of sides) await server.close();
console.log(differences === 0 ? 'the same bytes' : `${differences} differences`);
process.exitCode = differences === 0 ? 0 : 1;
