import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeCell } from '../../src/serve/answers/rows.ts';
import { recent } from '../../src/serve/recent.ts';
import { encodingFor, isMatch, rangeFor } from '../../src/serve/representation.ts';
import { servedPath } from '../../src/serve/served-path.ts';

describe('the encoding of an answer', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br', 'br'],
    ['GZIP', 'gzip'],
    ['br;q=0.5, gzip;q=0.9', 'gzip'],
    ['br;q=0, gzip;q=0', undefined],
    ['*', 'br'],
    ['*;q=0', undefined],
    ['br;q=0, *', 'gzip'],
    ['identity;q=1, gzip;q=0.5', undefined],
    ['gzip;q=2', undefined],
    ['gzip;q=abc', undefined],
    ['x'.repeat(2000), undefined],
  ])('for %s is %s', (header, expected) => {
    expect(encodingFor(header)).toBe(expected);
  });
});

describe('the range of an answer', () => {
  it.each([
    [undefined, 10, undefined],
    ['bytes=0-0', 10, { from: 0, to: 0 }],
    ['bytes=2-', 10, { from: 2, to: 9 }],
    ['bytes=-3', 10, { from: 7, to: 9 }],
    ['bytes=-99', 10, { from: 0, to: 9 }],
    ['bytes=5-99', 10, { from: 5, to: 9 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=5-2', 10, undefined],
    ['bytes=-', 10, undefined],
    ['bytes=0-1,3-4', 10, undefined],
    ['lines=0-1', 10, undefined],
    ['bytes=1e3-', 10, undefined],
    [`bytes=${'9'.repeat(30)}-`, 10, undefined],
  ])('for %s of %i bytes', (header, length, expected) => {
    expect(rangeFor(header, length)).toEqual(expected);
  });

  it('lies within the file, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.integer({ min: 1, max: 100 }), (a, b, length) => {
        const range = rangeFor(`bytes=${a}-${b}`, length);
        if (range === undefined) return b < a;
        if (range === 'unsatisfiable') return a >= length;
        return range.from === a && range.to === Math.min(b, length - 1);
      }),
    );
  });
});

it.each([
  [undefined, false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
  ['*', true],
  ['"b"', false],
  ['a', false],
])('If-None-Match: %s names the tag: %s', (header, expected) => {
  expect(isMatch(header, '"a"')).toBe(expected);
});

describe('a cell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1+2', "'-1+2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    [' =1', "' =1"],
    ['\u200b=1', "'\u200b=1"],
    ['\uff1d1', "'\uff1d1"],
    ['-0.0033', '-0.0033'],
    ['1.25', '1.25'],
    ['min_constituents', 'min_constituents'],
    ['', ''],
  ])('%j is %j for a spreadsheet', (text, expected) => {
    expect(safeCell(text)).toBe(expected);
  });

  it('is no formula, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const cell = safeCell(text);
        return /^-?\d+(\.\d+)?$/.test(cell) || !/^[=+\-@\t\r\n]/.test(cell);
      }),
    );
  });
});

describe('the files that are served', () => {
  it.each([
    'index.json',
    'latest.json',
    'checkpoint',
    'keys.txt',
    'manifest.json',
    'methodology.md',
    'series/MTOK-LIST.csv',
    'fixings/MTOK-LIST/2026-08-21.json',
    'fixings/MTOK-LIST/2026-08-21.r1.json',
    `inputs/${'0'.repeat(64)}.csv`,
    `inputs/${'a'.repeat(64)}.json`,
    'rulebooks/MTOK-LIST/1.0.0.yaml',
    'contracts/MTOK-LIST-USD-MONTH/1.0.0.yaml',
    'receipts/MTOK-LIST/2026-08-21.final.tlog-proof',
    'receipts/MTOK-LIST/2026-08-21.r1.provisional.tlog-proof',
    'receipts/keys/0.tlog-proof',
    'tile/0/000',
    'tile/0/x001/234.p/5',
    'tile/entries/000.p/255',
    'settlements/MTOK-LIST-USD-MONTH/2026-08.0.json',
    'captures/2026-08-21/prices.json',
    'receipts/captures/2026-08-21/prices.tlog-proof',
    'approvals/MTOK-LIST/2026-08-21.r1.json',
  ])('include %s', (path) => {
    expect(servedPath(path)?.path).toBe(path);
  });

  it.each([
    '',
    '.',
    '..',
    '.mtok/journal',
    '.mtok/lock',
    'fixings/../.mtok/journal',
    'fixings/MTOK-LIST/../../index.json',
    'fixings/MTOK-LIST/2026-08-21.r0.json',
    'fixings/MTOK-LIST/2026-08-21.r01.json',
    'fixings/MTOK-LIST/2026-08-21.json.tmp',
    'fixings/MTOK-LIST/.2026-08-21.json.0123456789ab.tmp',
    'fixings/mtok-list/2026-08-21.json',
    'fixings/%4dTOK/2026-08-21.json',
    'fixings/MTOK-LIST/2026-08-21.json\0.csv',
    'fixings/MTOK-LIST\u202e/2026-08-21.json',
    'index.json/',
    '/index.json',
    'index.json\n',
    'Index.json',
    'series/__proto__.csv',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    `inputs/${'A'.repeat(64)}.csv`,
    `inputs/${'0'.repeat(63)}.csv`,
    'rulebooks/MTOK-LIST/1.0.0.yml',
    'receipts/keys/../../../etc/passwd.tlog-proof',
    'receipts/MTOK-LIST/2026-08-21.draft.tlog-proof',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/05',
    'tile/0/0',
    'tile/99/000',
    'captures/.hidden.json',
    'captures/a/../b.json',
    'captures/a.sh',
    'captures/a.csv',
    'captures.json',
    'receipts/captures/../b.tlog-proof',
    'receipts/others/a.tlog-proof',
    'receipts/keys/01.tlog-proof',
    'settlements/-/..json',
    'package.json',
    'fixings\\MTOK-LIST\\2026-08-21.json',
    `captures/${'a/'.repeat(200)}b.json`,
  ])('do not include %j', (path) => {
    expect(servedPath(path)).toBeUndefined();
  });
});

it('what was used last is kept, up to a number of bytes', () => {
  const items = recent<string>(100, 3);
  for (const key of ['a', 'b', 'c']) items.set(key, key, 10);
  expect(items.get('a')).toBe('a');
  items.set('d', 'd', 10);
  expect(['a', 'b', 'c', 'd'].map(items.get)).toEqual(['a', undefined, 'c', 'd']);
  items.set('e', 'e', 26);
  expect(items.get('e')).toBeUndefined();
  items.set('f', 'f', 25);
  items.set('g', 'g', 25);
  items.set('h', 'h', 25);
  expect(items.bytes()).toBeLessThanOrEqual(100);
  items.set('h', 'again', 5);
  expect(items.get('h')).toBe('again');
});
