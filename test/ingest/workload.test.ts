import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toText } from '../../src/domain/decimal.ts';
import { parseWorkload, readWorkloads } from '../../src/ingest/workload.ts';

const CHAT = readFileSync('data/workloads/chat.yaml', 'utf8');

describe('a declared workload', () => {
  it('is read with the evidence of each number', () => {
    const { value } = parseWorkload(CHAT);
    expect(toText(value!.output)).toBe('0.1546');
    expect(value!.evidence.map(({ quality }) => quality)).toContain('assumed');
  });

  it('has the shares that its counts make', () => {
    // 22,361,870 tokens of context and 4,088,665 generated; 18,059,974 and 245,896.
    const shareOf = (output: number, context: number) => (output / (output + context)).toFixed(4);
    expect(shareOf(4_088_665, 22_361_870)).toBe('0.1546');
    expect((22_361_870 / 19_366).toFixed(0)).toBe('1155');
    expect(shareOf(245_896, 18_059_974)).toBe('0.0134');
    // 2.34, 52.6 and 0.1869 billion.
    expect([2.34, 52.6, 0.1869].map((each) => (each / 55.1269).toFixed(4))).toEqual([
      ...['0.0424', '0.9542', '0.0034'],
    ]);
    expect(Math.floor(54.9e9 / 357_161)).toBe(153_712);
  });

  it.each([
    ['shares that are not 1', CHAT.replace('0.8454', '0.8453'), 'exactly 1 in sum'],
    ['a share below 0', CHAT.replace('input: 0.8454', 'input: -0.8454'), '0 or more'],
    ['a word for a number', CHAT.replace('0.1546', 'a sixth'), 'a decimal number'],
    ['half a token', CHAT.replace('1155', '1155.5'), 'a whole number'],
    ['a key that is not known', CHAT.replace('output:', 'outputs:'), 'did you mean `output`'],
    ['no evidence of a number', CHAT.replace('of: [cached_input]', 'of: [output]'), 'cached_input'],
    ['evidence of nothing', CHAT.replace('of: [cached_input]', 'of: []'), 'at least one'],
    ['a quality that is none', CHAT.replace('measured', 'obvious'), 'measured'],
    ['another schema', CHAT.replace('mtok.workload/1', 'mtok.workload/2'), 'mtok.workload/1'],
    ['capitals', CHAT.replace('workload: chat', 'workload: Chat'), 'small letters'],
    ['nothing', '', 'object'],
    ['a list', '- chat\n', 'object'],
    ['no YAML', 'a: [', 'valid YAML'],
  ])('is refused with %s', (_, text, said) => {
    const { value, rejects } = parseWorkload(text, 'own.yaml');
    expect(value).toBeUndefined();
    expect(rejects.map(({ expected }) => expected).join('\n')).toContain(said);
  });
});

describe('a folder of workloads', () => {
  it('ships', async () => {
    const names = (await readWorkloads('data/workloads')).map(({ workload }) => workload);
    expect(names).toEqual(['agent', 'batch', 'chat', 'completion', 'router']);
  });

  it('has one of each name', async () => {
    const place = mkdtempSync(join(tmpdir(), 'mtok-workloads-'));
    writeFileSync(join(place, 'a.yaml'), CHAT);
    writeFileSync(join(place, 'b.yaml'), CHAT);
    await expect(readWorkloads(place)).rejects.toThrow(/a name of its own/);
  });

  it('is not empty, and is there', async () => {
    const place = mkdtempSync(join(tmpdir(), 'mtok-workloads-'));
    await expect(readWorkloads(place)).rejects.toThrow(/found none/);
    await expect(readWorkloads(join(place, 'none.yaml'))).rejects.toThrow(/does not exist/);
  });
});
