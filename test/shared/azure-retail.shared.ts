import { it } from 'vitest';
import { AZURE_RETAIL } from '../../src/index.ts';
import { expectAsOnThePage, importSample } from './samples.ts';

it('reads a page of Azure as its page has it, with its 36 items', async () => {
  const sample = 'sample-azure-retail';
  expectAsOnThePage(await importSample(AZURE_RETAIL, sample, '2026-10-06T12:00:00Z'), sample, 36);
});
