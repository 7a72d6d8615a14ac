import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishDays } from '../publish/publications.ts';
import { mtok, temporaryDirectory } from './run.ts';

const RANGE = ['--from', '2026-08-01', '--to', '2026-08-21'];
const LIST = ['chart', '--index', 'MTOK-LIST', ...RANGE];

function drawn(name: string, args: readonly string[]): Buffer {
  const out = join(temporaryDirectory(), name);
  const { code, err } = mtok([...args, '--out', out]);
  expect([code, err]).toEqual([0, '']);
  return readFileSync(out);
}

describe('mtok chart', () => {
  it('draws a series with its last value, the same bytes each time', () => {
    const svg = drawn('a.svg', LIST).toString();
    expect(svg).toContain('level 72.87');
    expect(svg).toContain('class="mark rebalance"');
    expect(svg).toContain('level · 2026-08-01 to 2026-08-21');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="960" height="480"/);
    expect(drawn('b.svg', LIST).toString()).toBe(svg);
  });

  it('draws the legs, and several indices from 100', () => {
    const legs = drawn('a.svg', [...LIST, '--measure', 'legs', '--log', '--dark']).toString();
    for (const name of ['price 1.02', 'output 2.14', 'input 0.61', 'cached input 0.11']) {
      expect(legs).toContain(name);
    }
    const both = drawn('b.svg', [
      'chart',
      '--index',
      'MTOK-LIST',
      'MTOK-OPEN',
      ...RANGE,
    ]).toString();
    expect(both).toContain('MTOK-LIST, MTOK-OPEN');
    expect(both.match(/class="line line-\d"/g)).toHaveLength(2);
  });

  it('draws a picture of twice the size', () => {
    const png = drawn('a.png', [...LIST, '--width', '400', '--height', '320']);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([800, 640]);
  });

  it('draws what a publication has', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01', '2026-07-02', '2026-07-03']);
    const args = ['--from', '2026-07-01', '--to', '2026-07-03', '--publication', directory];
    const svg = drawn('a.svg', ['chart', '--index', 'ALPHA', ...args]).toString();
    const [, , , last = ''] = readFileSync(join(directory, 'series/ALPHA.csv'), 'utf8').split('\n');
    expect(svg).toContain(`level ${Number(last.split(',')[9]).toFixed(2)}`);
    expect(svg).toContain('index.example/mtok');
    const other = mtok(['chart', '--index', 'OTHER', ...args, '--out', 'x.svg']);
    expect(other).toMatchObject({ code: 2, out: '' });
    expect(other.err).toContain('expected an index of index.example/mtok, found OTHER');
  });

  it.each([
    ['another format', [...LIST, '--out', 'a.pdf'], 2, 'expected --out to end with .svg or .png'],
    ['an unknown index', ['chart', '--index', 'X', ...RANGE, '--out', 'a.svg'], 2, 'X'],
    ['a size of nothing', [...LIST, '--out', 'a.svg', '--width', '0'], 2, 'expected 320 to 4000'],
    [
      'days before the base',
      [
        'chart',
        '--index',
        'MTOK-ALL',
        '--from',
        '2024-01-01',
        '--to',
        '2024-02-01',
        '--out',
        'a.svg',
      ],
      1,
      'has no value from 2024-01-01',
    ],
    [
      'days the wrong way',
      [
        'chart',
        '--index',
        'MTOK-ALL',
        '--from',
        '2026-08-02',
        '--to',
        '2026-08-01',
        '--out',
        'a.svg',
      ],
      2,
      '--to',
    ],
    [
      'legs of several',
      ['chart', '--index', 'MTOK-ALL', 'MTOK-CN', ...RANGE, '--measure', 'legs', '--out', 'a.svg'],
      2,
      'expected one --index',
    ],
    [
      'a directory that is no publication',
      [...LIST, '--out', 'a.svg', '--publication', 'src'],
      3,
      'index.json is missing',
    ],
  ])('refuses %s', (_, args, code, said) => {
    const run = mtok(args);
    expect([run.code, run.out]).toEqual([code, '']);
    expect(run.err).toContain(said);
  });
});
