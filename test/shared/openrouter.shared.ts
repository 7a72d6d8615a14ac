import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importFeed, OPENROUTER } from '../../src/index.ts';
import { shown, tallyOf, total } from '../ingest/feeds/documents.ts';

const FILE = 'openrouter_models_2026-08-01.json';
const bytes = readFileSync(`../shared/real/openrouter/${FILE}`);
const result = importFeed(OPENROUTER, [
  { observedAtMs: Date.UTC(2026, 7, 1), pages: [{ file: FILE, bytes }] },
]);
const quotesOf = (name: string) => result.quotes.filter(({ model }) => model === name).map(shown);

describe('the models of OpenRouter', () => {
  it('add up to 336 rows, of which 304 have a price', () => {
    const [report] = result.documents;
    expect(report && total(report, 'rows')).toBe(336);
    expect(report && tallyOf(report)).toEqual([
      'accepted: 303 rows, 974 prices',
      'held output_below_input: 1 rows, 3 prices',
      'rejected alias: 10 rows, 70 prices',
      'rejected variable_price: 5 rows, 10 prices',
      'rejected zero_price: 17 rows, 34 prices',
      'unused_leg cache_ttl_1h: 0 rows, 19 prices',
      'unused_leg extra_price: 0 rows, 178 prices',
    ]);
    const base = result.quotes.filter(({ contextFrom }) => contextFrom === 0);
    expect([base.length, result.quotes.length, result.held.length]).toEqual([303, 349, 1]);
  });

  it('have several prices by length of prompt', () => {
    expect(quotesOf('anthropic/claude-sonnet-4.5')).toEqual([
      'anthropic/claude-sonnet-4.5 standard 0: input 3, cached_input 0.3, cache_write 3.75, output 15',
      expect.stringMatching(/ standard 200000: input 6, .*output 22\.5$/),
    ]);
    expect(quotesOf('qwen/qwen3.7-flash')).toMatchObject([
      expect.stringMatching(/ 0: input 0\.03, .*output 0\.13$/),
      expect.stringMatching(/ 32000: input 0\.1, .*output 0\.4$/),
      expect.stringMatching(/ 256000: input 0\.2, .*output 0\.8$/),
    ]);
  });

  it('keep the literal with the noise of floats, and flag it', () => {
    const [base] = quotesOf('openai/gpt-5.6-terra');
    expect(base).toContain('input 1.00000000000000015,');
    expect(quotesOf('openai/gpt-5.6-luna')[0]).toMatch(/output 0\.6000000000000001$/);
    const codes = result.documents[0]?.warnings.map(({ code }) => code);
    expect(codes?.filter((code) => code === 'float_noise').length).toBe(21);
    expect(codes?.filter((code) => code === 'discount_unknown').length).toBe(1);
  });

  it('are two where a variant is another price', () => {
    expect(quotesOf('qwen/qwen-plus-2025-07-28')[0]).toMatch(/input 0\.26, .*output 0\.78$/);
    expect(quotesOf('qwen/qwen-plus-2025-07-28:thinking')[0]).toMatch(/input 0\.4, .*output 1\.2$/);
  });

  it('never come from an alias or a free variant', () => {
    expect(result.quotes.filter(({ model }) => /^~|:free$/.test(model))).toEqual([]);
  });
});
