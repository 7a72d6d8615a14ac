import { describe, expect, it } from 'vitest';
import { importFeed, MODELS_DEV, readFeedFiles } from '../../src/index.ts';
import { leftovers, shown, tallyOf, total } from '../ingest/feeds/documents.ts';

const ROOT = '../shared/real/models.dev';

async function imported(directory: string) {
  const pages = await readFeedFiles(MODELS_DEV, directory);
  return importFeed(MODELS_DEV, [{ observedAtMs: Date.UTC(2026, 6, 2), pages }]);
}

describe('a checkout of models.dev', async () => {
  const result = await imported(ROOT);
  const quotesOf = (seller: string) =>
    result.quotes.filter((quote) => quote.seller === seller).map(shown);

  it('adds up to its 12 offers', () => {
    const [report] = result.documents;
    expect(report?.files.length).toBe(14);
    expect(report && total(report, 'rows')).toBe(12);
    expect(report && tallyOf(report)).toEqual([
      'accepted: 10 rows, 43 prices',
      'held currency_suspect: 1 rows, 2 prices',
      'other_tier tier_priority: 0 rows, 3 prices',
      'rejected zero_price: 1 rows, 2 prices',
      'unused_leg extra_price: 0 rows, 3 prices',
      'unused_leg unknown_key: 0 rows, 4 prices',
    ]);
  });

  it.each([
    [
      'openai',
      [
        'gpt-5.4 standard 0: input 2.5, cached_input 0.25, output 15',
        'gpt-5.4 standard 272000: input 5, cached_input 0.5, output 22.5',
        'gpt-5.4 priority 0: input 5, cached_input 0.5, output 30',
      ],
    ],
    [
      'aws-bedrock',
      [
        'google.gemma-3-12b-it standard 0: input 0.049999999999999996, output 0.09999999999999999',
        'openai.gpt-5.4 standard 0: input 2.75, cached_input 0.275, output 16.5',
      ],
    ],
    [
      'google',
      [
        'gemini-2.5-pro standard 0: input 1.25, cached_input 0.125, output 10',
        'gemini-2.5-pro standard 200000: input 2.5, cached_input 0.25, output 15',
      ],
    ],
    [
      'github-copilot',
      [
        'gpt-5.4 standard 0: input 2.5, cached_input 0.25, output 15',
        'gpt-5.4 standard 272000: input 5, cached_input 0.5, output 22.5',
      ],
    ],
    [
      'aihubmix',
      [
        'doubao-seed-2-0-pro standard 0: input 0.48, cached_input 0.09644, output 2.41',
        'doubao-seed-2-0-pro standard 32000: input 0.72, cached_input 0.144656, output 3.62',
        'doubao-seed-2-0-pro standard 128000: input 1.45, cached_input 0.28932, output 7.23',
      ],
    ],
    ['minimax', ['MiniMax-M2.1 standard 0: input 0.3, output 1.2']],
    ['perplexity', ['sonar-deep-research standard 0: input 2, output 8']],
    ['deepseek', ['deepseek-v4-flash standard 0: input 0.14, cached_input 0.0028, output 0.28']],
    ['moark', []],
    ['nvidia', []],
  ])('has of %s what the format page says', (seller, quotes) => {
    expect(quotesOf(seller)).toEqual(quotes);
  });

  it('flags what is odd', () => {
    const codes = result.documents[0]?.warnings.map(({ code, column }) => `${code} ${column}`);
    expect(codes).toEqual(
      expect.arrayContaining([
        'not_pay_per_token github-copilot/gpt-5.4',
        'unknown_key minimax/MiniMax-M2.1 cost.cached_input',
        'unknown_key minimax/MiniMax-M2.1 cost.cached_write',
        'unknown_key perplexity/sonar-deep-research cost.citation',
        'unknown_key perplexity/sonar-deep-research cost.request',
        'float_noise helicone/gemini-2.5-flash-lite cost.input',
        'float_noise amazon-bedrock/google.gemma-3-12b-it cost.output',
      ]),
    );
    expect(leftovers(result)).toContain(
      'unused_leg extra_price perplexity/sonar-deep-research cost.request',
    );
  });

  it('gives the same quotes with the older table of tiers', async () => {
    const { quotes } = await imported(`${ROOT}/historical`);
    expect(quotes.map(shown)).toEqual(quotesOf('google'));
  });
});
