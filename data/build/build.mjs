// Builds the data book from the price histories in `--shared`/real and the tables beside this
// file. Deterministic: the same inputs give the same bytes. Every judgement is a row of a table
// here, so that the book can be rebuilt, questioned and changed without touching code.
//
//   npm run build && node data/build/build.mjs [--shared ../shared] [--out data]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  ECB_RATES,
  importRates,
  importUsage,
  OPENROUTER_RANKINGS,
  ratesCsv,
  usageCsv,
} from '../../dist/index.js';
import { gpuModels, writeGpuQuotes } from './gpu.mjs';
import { mergeOffer } from './merge.mjs';
import { findMapping, NameBook, ownName } from './names.mjs';
import { readEvents } from './sources.mjs';
import { byColumns, byText, normalizePrice, readTable, writeTable } from './tables.mjs';

const LAST_DAY = '2026-08-21';
const FETCHED_AT = '2026-08-22T00:05:21Z';
const SELLER_NOT_TAKEN = 'seller not taken: a reseller, router, subscription or catalogue';
const QUOTE_COLUMNS = [
  'seller',
  'model',
  'effective_at',
  'input',
  'output',
  'cached_input',
  'context_from',
  'window_utc',
  'source',
];
const CORRECTION_COLUMNS = [
  'seller',
  'model',
  'effective_at',
  'was_input',
  'was_output',
  'was_cached_input',
  'input',
  'output',
  'cached_input',
  'reason',
  'known_since',
  'source',
];

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    shared: { type: 'string', default: '../shared' },
    out: { type: 'string', default: 'data' },
  },
});
await main(join(options.shared, 'real'), options.out);

async function main(realDir, outDir) {
  const tables = readDecisionTables();
  const { offers, leftOut } = sortIntoOffers(readEvents(realDir), tables);
  const book = mergeOffers(offers, tables, leftOut);
  addUndecidable(book, tables, realDir);
  for (const folder of ['quotes', 'usage', 'fx']) {
    mkdirSync(join(outDir, folder), { recursive: true });
  }
  writeQuotes(outDir, book);
  writeModels(outDir, book, tables);
  writeSellers(outDir, book, tables);
  await writeUsageAndFx(outDir, realDir);
  writeGpuQuotes(outDir, realDir, tables.gpus);
  writeLeftOut(book.leftOut);
  printSummary(book);
}

function readDecisionTables() {
  const table = (name) => readTable(join(here, `${name}.csv`));
  const catalogue = table('catalogue');
  return {
    catalogue,
    names: new NameBook(catalogue, table('names')),
    sellers: table('sellers'),
    notTaken: table('sellers-not-taken'),
    aliases: table('aliases'),
    decisions: table('decisions').map((row) => ({ ...row, uses: 0 })),
    extra: table('extra'),
    usageNames: table('usage-names'),
    gpus: table('gpus'),
  };
}

function sortIntoOffers(events, tables) {
  const offers = new Map();
  const leftOut = [];
  for (const event of events) {
    const placed = place(event, tables);
    if (placed.reason !== undefined) leftOut.push(placed);
    else offers.set(placed.offer, [...(offers.get(placed.offer) ?? []), placed]);
  }
  return { offers, leftOut };
}

function place(event, { sellers, notTaken, names }) {
  const mapping = findMapping(sellers, event);
  if (mapping === undefined) {
    const known = notTaken.find(
      (row) => row.source === event.source && row.source_seller === event.vendor,
    );
    return { ...event, reason: known?.reason ?? SELLER_NOT_TAKEN };
  }
  const name = ownName(event, mapping);
  const placed = { ...event, name, seller: mapping.seller, file: mapping.file };
  if (event.date > LAST_DAY) return { ...placed, reason: `announced for a day after ${LAST_DAY}` };
  const resolved = names.resolve(name, mapping);
  if (resolved.leftOut !== undefined) return { ...placed, reason: resolved.leftOut };
  const meaning = resolved.alias ?? resolved.model;
  const kind = resolved.alias === undefined ? 'model' : 'alias';
  const offer = [mapping.file, mapping.seller, kind, meaning, event.contextFrom].join('\t');
  return { ...placed, meaning, model: resolved.model, offer };
}

function mergeOffers(offers, { decisions }, leftOut) {
  const book = {
    quotes: [],
    corrections: [],
    leftOut: [...leftOut],
    offers: [],
    disagreements: [],
  };
  for (const key of [...offers.keys()].sort(byText)) {
    const events = offers.get(key);
    const history = mergeOffer(events, (event) => findDecision(decisions, event));
    book.leftOut.push(...history.leftOut);
    if (history.kept.length > 0) addOffer(book, events, history);
  }
  const unused = decisions.filter((row) => row.uses === 0);
  if (unused.length > 0) {
    const list = unused.map((r) => [r.seller, r.model, r.source, r.effective_date].join(' '));
    throw new Error(`decisions that match no event:\n${list.join('\n')}`);
  }
  return book;
}

