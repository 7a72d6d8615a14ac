// Reports on the built book: what must hold (exit code 1 if it does not) and what a reader should
// look at. Numbers are floats here because nothing of this is published.
//
//   node data/build/check.mjs [--book data]
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { byText, readTable } from './tables.mjs';

const { values: options } = parseArgs({ options: { book: { type: 'string', default: 'data' } } });
const LEVEL_RATIO = 3;
const LEVEL_RATIO_TO_REVIEW = 10;
const MOVE_RATIO = 5;
const here = dirname(fileURLToPath(import.meta.url));
const reviewed = new Set(readTable(join(here, 'reviewed.csv')).map(findingKey));
let failures = 0;
main(options.book);

function main(bookDir) {
  const book = readBook(bookDir);
  checkKeys(book);
  checkCorrections(book);
  checkNames(book);
  checkTies(book);
  reportLabs(book);
  reportUsage(book);
  reportHosts(book);
  checkReviewed([...reportLevels(book), ...reportMoves(book)]);
  process.exitCode = failures > 0 ? 1 : 0;
}

function readBook(bookDir) {
  const table = (name) => readTable(join(bookDir, name));
  const files = ['first-party', 'clouds', 'hosts'];
  const quotes = files.flatMap((file) => table(`quotes/${file}.csv`).map((r) => ({ ...r, file })));
  const corrections = table('corrections.csv');
  const models = table('models.csv');
  return {
    quotes,
    corrections,
    models,
    usage: table('usage/openrouter-2026.csv'),
    aliases: groupBy(models, (row) => row.seller_model),
    facts: new Map(models.map((row) => [row.model, row])),
    corrected: correctQuotes(quotes, corrections),
  };
}

function correctQuotes(quotes, corrections) {
  const byKey = new Map(corrections.map((row) => [rowKey(row), row]));
  return quotes.flatMap((quote) => {
    const fix = isBase(quote) ? byKey.get(rowKey(quote)) : undefined;
    if (fix === undefined) return [quote];
    if (fix.input === '') return [];
    return [{ ...quote, input: fix.input, output: fix.output, cached_input: fix.cached_input }];
  });
}

function rowKey(row) {
  return `${row.seller}\t${row.model}\t${row.effective_at}`;
}

function isBase(quote) {
  return (quote.context_from ?? '') === '' && (quote.window_utc ?? '') === '';
}

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

function resolve({ aliases }, seller, name, day) {
  const holds = ({ from, until }) => (from === '' || from <= day) && (until === '' || day < until);
  const rows = (aliases.get(name) ?? []).filter(holds);
  return (rows.find((row) => row.seller === seller) ?? rows.find((row) => row.seller === ''))
    ?.model;
}

/** Model -> seller -> the quote in force on a day, the latest one where two names meet. */
function pricesOn(book, day, files) {
  const latest = new Map();
  for (const quote of book.corrected) {
    if (!isBase(quote) || quote.effective_at > day || !files.includes(quote.file)) continue;
    const key = `${quote.seller}\t${quote.model}`;
    if ((latest.get(key)?.effective_at ?? '') <= quote.effective_at) latest.set(key, quote);
  }
  const prices = new Map();
  for (const quote of latest.values()) {
    const model = resolve(book, quote.seller, quote.model, day) ?? `unmapped ${quote.model}`;
    const sellers = prices.get(model) ?? prices.set(model, new Map()).get(model);
    const other = sellers.get(quote.seller);
    if (other === undefined || other.effective_at < quote.effective_at) {
      sellers.set(quote.seller, quote);
    }
  }
  return prices;
}

function firstDays(book) {
  const first = new Map();
  for (const quote of book.corrected) {
    for (const row of book.aliases.get(quote.model) ?? []) {
      if (row.seller !== quote.seller) continue;
      if (row.until !== '' && row.until <= quote.effective_at) continue;
      const day = [row.from, quote.effective_at].sort(byText).at(-1);
      if (!first.has(row.model) || day < first.get(row.model)) first.set(row.model, day);
    }
  }
  return first;
}

function fail(title, lines) {
  if (lines.length === 0) return console.log(`ok    ${title}`);
  failures += 1;
  console.log(`FAIL  ${title}\n${lines.map((line) => `        ${line}`).join('\n')}`);
}

