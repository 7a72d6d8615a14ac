import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoment } from '../../../src/domain/dates.ts';
import { LLM_PRICES } from '../../../src/ingest/feeds/llm-prices.ts';
import { expectAccounted, literals } from './accounting.ts';
import { importTexts, leftovers, shown } from './documents.ts';

const record = (input: unknown, output: unknown, from: string | null, to: string | null) => ({
  ...{ input, output, input_cached: null, from_date: from, to_date: to },
});

function vendor(models: Readonly<Record<string, readonly object[]>>): string {
  const listed = Object.entries(models).map(([id, history]) => {
    return { id, name: id, price_history: history };
  });
  return JSON.stringify({ vendor: 'openai', models: listed }, null, 1);
}

const dates = (text: string) =>
  importTexts(LLM_PRICES, text).quotes.map((quote) => {
    const until = quote.validUntilMs === null ? 'open' : formatMoment(quote.validUntilMs);
    return `${formatMoment(quote.effectiveAtMs).slice(0, 10)} ${until.slice(0, 10)} ${shown(quote)}`;
  });

describe('llm-prices', () => {
  it('dates a price by its first day, and ends it where the next one begins', () => {
    const history = [
      record(2, 12, '2026-07-30', null),
      record(2.5, 15, '2026-07-09', '2026-07-30'),
    ];
    expect(dates(vendor({ 'gpt-5.6-terra': history }))).toEqual([
      '2026-07-09 2026-07-30 gpt-5.6-terra standard 0: input 2.5, output 15',
      '2026-07-30 open gpt-5.6-terra standard 0: input 2, output 12',
    ]);
  });

  it('reads the flat files as well, a price that is not published being none', () => {
    const row = { id: 'm', vendor: 'x', name: 'M', input: 3, output: 15, input_cached: 0.3 };
    expect(dates(JSON.stringify({ updated_at: '2026-08-01', prices: [row] }))).toEqual([
      '2026-08-01 open m standard 0: input 3, cached_input 0.3, output 15',
    ]);
  });

  it('takes a tier that is written as a model for one, beside its model only', () => {
    const one = [record(2, 12, null, null)];
    const models = { m: one, 'm-272k': [record(4, 18, null, null)], 'n-272k': one, 'm-32k': one };
    expect(importTexts(LLM_PRICES, vendor(models)).quotes.map(shown)).toEqual([
      'm standard 0: input 2, output 12',
      'm standard 272000: input 4, output 18',
      'n-272k standard 0: input 2, output 12',
      'm-32k standard 0: input 2, output 12',
    ]);
  });

  it('holds two records that cover one day', () => {
    const history = [record(10, 40, '2025-04-16', '2025-07-01'), record(2, 8, '2025-06-10', null)];
    const { held, quotes } = importTexts(LLM_PRICES, vendor({ o3: history }));
    expect(quotes).toEqual([]);
    expect(held.map(({ code, quote }) => `${code} ${shown(quote)}`)).toEqual([
      'conflict o3 standard 0: input 10, output 40',
      'conflict o3 standard 0: input 2, output 8',
    ]);
  });

  it('says where no record covers a day', () => {
    const history = [record(10, 40, '2025-04-16', '2025-06-01'), record(2, 8, '2025-06-10', null)];
    const { quotes, documents } = importTexts(LLM_PRICES, vendor({ o3: history }));
    expect(quotes.length).toBe(2);
    expect(documents[0]?.warnings).toMatchObject([
      { code: 'gap', value: '9 days from 2025-06-01T00:00:00Z' },
    ]);
  });

  it('holds a price of the past that does not say when it began: it would overtake', () => {
    const history = [record(10, 40, null, '2025-06-10'), record(2, 8, '2025-06-10', null)];
    const { held, quotes } = importTexts(LLM_PRICES, vendor({ o3: history }));
    expect(quotes.map(shown)).toEqual(['o3 standard 0: input 2, output 8']);
    expect(held).toMatchObject([{ code: 'start_unknown' }]);
  });

  it.each([
    ['no day', record(1, 2, '2026-02-30', null), 'bad_date'],
    ['an end before the start', record(1, 2, '2026-02-03', '2026-02-01'), 'ends_before_it_begins'],
    ['no output', record(1, null, null, null), 'incomplete_no_output'],
    ['0/0', record(0, 0, null, null), 'zero_price'],
    ['words', record('1 dollar', 2, null, null), 'not_a_number'],
    ['a list', [1, 2], 'not_an_entry'],
  ])('does not quote %s', (_, entry, code) => {
    const result = importTexts(LLM_PRICES, vendor({ m: [entry] }));
    expect(result.quotes).toEqual([]);
    expect(result.documents[0]?.tally.filter(({ rows }) => rows > 0)).toMatchObject([{ code }]);
  });

  it('reports a price that a quote has no leg for', () => {
    const entry = { ...record(1, 2, null, null), input_audio: 6 };
    const result = importTexts(LLM_PRICES, vendor({ m: [entry] }));
    expect(leftovers(result)).toEqual(['unused_leg extra_price openai/m input_audio']);
  });
});

const day = fc.constantFrom('null', '"2025-06-10"', '"2025-07-01"', '"2026-09-01"', '"soon"');
const entry = fc.record({
  id: fc.constantFrom('m', 'n', 'm-272k', '__proto__', 'm-32k'),
  from: day,
  to: day,
  prices: fc.uniqueArray(
    fc.tuple(fc.constantFrom('input', 'output', 'input_cached', 'input_audio'), literals),
    { selector: ([field]) => field },
  ),
});

it('accounts for every price of a generated file', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      const text = entries.map(({ id, from, to, prices }) => {
        const fields = prices.map(([field, literal]) => `"${field}": ${literal}`);
        const days = [`"from_date": ${from}`, `"to_date": ${to}`];
        const record = `{${[...days, ...fields].join(', ')}}`;
        return `{"id": "${id}", "price_history": [${record}]}`;
      });
      const result = importTexts(LLM_PRICES, `{"vendor": "x", "models": [${text.join(',\n')}]}`);
      const isTier = entries.some(({ id }) => id === 'm');
      const published = entries.flatMap(({ id, prices }) =>
        prices.map(([field, literal]) => {
          const model = id === 'm-272k' && isTier ? 'm' : id;
          return { model, row: id, field, literal, unit: 'per_mtok' };
        }),
      );
      expectAccounted(result, published, entries.length);
    }),
  );
});
