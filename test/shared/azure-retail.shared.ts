import { expect, it } from 'vitest';
import { AZURE_RETAIL } from '../../src/index.ts';
import { expectAsOnThePage, importSample, importTwice } from './samples.ts';

it('reads a page of Azure as its page has it, with its 36 items', async () => {
  const sample = 'sample-azure-retail';
  expectAsOnThePage(await importSample(AZURE_RETAIL, sample, '2026-10-06T12:00:00Z'), sample, 36);
});

it('reads the same page of Azure without news the day after', async () => {
  const { quotes, documents, held } = await importTwice(AZURE_RETAIL, ['sample-azure-retail']);
  expect(documents.map((document) => document.quotes)).toEqual([quotes.length, 0]);
  expect([held.length, documents[1]?.leftovers]).toEqual([1, []]);
});