function report(title, lines) {
  console.log(`\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

function checkKeys({ quotes }) {
  const key = (row) => `${rowKey(row)}\t${row.context_from ?? ''}\t${row.window_utc ?? ''}`;
  const twice = [...groupBy(quotes, key)].filter(([, rows]) => rows.length > 1);
  fail(
    'one quote per key and day',
    twice.map(([name]) => name),
  );
  const isPrice = (leg) => /^\d+(\.\d+)?$/.test(leg) && Number(leg) > 0;
  const bad = quotes.filter((quote) => !isPrice(quote.input) || !isPrice(quote.output));
  fail('every quote has two positive legs', bad.map(rowKey));
}

function checkCorrections({ quotes, corrections }) {
  const found = new Map(quotes.filter(isBase).map((row) => [rowKey(row), row]));
  const stray = corrections.filter((row) => {
    const quote = found.get(rowKey(row));
    return (
      quote === undefined ||
      quote.input !== row.was_input ||
      quote.output !== row.was_output ||
      quote.cached_input !== row.was_cached_input
    );
  });
  fail('every correction matches a quote', stray.map(rowKey));
}

function checkNames(book) {
  const days = ['2024-01-02', '2025-01-01', '2026-01-01', '2026-08-21'];
  const unmapped = book.quotes.filter((quote) =>
    [...days, quote.effective_at].some(
      (day) =>
        day >= quote.effective_at && resolve(book, quote.seller, quote.model, day) === undefined,
    ),
  );
  fail('every quoted name is mapped', [...new Set(unmapped.map(rowKey))]);
  const overlaps = [...groupBy(book.models, (r) => `${r.seller}\t${r.seller_model}`)].filter(
    ([, rows]) => {
      const sorted = [...rows].sort((a, b) => byText(a.from, b.from));
      return sorted.some((row, i) => i > 0 && row.from !== sorted[i - 1].until);
    },
  );
  fail('a name means the same with and without its seller', tornNames(book));
  fail(
    'alias periods meet without gap or overlap',
    overlaps.map(([name]) => name),
  );
}

function tornNames({ models }) {
  const general = models.filter((row) => row.seller === '');
  const anywhere = new Map(general.map((row) => [row.seller_model, row.model]));
  return models
    .filter(({ model, seller_model: name }) => (anywhere.get(name) ?? model) !== model)
    .map((row) => row.seller_model);
}

function checkTies(book) {
  const clashes = [];
  const listings = groupBy(book.corrected.filter(isBase), (r) => `${r.seller} ${r.effective_at}`);
  for (const [key, rows] of listings) {
    const day = key.split(' ')[1];
    const named = (row) => resolve(book, row.seller, row.model, day);
    for (const [model, twins] of groupBy(rows, named)) {
      const prices = new Set(twins.map((row) => `${row.input}/${row.output}`));
      if (prices.size > 1) clashes.push(`${key} ${model}: ${[...prices].join(' and ')}`);
    }
  }
  fail('two names of one model never disagree on a day', clashes);
}

function reportLabs(book) {
  const first = firstDays(book);
  const days = ['2024-01-02', '2024-07-01', '2025-01-01', '2025-07-01', '2026-01-01', '2026-07-01'];
  for (const day of days) {
    const yearAgo = new Date(Date.parse(day) - 365 * 86_400_000).toISOString().slice(0, 10);
    const labs = new Map();
    for (const [model, sellers] of pricesOn(book, day, ['first-party'])) {
      const fact = book.facts.get(model);
      if (!sellers.has(fact?.lab) || first.get(model) < yearAgo) continue;
      labs.set(fact.lab, [...(labs.get(fact.lab) ?? []), `${model}(${fact.class[0]})`]);
    }
    const lines = [...labs].sort((a, b) => byText(a[0], b[0]));
    report(
      `first-party models at most 365 days old on ${day}`,
      lines.map(([lab, models]) => `${lab} ${models.length}: ${models.sort().join(' ')}`),
    );
  }
}

function reportUsage(book) {
  const periods = [
    ['2026-05-27', '2026-06-24'],
    ['2026-07-01', '2026-08-01'],
    ['2026-07-01', '2026-08-22'],
  ];
  for (const [from, until] of periods) {
    const priced = new Set(pricesOn(book, until, ['first-party', 'clouds', 'hosts']).keys());
    const sums = { all: 0, paid: 0, priced: 0 };
    const missing = new Map();
    for (const row of book.usage) {
      if (row.date < from || row.date >= until) continue;
      const tokens = Number(row.total_tokens);
      sums.all += tokens;
      if (row.model === 'other' || row.model.endsWith(':free')) continue;
      sums.paid += tokens;
      if (priced.has(resolve(book, '', row.model, row.date))) sums.priced += tokens;
      else missing.set(row.model, (missing.get(row.model) ?? 0) + tokens);
    }
    const top = [...missing].sort((a, b) => b[1] - a[1]).slice(0, 8);
    const share = percent(sums.priced, sums.paid);
    report(
      `usage ${from} until ${until}: ${share} of the paid and named tokens are priced`,
      top.map(([name, tokens]) => `${percent(tokens, sums.paid)} ${name}`),
    );
  }
}

function percent(part, whole) {
  return `${((100 * part) / whole).toFixed(1)}%`;
}

function reportHosts(book) {
  const days = ['2025-09-01', '2026-01-01', '2026-06-01', '2026-07-01'];
  const counts = new Map();
  days.forEach((day, i) => {
    for (const [model, sellers] of pricesOn(book, day, ['hosts'])) {
      const row =
        counts.get(model) ??
        counts
          .set(
            model,
            days.map(() => 0),
          )
          .get(model);
      row[i] = sellers.size;
    }
  });
  const many = [...counts].filter(([, row]) => Math.max(...row) >= 3);
  const lines = many.sort((a, b) => byText(a[0], b[0]));
  report(
    `hosts per open-weight model on ${days.join(', ')} (three or more)`,
    lines.map(([model, row]) => `${row.join(' ')}  ${model}`),
  );
  const enough = days.map((_, i) => [...counts.values()].filter((row) => row[i] >= 3).length);
  console.log(`  models with three or more hosts: ${enough.join(' ')}`);
}

function reportLevels(book) {
  const findings = new Map();
  const days = ['2024-07-01', '2025-03-01', '2025-09-01', '2026-01-01', '2026-06-01', '2026-08-21'];
  for (const day of days) {
    for (const [model, sellers] of pricesOn(book, day, ['first-party', 'clouds', 'hosts'])) {
      if (sellers.size < 3) continue;
      for (const finding of farFromMedian(model, sellers)) {
        const known = findings.get(findingKey(finding));
        if (known === undefined || known.ratio < finding.ratio) {
          findings.set(findingKey(finding), finding);
        }
      }
    }
  }
  const all = [...findings.values()].sort((a, b) => b.ratio - a.ratio);
  report(`more than ${LEVEL_RATIO} times off the median of the sellers`, all.map(findingLine));
  return all.filter((finding) => finding.ratio > LEVEL_RATIO_TO_REVIEW);
}

function farFromMedian(model, sellers) {
  const blends = [...sellers.values()].map(blend).sort((a, b) => a - b);
  const middle = blends[Math.floor(blends.length / 2)];
  return [...sellers]
    .map(([seller, quote]) => ({
      seller,
      model,
      effective_at: quote.effective_at,
      finding: 'level',
      ratio: Math.max(blend(quote) / middle, middle / blend(quote)),
      text: `${quote.input}/${quote.output}`,
    }))
    .filter((finding) => finding.ratio > LEVEL_RATIO);
}

function blend(quote) {
  return 0.75 * Number(quote.input) + 0.25 * Number(quote.output);
}

function reportMoves(book) {
  const offers = groupBy(book.corrected.filter(isBase), (row) => `${row.seller}\t${row.model}`);
  const findings = [...offers.values()].flatMap((rows) => {
    const history = [...rows].sort((a, b) => byText(a.effective_at, b.effective_at));
    return history.slice(1).map((quote, i) => move(history[i], quote));
  });
  const large = findings.filter((finding) => finding.ratio > MOVE_RATIO);
  report(`moves of more than ${MOVE_RATIO} times`, large.map(findingLine));
  return large;
}

function move(before, after) {
  const steps = ['input', 'output'].map((leg) => Number(after[leg]) / Number(before[leg]));
  return {
    seller: after.seller,
    model: after.model,
    effective_at: after.effective_at,
    finding: 'move',
    ratio: Math.max(...steps.map((step) => Math.max(step, 1 / step))),
    text: `${before.input}/${before.output} -> ${after.input}/${after.output}`,
  };
}

function findingKey({ seller, model, effective_at, finding }) {
  return [seller, model, effective_at, finding].join(' ');
}

function findingLine(finding) {
  return `${finding.ratio.toFixed(1)}x  ${findingKey(finding)} ${finding.text}`;
}

function checkReviewed(findings) {
  console.log('');
  const open = findings.filter((finding) => !reviewed.has(findingKey(finding)));
  fail('every large deviation has a decision in reviewed.csv', open.map(findingLine));
}
