import { describe, it } from 'vitest';
import { AWS_BEDROCK } from '../../src/index.ts';
import { expectAsOnThePage, importSample } from './samples.ts';

describe('a price list of Bedrock', () => {
  it.each([
    ['sample-aws-bedrock', 30],
    ['sample-aws-bedrock-foundation-models', 26],
  ])('is read as %s has it, with its %i rows', async (sample, rows) => {
    const result = await importSample(AWS_BEDROCK, sample, '2026-09-12T06:00:00Z');
    expectAsOnThePage(result, sample, rows);
  });
});
