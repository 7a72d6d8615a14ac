import { describe, expect, it } from 'vitest';
import { AWS_BEDROCK } from '../../src/index.ts';
import { expectAsOnThePage, importSample, importTwice } from './samples.ts';

describe('a price list of Bedrock', () => {
  it.each([
    ['sample-aws-bedrock', 30],
    ['sample-aws-bedrock-foundation-models', 26],
  ])('is read as %s has it, with its %i rows', async (sample, rows) => {
    const result = await importSample(AWS_BEDROCK, sample, '2026-09-12T06:00:00Z');
    expectAsOnThePage(result, sample, rows);
  });

  it('is a page beside those of the other offer codes, and no news the day after', async () => {
    const samples = ['sample-aws-bedrock', 'sample-aws-bedrock-foundation-models'];
    const { quotes, documents } = await importTwice(AWS_BEDROCK, samples);
    const standard = quotes.filter(({ serviceTier }) => serviceTier === 'standard');
    expect(standard.length).toBe(10);
    expect(documents.map((document) => document.quotes)).toEqual([quotes.length, 0]);
    expect(documents[1]?.leftovers).toEqual([]);
  });
});
