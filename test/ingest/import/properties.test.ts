import fc from 'fast-check';
import { expect, it } from 'vitest';
import { equals } from '../../../src/domain/decimal.ts';
import { FEEDS, ROW_FEEDS } from '../../../src/ingest/feeds/catalogue.ts';
import { LITELLM } from '../../../src/ingest/feeds/litellm.ts';
import { amountOf } from '../../../src/ingest/import/amount.ts';
import { importFeed } from '../../../src/ingest/import/run.ts';
import { importRates, importUsage } from '../../../src/ingest/import/run-rows.ts';
import { QUOTES } from '../../../src/ingest/quotes.ts';
import { readTable } from '../../../src/ingest/table.ts';
import { quotesCsv, reportDocument } from '../../../src/publish/import.ts';
import { importTexts, NOON, total } from '../feeds/documents.ts';

const literal = fc.oneof(
  fc.constantFrom(
    '0',
    '-1',
    '1e-06',
    '2.5e-6',
    '2.9999900000000002e-06',
    '0.015',
    '1e300',
    '1e-99',
  ),
  fc
    .tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: -12, max: 2 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`),
);
const field = fc.constantFrom(
  ...['input_cost_per_token', 'output_cost_per_token', 'cache_read_input_token_cost'],
  ...['cache_creation_input_token_cost', 'cache_creation_input_token_cost_above_1hr'],
  ...['input_cost_per_token_above_200k_tokens', 'output_cost_per_token_above_200k_tokens'],
  ...['input_cost_per_token_batches', 'output_cost_per_token_batches', 'input_cost_per_second'],
  ...['output_cost_per_reasoning_token', 'input_cost_per_token_at_night', 'max_tokens'],
);
const entry = fc.record({
  key: fc.oneof(fc.constantFrom('m', 'a/m', 'us.lab.m', '__proto__', 'ft:m'), fc.string()),
  provider: fc.constantFrom('openai', 'bedrock', 'azure', 'x', ''),
  mode: fc.constantFrom('chat', 'embedding'),
  prices: fc.array(fc.tuple(field, literal), { maxLength: 10 }),
});
const document = fc.array(entry, { maxLength: 8 }).map((entries) => ({
  entries,
  text: `{${entries
    .map(({ key, provider, mode, prices }) => {
      const fields = prices.map(([name, value]) => `"${name}": ${value}`);
      const facts = [`"litellm_provider": "${provider}"`, `"mode": "${mode}"`];
      return `${JSON.stringify(key)}: {${[...facts, ...fields].join(', ')}}`;
    })
    .join(',\n')}}`,
}));

it('puts every price into a quote with its exact value, or into the report with a reason', () => {
  fc.assert(
    fc.property(document, ({ entries, text }) => {
      const result = importTexts(LITELLM, text);
      const [report] = result.documents;
      const published = entries.flatMap(({ key, prices }) =>
        prices
          .filter(([name]) => name.includes('cost'))
          .map(([name, value]) => ({ key, name, value })),
      );
      expect(report && total(report, 'rows')).toBe(entries.length);
      expect(report && total(report, 'prices')).toBe(published.length);
      for (const { key, name, value } of published) {
        const isReported = report?.leftovers.some(
          ({ row, price }) => row.id === key && price?.field === name && price.literal === value,
        );
        const exact = amountOf(value, 'per_token');
        const isQuoted = result.quotes.some(
          ({ model, legs }) =>
            model === key && Object.values(legs).some((leg) => exact && equals(leg, exact)),
        );
        expect(isReported || isQuoted, `${key} ${name} ${value}`).toBe(true);
      }
    }),
  );
});

it('writes quotes that can be read again, to the digit', async () => {
  await fc.assert(
    fc.asyncProperty(document, async ({ text }) => {
      const { quotes } = importTexts(LITELLM, text);
      if (quotes.length === 0) return;
      const bytes = [...quotesCsv(quotes)].map((line) => Buffer.from(line));
      const { rows, rejects } = await readTable(QUOTES, bytes, 'quotes.csv');
      expect(rejects).toEqual([]);
      expect([...quotesCsv(rows.map(({ row }) => row))].join('')).toBe(
        [...quotesCsv(quotes)].join(''),
      );
    }),
  );
});

it('reads any bytes in any feed without a crash', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string().map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
    document.chain(({ text }) =>
      fc
        .tuple(fc.nat(text.length), fc.nat(text.length), fc.string({ maxLength: 4 }))
        .map(([from, to, noise]) => Buffer.from(text.slice(0, from) + noise + text.slice(to))),
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...FEEDS), bytes, (feed, found) => {
      const pages = [{ file: 'f', bytes: found }];
      const result = importFeed(feed, [{ observedAtMs: 0, pages }]);
      expect(JSON.stringify(reportDocument(result))).toContain(feed.name);
    }),
    { numRuns: 500 },
  );
});

it('reads any bytes in any feed of usage or rates without a crash', async () => {
  const line = fc.array(fc.constantFrom('2026-08-21', 'EUR', 'USD', '1.1', 'm', '"', ''));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string().map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(`{"data": [${text}], "meta": {"as_of": "2026-08-22"}}`)),
    fc
      .tuple(
        fc.constantFrom('date,base,quote,rate', 'Date,USD,', 'date,model_permaslug,total_tokens'),
        fc.array(line),
      )
      .map(([header, lines]) => Buffer.from([header, ...lines.map(String)].join('\n'))),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ROW_FEEDS), bytes, async (feed, found) => {
      const documents = [{ observedAtMs: NOON, pages: [{ file: 'f', bytes: found }] }];
      const { rows, documents: reports } =
        feed.kind === 'fx'
          ? await importRates(feed, documents)
          : await importUsage(feed, documents);
      const [report] = reports;
      const counted = report?.tally.reduce((sum, one) => sum + one.rows, 0);
      expect(rows.length + (report?.leftovers.length ?? 0)).toBe(counted);
    }),
    { numRuns: 300 },
  );
});