function findDecision(decisions, event) {
  const same = (wanted, found) => wanted === '' || normalizePrice(wanted) === found;
  const row = decisions.find(
    (candidate) =>
      candidate.seller === event.seller &&
      candidate.source === event.source &&
      candidate.effective_date === event.date &&
      event.event !== 'removed' &&
      (candidate.model === '*' || candidate.model === event.meaning) &&
      same(candidate.input, event.input) &&
      same(candidate.output, event.output) &&
      same(candidate.cached_input, event.cached),
  );
  if (row !== undefined) row.uses += 1;
  return row;
}

function addOffer(book, events, history) {
  const { seller, file, meaning, model, contextFrom } = events[0];
  const name = displayName(events, history);
  if (contextFrom === '') book.offers.push({ seller, name, meaning, model });
  for (const event of history.kept) {
    book.quotes.push({
      file,
      seller,
      model: name,
      effective_at: event.date,
      input: event.input,
      output: event.output,
      cached_input: event.cached,
      context_from: contextFrom,
      source: event.cite,
      canonical: meaning,
    });
    if (event.disagrees) book.disagreements.push({ ...event, seller, meaning });
    if (event.decision) book.corrections.push(toCorrection(seller, name, event));
  }
}

// The curated panel's spelling, else the model's plain name, else the newest that confirms a price.
function displayName(events, { kept, leftOut }) {
  const repeats = leftOut.filter((event) => event.reason.startsWith('repeats'));
  const newestFirst = [...kept, ...repeats].sort(
    (a, b) => byText(b.date, a.date) || byText(a.source, b.source) || b.sequence - a.sequence,
  );
  const curated = events.filter((event) => event.source === 'curated');
  const names = [...curated, ...newestFirst].map((event) => event.name);
  const plain = names.find((name) => name.toLowerCase() === events[0].meaning);
  return plain ?? curated.at(-1)?.name ?? names[0];
}

function toCorrection(seller, model, event) {
  const { decision } = event;
  return {
    seller,
    model,
    effective_at: event.date,
    was_input: event.input,
    was_output: event.output,
    was_cached_input: event.cached,
    input: decision.to_input,
    output: decision.to_output,
    cached_input: decision.to_cached_input,
    reason: decision.reason,
    known_since: '',
    source: event.cite,
  };
}

// Rows that no dated event file has: context tiers, peak prices, and three models that only a
// snapshot shows, dated by the snapshot.
function addUndecidable(book, { extra, names, sellers }, realDir) {
  const fileOf = new Map(sellers.map((row) => [row.seller, row.file]));
  for (const row of extra) {
    const { seller, model } = row;
    if (!names.models.has(model)) throw new Error(`extra.csv: ${model} is not in the catalogue`);
    const known = book.offers.find((offer) => offer.seller === seller && offer.meaning === model);
    if (known === undefined) book.offers.push({ seller, name: model, meaning: model, model });
    book.quotes.push({
      ...row,
      file: fileOf.get(row.seller),
      model: known?.name ?? row.model,
      canonical: row.model,
    });
  }
  for (const row of readTable(join(realDir, 'prices/time_of_day_prices.csv'))) addPeak(book, row);
}

function addPeak(book, row) {
  const days = /^Mon-Fri/.exec(row.days)?.[0];
  if (row.effective_date === '' || days === undefined) {
    book.leftOut.push({
      source: 'time of day',
      vendor: row.vendor,
      quotedName: row.model,
      date: row.effective_date,
      reason: 'hours of an old discount without a start date',
    });
    return;
  }
  book.quotes.push({
    file: 'first-party',
    seller: row.vendor,
    model: row.model,
    effective_at: row.effective_date,
    input: normalizePrice(row.input_usd_per_mtok),
    output: normalizePrice(row.output_usd_per_mtok),
    cached_input: normalizePrice(row.cached_input_usd_per_mtok),
    context_from: '',
    window_utc: `${days} ${row.window_utc}`,
    source: row.source,
    canonical: row.model,
  });
}

function writeQuotes(outDir, { quotes, corrections }) {
  const order = byColumns('seller', 'model', 'effective_at', 'context_from', 'window_utc');
  for (const file of ['first-party', 'clouds', 'hosts']) {
    const rows = quotes.filter((row) => row.file === file).sort(order);
    const filled = QUOTE_COLUMNS.filter((column) => rows.some((row) => (row[column] ?? '') !== ''));
    writeTable(join(outDir, 'quotes', `${file}.csv`), filled, rows);
  }
  const sorted = [...corrections].sort(byColumns('seller', 'model', 'effective_at'));
  writeTable(join(outDir, 'corrections.csv'), CORRECTION_COLUMNS, sorted);
}

