import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoment } from '../../../src/domain/dates.ts';
import { GENAI_PRICES } from '../../../src/ingest/feeds/genai-prices.ts';
import { expectAccounted, literals } from './accounting.ts';
import { importTexts, leftovers, shown } from './documents.ts';

function provider(models: Readonly<Record<string, unknown>>, id = 'openai', facts = {}): string {
  const listed = Object.entries(models).map(([model, prices]) => ({ id: model, prices }));
  return JSON.stringify([{ id, ...facts, models: listed }], null, 1);
}

const pair = (input: unknown, output: unknown) => ({ input_mtok: input, output_mtok: output });
const from = (day: string, prices: object) => ({ constraint: { start_date: day }, prices });
const tiers = (base: number, ...above: readonly (readonly [number, number])[]) => ({
  base,
  tiers: above.map(([start, price]) => ({ start, price })),
});

/** `2026-07-30 00:30-16:30 …` */
function lines(...texts: readonly string[]) {
  return importTexts(GENAI_PRICES, ...texts).quotes.map((quote) =>
    [formatMoment(quote.effectiveAtMs).slice(0, 10), quote.windowUtc, shown(quote)]
      .filter(Boolean)
      .join(' '),
  );
}

describe('genai-prices', () => {
  it('reads a number and an object in one model, and a flat leg at every tier', () => {
    const prices = { ...pair(tiers(0.2, [128000, 0.4]), tiers(0.5, [128000, 1])) };
    const text = provider({ m: { ...prices, cache_read_mtok: 0.05 } });
    const result = importTexts(GENAI_PRICES, text);
    expect(result.quotes.map(shown)).toEqual([
      'm standard 0: input 0.2, cached_input 0.05, output 0.5',
      'm standard 128000: input 0.4, cached_input 0.05, output 1',
    ]);
    expect(result.documents[0]?.tally).toMatchObject([{ rows: 1, prices: 5 }]);
  });

  it('holds the older price, which has no start, and dates the newer', () => {
    const o3 = [{ prices: pair(10, 40) }, from('2025-06-10', pair(2, 8))];
    const { held, quotes } = importTexts(GENAI_PRICES, provider({ o3 }));
    expect(quotes.map(({ effectiveAtMs }) => formatMoment(effectiveAtMs))).toEqual([
      '2025-06-10T00:00:00Z',
    ]);
    expect(held).toMatchObject([{ code: 'start_unknown' }]);
    expect(held[0]?.quote.validUntilMs).toBe(Date.UTC(2025, 5, 10));
  });

  it('knows a price that has been replaced since it was seen', () => {
    const before = provider({ m: pair(3, 15) });
    const after = provider({ m: [{ prices: pair(3, 15) }, from('2026-08-02', pair(2, 10))] });
    const { quotes, held } = importTexts(GENAI_PRICES, before, after);
    expect(quotes.map(shown)).toEqual([
      'm standard 0: input 3, output 15',
      'm standard 0: input 2, output 10',
    ]);
    expect(held).toEqual([]);
  });

  it('stores an announced price with its day, and another one when it is revised', () => {
    const now = { prices: pair(2, 10) };
    const announced = provider({ m: [now, from('2026-09-01', pair(3, 15))] });
    const revised = provider({ m: [now, from('2026-09-01', pair(4, 20))] });
    expect(lines(announced, revised)).toEqual([
      '2026-08-01 m standard 0: input 2, output 10',
      '2026-09-01 m standard 0: input 3, output 15',
      '2026-09-01 m standard 0: input 4, output 20',
    ]);
  });

  it('takes the first price for that of the hours which the second leaves', () => {
    const hours = { start_time: '00:30:00Z', end_time: '16:30:00Z' };
    const chat = [{ prices: pair(0.135, 0.55) }, { constraint: hours, prices: pair(0.27, 1.1) }];
    expect(lines(provider({ chat }))).toEqual([
      '2026-08-01 16:30-00:30 chat standard 0: input 0.135, output 0.55',
      '2026-08-01 00:30-16:30 chat standard 0: input 0.27, output 1.1',
    ]);
  });

  it('ends a tier on the day from which there is none', () => {
    const old = pair(tiers(5, [200000, 10]), tiers(25, [200000, 37.5]));
    const text = provider({ m: [{ prices: old }, from('2026-09-13', pair(5, 25))] });
    const { quotes } = importTexts(GENAI_PRICES, text);
    expect(quotes.map((quote) => [quote.contextFrom, quote.validUntilMs])).toEqual([
      [0, null],
      [200000, Date.UTC(2026, 8, 13)],
      [0, null],
    ]);
  });

  it.each([
    ['aws', 'regional.anthropic.claude', 'aws-bedrock', 'regional'],
    ['aws', 'global.anthropic.claude', 'aws-bedrock', 'global'],
    ['x-ai', 'grok', 'xai', 'global'],
    ['constructor', 'm', 'constructor', 'global'],
  ])('knows the seller and region of %s %s', (id, model, seller, region) => {
    const { quotes } = importTexts(GENAI_PRICES, provider({ [model]: pair(1, 2) }, id));
    expect(quotes).toMatchObject([{ seller, region, model, venue: 'genai-prices' }]);
  });

  it.each([
    ['no prices', {}, 'rejected no_price'],
    ['input only', { input_mtok: 1 }, 'rejected incomplete_no_output'],
    [
      'a strange constraint',
      [{ constraint: { moon: 'full' }, prices: pair(1, 2) }],
      'rejected constraint_unknown',
    ],
    [
      'seconds',
      [{ constraint: { start_time: '00:30:30Z', end_time: '16:30:00Z' }, prices: pair(1, 2) }],
      'rejected constraint_unknown',
    ],
    ['no day', [from('2026-02-30', pair(1, 2))], 'rejected constraint_unknown'],
    [
      'a tier without start',
      pair({ tiers: [{ price: 3 }] }, { tiers: [{ price: 3 }] }),
      'rejected context_threshold_unknown',
    ],
    ['requests', { requests_kcount: 5 }, 'rejected unit_not_tokens'],
    ['words', pair('one', 2), 'rejected not_a_number'],
  ])('does not quote %s', (_, prices, verdict) => {
    const result = importTexts(GENAI_PRICES, provider({ m: prices }));
    expect(result.quotes).toEqual([]);
    const rows = result.documents[0]?.tally.filter((line) => line.rows > 0);
    expect(rows?.map(({ disposition, code }) => `${disposition} ${code}`)).toEqual([verdict]);
  });

  it('shows what its authors could only say in words', () => {
    const facts = { price_comments: 'converted to USD at 7.25 CNY' };
    const { documents } = importTexts(GENAI_PRICES, provider({ m: pair(1, 2) }, 'zhipuai', facts));
    expect(documents[0]?.warnings).toMatchObject([{ code: 'converted', column: 'zhipuai' }]);
  });

  it('keeps a write for five minutes and reports that for an hour', () => {
    const prices = { ...pair(3, 15), cache_write_5m_mtok: 3.75, cache_write_1h_mtok: 6 };
    const result = importTexts(GENAI_PRICES, provider({ m: prices }));
    expect(result.quotes.map(shown)).toEqual([
      'm standard 0: input 3, cache_write 3.75, output 15',
    ]);
    expect(leftovers(result)).toEqual([
      'unused_leg cache_ttl_1h openai/m prices.cache_write_1h_mtok',
    ]);
  });
});

