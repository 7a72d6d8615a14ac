import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLongContext } from '../../../src/ingest/feeds/long-context.ts';

const HEADER = 'seller,model,context_from,source\n';

function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'mtok-')), 'long.csv');
  writeFileSync(file, text);
  return file;
}

describe('the lengths of long prompts', () => {
  it('are those of the longest name that fits, at that seller', async () => {
    const rows = 'azure,5*,1000,\nazure,5.4*,2000,\nazure,5.4-mini,3000,\n';
    const from = await readLongContext(fileWith(`${HEADER}${rows}`));
    const models = ['5', '5.4', '5.4-mini', '5.4-mini-2', '6'];
    expect(models.map((model) => from('azure', model))).toEqual([
      ...[1000, 2000, 3000, 2000, undefined],
    ]);
    expect(from('aws-bedrock', '5')).toBeUndefined();
  });

  it('that are shipped know the models of OpenAI, and no others', async () => {
    const from = await readLongContext('data/feeds/long-context.csv');
    expect(from('azure', '5.6-terra')).toBe(272_000);
    expect(from('aws-bedrock', 'openai-gpt-6-astra')).toBe(272_000);
    expect(from('aws-bedrock', 'claude-opus-5')).toBeUndefined();
  });

  it.each([
    ['azure,5,0,', 'not_a_number'],
    ['azure,5,1.5,', 'not_a_number'],
    ['azure,,5,', 'missing_value'],
  ])('refuse %s', async (row, code) => {
    const error = await readLongContext(fileWith(`${HEADER}${row}\n`)).catch((thrown) => thrown);
    expect(error).toMatchObject({ kind: 'data', rejects: [{ code }] });
  });
});