function writeModels(outDir, { offers }, { catalogue, names, aliases, usageNames, gpus }) {
  const tokens = [
    ...catalogue.map((row) => ({ model: row.model, seller: '', seller_model: row.model })),
    ...usageNames.map((row) => ({ model: row.model, seller: '', seller_model: row.slug })),
    ...offers.flatMap((offer) => aliasRows(offer, aliases)),
  ].map((row) => ({ ...row, ...facts(names, row.model) }));
  const rows = [...tokens, ...gpuModels(gpus)];
  rows.sort(byColumns('model', 'seller', 'seller_model', 'from'));
  const columns = 'model,lab,class,open_weights,seller,seller_model,from,until'.split(',');
  writeTable(join(outDir, 'models.csv'), columns, rows);
}

function facts(names, model) {
  const known = names.models.get(model);
  if (known === undefined) throw new Error(`${model} is not in the catalogue`);
  return { lab: known.lab, class: known.class, open_weights: known.open_weights };
}

function aliasRows(offer, aliases) {
  if (offer.model !== undefined) {
    return [{ model: offer.model, seller: offer.seller, seller_model: offer.name }];
  }
  const periods = aliases.filter(
    (row) => row.seller === offer.seller && row.seller_model === offer.meaning,
  );
  if (periods.length === 0)
    throw new Error(`alias without a period: ${offer.seller} ${offer.name}`);
  return periods.map((row) => ({ ...row, seller_model: offer.name }));
}

function writeSellers(outDir, { quotes }, { sellers }) {
  const ownerOf = new Map(sellers.map((row) => [row.seller, row.owner]));
  const quoting = [...new Set(quotes.map((row) => row.seller))].sort(byText);
  const rows = quoting.map((seller) => ({ seller, owner: ownerOf.get(seller) }));
  writeTable(join(outDir, 'sellers.csv'), ['seller', 'owner'], rows);
}

// By the importers that an administrator has. The rankings came without the time as of which they
// stand, so each figure counts as published at the end of its day.
async function writeUsageAndFx(outDir, realDir) {
  const documentOf = (name) => {
    const file = join(realDir, name);
    return [{ observedAtMs: Date.parse(FETCHED_AT), pages: [{ file, bytes: readFileSync(file) }] }];
  };
  const rankings = documentOf('usage/openrouter_daily_top50_2026.csv');
  const usage = complete(await importUsage(OPENROUTER_RANKINGS, rankings)).map((row) => ({
    ...row,
    publishedAtMs: row.periodEndMs,
    source: 'OpenRouter rankings-daily',
  }));
  writeFileSync(join(outDir, 'usage/openrouter-2026.csv'), [...usageCsv(usage)].join(''));
  const rates = await importRates(ECB_RATES, documentOf('fx/ecb_eur_reference_rates.csv'));
  writeFileSync(join(outDir, 'fx/ecb.csv'), [...ratesCsv(complete(rates))].join(''));
}

function complete({ feed, rows, documents }) {
  const left = documents.flatMap(({ faults, leftovers }) => [...faults, ...leftovers]);
  if (left.length > 0) throw new Error(`${feed}: ${left.length} rows were not taken`);
  return rows;
}

function writeLeftOut(leftOut) {
  const rows = leftOut
    .filter((event) => event.source !== 'models.dev' && event.source !== 'litellm')
    .map((event) => ({
      source: event.source,
      seller: event.vendor,
      model: event.quotedName,
      effective_date: event.date,
      reason: event.reason,
    }));
  const columns = ['source', 'seller', 'model', 'effective_date', 'reason'];
  writeTable(join(here, 'left-out.csv'), columns, rows.sort(byColumns(...columns)));
}

function printSummary({ quotes, corrections, leftOut, disagreements }) {
  const counts = (rows, key) => {
    const totals = new Map();
    for (const row of rows) totals.set(key(row), (totals.get(key(row)) ?? 0) + 1);
    return [...totals].sort((a, b) => b[1] - a[1] || byText(a[0], b[0]));
  };
  const print = (title, lines) => console.log([title, ...lines].join('\n  '), '\n');
  print(
    'quotes',
    counts(quotes, (row) => row.file).map(([file, n]) => `${n} ${file}`),
  );
  print('corrections', [`${corrections.length}`]);
  for (const source of ['curated', 'facts', 'models.dev', 'litellm']) {
    const rows = leftOut.filter((event) => event.source === source);
    print(
      `left out of ${source}: ${rows.length}`,
      counts(rows, (row) => row.reason).map(([reason, n]) => `${n} ${reason}`),
    );
  }
  print(
    'kept although a second catalogue opens with another price',
    disagreements.map((event) =>
      [event.seller, event.meaning, event.date, event.input, event.output, event.source].join(' '),
    ),
  );
}
