import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dayToMs } from '../../src/domain/dates.ts';
import { toText } from '../../src/domain/decimal.ts';
import { type FeedDocument, importFeed, LITELLM } from '../../src/index.ts';
import { tallyOf, total } from '../ingest/feeds/documents.ts';

const DIRECTORY = '../shared/real/litellm';
const FILES = readdirSync(DIRECTORY).sort();

function documentOf(file: string): FeedDocument {
  const bytes = readFileSync(`${DIRECTORY}/${file}`);
  return { observedAtMs: dayToMs(file.slice(0, 10)), pages: [{ file, bytes }] };
}

const fileOf = (day: string) => FILES.find((file) => file.startsWith(day)) ?? '';

describe('a version of LiteLLM', () => {
  it.each([
    ['2023-10-30', 100],
    ['2024-06-20', 423],
    ['2024-11-19', 676],
    ['2025-02-01', 771],
    ['2025-05-15', 1017],
    ['2025-10-16', 1649],
    ['2026-04-17', 2672],
    ['2026-08-01', 2986],
  ])('of %s adds up to its %i rows', (day, rows) => {
    const [report] = importFeed(LITELLM, [documentOf(fileOf(day))]).documents;
    expect(report && total(report, 'rows')).toBe(rows);
    expect(report && tallyOf(report)).toMatchSnapshot();
  });

  it('that is no JSON is refused at the comma of line 4792', () => {
    const [report] = importFeed(LITELLM, [documentOf(fileOf('2024-08-02'))]).documents;
    expect(report?.faults).toMatchObject([{ code: 'malformed_json', line: 4792 }]);
  });
});

describe('the versions of LiteLLM in order', () => {
  const { quotes, held } = importFeed(LITELLM, FILES.map(documentOf));
  const history = (model: string, contextFrom = 0) =>
    quotes
      .filter((quote) => quote.model === model && quote.contextFrom === contextFrom)
      .filter(({ serviceTier }) => serviceTier === 'standard')
      .map(({ legs }) => [legs.input, legs.output].map((leg) => leg && toText(leg)).join('/'));

  it.each([
    ['gpt-4', 0, ['30/60']],
    ['gpt-4o', 0, ['5/15', '2.5/10']],
    ['claude-3-5-sonnet-20240620', 0, ['3/15']],
    ['o3', 0, ['10/40', '2/8']],
    ['gpt-5.5', 0, ['5/30']],
    ['gpt-5.5', 272000, ['10/45']],
  ])('give the known prices of %s from %i tokens', (model, contextFrom, prices) => {
    expect([...new Set(history(model, contextFrom))]).toEqual(prices);
  });

  it('hold what is wrong by a unit, and read it when it is corrected', () => {
    const kimi = 'wandb/moonshotai/Kimi-K2-Instruct';
    expect(held.find(({ quote }) => quote.model === kimi)?.code).toBe('implausible');
    expect(history(kimi)).toEqual(['0.6/2.5']);
    const codes = (model: string) =>
      held.filter(({ quote }) => quote.model === model).map(({ code }) => code);
    expect(codes('oci/xai.grok-3')).toEqual(['output_below_input']);
    expect(codes('vertex_ai/claude-3-5-haiku@20241022')).toEqual(['conflict', 'conflict']);
    expect(history('o1-pro')).toEqual(['150/600']);
  });
});

it('reads gpt-5.6-terra of 2026-08-01 as the format page has it', () => {
  const { quotes } = importFeed(LITELLM, [documentOf(fileOf('2026-08-01'))]);
  const terra = quotes.filter(({ model }) => model === 'gpt-5.6-terra');
  const shown = terra.map(({ serviceTier, contextFrom, legs }) => {
    const prices = Object.entries(legs).map(([leg, price]) => `${leg} ${toText(price)}`);
    return `${serviceTier} ${contextFrom}: ${prices.join(', ')}`;
  });
  expect(shown).toEqual(
    expect.arrayContaining([
      'standard 0: input 2, cached_input 0.2, cache_write 2.5, output 12',
      'standard 272000: input 4, cached_input 0.4, cache_write 5, output 18',
      expect.stringMatching(/^batch 0: input 1,.*output 6$/),
      expect.stringMatching(/^flex 0: input 1,.*output 6$/),
      expect.stringMatching(/^priority 0: input 4,.*output 24$/),
    ]),
  );
});