const field = fc.constantFrom(
  ...['input_mtok', 'output_mtok', 'cache_read_mtok', 'cache_write_mtok', 'cache_write_5m_mtok'],
  ...['cache_write_1h_mtok', 'input_audio_mtok', 'requests_kcount'],
);
const amount = fc.oneof(
  literals.map((literal) => ({ text: literal, literals: [literal] })),
  fc
    .tuple(literals, fc.array(fc.tuple(fc.constantFrom(128000, 200000), literals)))
    .map(([base, above]) => ({
      text: `{"base": ${base}, "tiers": [${above
        .map(([start, price]) => `{"start": ${start}, "price": ${price}}`)
        .join()}]}`,
      literals: [base, ...above.map(([, price]) => price)],
    })),
);
const prices = fc.uniqueArray(fc.tuple(field, amount), { selector: ([name]) => name });
const constraint = fc.constantFrom(
  ...['null', '{"start_date": "2025-06-10"}', '{"start_date": "2027-01-01"}', '{"moon": 1}'],
  '{"start_time": "00:30:00Z", "end_time": "16:30:00Z"}',
);
const model = fc.record({
  id: fc.constantFrom('m', 'n', 'o', '__proto__'),
  entries: fc.array(fc.tuple(constraint, prices), { minLength: 1, maxLength: 3 }),
});

it('accounts for every price of a generated file', () => {
  fc.assert(
    fc.property(fc.array(model, { maxLength: 5 }), (models) => {
      const text = models.map(({ id, entries }) => {
        const listed = entries.map(([limit, own]) => {
          const fields = own.map(([name, { text }]) => `"${name}": ${text}`).join();
          return `{"constraint": ${limit}, "prices": {${fields}}}`;
        });
        return `{"id": "${id}", "prices": [${listed.join()}]}`;
      });
      const published = models.flatMap(({ id, entries }) =>
        entries.flatMap(([, own]) =>
          own.flatMap(([, { literals: all }]) =>
            all.map((literal) => ({ row: id, model: id, literal, unit: 'per_mtok' })),
          ),
        ),
      );
      const document = `[{"id": "x", "models": [${text.join(',\n')}]}]`;
      expectAccounted(importTexts(GENAI_PRICES, document), published, models.length);
    }),
  );
});
