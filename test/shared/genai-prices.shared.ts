import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatMoment } from '../../src/domain/dates.ts';
import { toText } from '../../src/domain/decimal.ts';
import { GENAI_PRICES, importFeed } from '../../src/index.ts';
import { tallyOf, total } from '../ingest/feeds/documents.ts';

const FILE = '../shared/real/genai-prices/data.v2.2026-08-21.json';
const pages = [{ file: FILE, bytes: readFileSync(FILE) }];
const result = importFeed(GENAI_PRICES, [{ observedAtMs: Date.UTC(2026, 7, 21), pages }]);
const [report] = result.documents;

/** `2025-06-10 0: 2/8` for each quote of a model, by the day it takes effect. */
function history(seller: string, model: string): string[] {
  return result.quotes
    .filter((quote) => quote.seller === seller && quote.model === model)
    .map(({ effectiveAtMs, contextFrom, windowUtc, legs }) => {
      const sides = [legs.input, legs.output].map((leg) => leg && toText(leg)).join('/');
      return [formatMoment(effectiveAtMs).slice(0, 10), windowUtc, `${contextFrom}: ${sides}`]
        .filter(Boolean)
        .join(' ');
    });
}

describe('genai-prices of 2026-08-21', () => {
  it('adds up to its 1,466 models', () => {
    expect(report && total(report, 'rows')).toBe(1466);
    expect(report && tallyOf(report)).toMatchSnapshot();
  });

  it.each([
    ['openai', 'o3', ['2025-06-10 0: 2/8']],
    ['openai', 'gpt-5.6-luna', ['2026-07-30 0: 0.2/1.2', '2026-07-30 272000: 0.4/1.8']],
    ['google', 'gemini-3.6-flash', ['2026-08-21 0: 0.75/3.75', '2027-01-01 0: 1.5/7.5']],
    ['anthropic', 'claude-sonnet-5', ['2026-08-21 0: 2/10', '2026-09-01 0: 3/15']],
    ['anthropic', 'claude-opus-4-6', ['2026-03-13 0: 5/25']],
    [
      ...(['deepseek', 'deepseek-chat'] as const),
      ['2026-08-21 16:30-00:30 0: 0.135/0.55', '2026-08-21 00:30-16:30 0: 0.27/1.1'],
    ],
  ])('has the known prices of %s %s', (seller, model, prices) => {
    expect(history(seller, model)).toEqual(prices);
  });

  it('holds the older of two dated prices, which do not say when they began', () => {
    const older = result.held.filter(({ code }) => code === 'start_unknown');
    expect(older.map(({ quote }) => `${quote.model} ${quote.contextFrom}`).sort()).toEqual([
      ...['claude-opus-4-6 200000', 'claude-sonnet-4-6 200000'],
      ...['gpt-5.6-luna 0', 'gpt-5.6-luna 272000', 'gpt-5.6-terra 0', 'gpt-5.6-terra 272000'],
      ...['o3 0', 'openai.gpt-5.6-luna 0', 'openai.gpt-5.6-terra 0'],
    ]);
  });
});
