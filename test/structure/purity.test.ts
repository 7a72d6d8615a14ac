import { describe, expect, it } from 'vitest';
import { codeOf, importsOf, SOURCES, type Source } from './sources.ts';

/** A fixing belongs to its inputs: nothing here may look at the clock, the machine or the world. */
const PURE = ['domain', 'normalize', 'select', 'weigh', 'calculate', 'fix', 'settle', 'study'];

/** Research: no fixing depends on it, and what it says is rounded further than engines differ. */
const MAY_ROUND = 'study';

const FLOATS = 'floats that engines round differently';

const IMPURE: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['the clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\)/],
  ['a stopwatch', /\bperformance\b/],
  ['randomness', /\bMath\.random\b|\bcrypto\b|\brandomUUID\b/],
  ['the process', /\bprocess\b/],
  ['the locale', /\bIntl\b|\.toLocale\w*\(|\.localeCompare\(/],
  ['the local time zone', /\.get(?:FullYear|Month|Date|Day|Hours|Minutes|TimezoneOffset)\(/],
  ['the network', /\bfetch\s*\(|\bWebSocket\b/],
  ['another module system', /\brequire\s*\(/],
  ['binary floats from text', /\bparseFloat\b/],
  [FLOATS, /\bMath\.(?:pow|exp|expm1|log\w*|sqrt|cbrt)\b|\*\*/],
];

const pure = SOURCES.filter(({ folder }) => PURE.includes(folder));

describe('the pure steps', () => {
  it.each(IMPURE)('do not use %s', (what, pattern) => {
    const held = what === FLOATS ? pure.filter(({ folder }) => folder !== MAY_ROUND) : pure;
    expect(held.filter((source) => pattern.test(codeOf(source))).map(pathOf)).toEqual([]);
  });

  it('import nothing of the platform', () => {
    const platform = pure.filter((source) =>
      importsOf(source).some((target) => target.startsWith('node:')),
    );
    expect(platform.map(pathOf)).toEqual([]);
  });

  it.each([
    ['const now = Date.now();', 'the clock'],
    ['const now = new Date();', 'the clock'],
    ['const d = found.getDate();', 'the local time zone'],
    ['const y = x ** 2;', FLOATS],
  ])('would be caught at it: %s', (text, what) => {
    const pattern = IMPURE.find(([name]) => name === what)![1];
    expect(pattern.test(codeOf({ path: 'fix/x.ts', folder: 'fix', text }))).toBe(true);
  });

  it('may speak of it in a comment', () => {
    const text = '/** `Math.pow` differs. */\nconst a = 1; // Date.now() is not here\n';
    expect(codeOf({ path: 'x.ts', folder: 'fix', text })).not.toMatch(/Math|Date/);
  });
});

describe('the world', () => {
  const WRITING =
    /\b(?:writeFile|appendFile|rename|mkdir|mkdtemp|unlink|rm|rmdir|open|truncate|copyFile|cp|symlink|link|chmod|utimes|createWriteStream)(?:Sync)?\b/;
  const FS_IMPORT = /import\s*(?:type\s*)?([^;]*?)\s*from\s*'node:fs(?:\/promises)?'/g;

  it('is written to by one module', () => {
    const writers = SOURCES.filter(({ text }) =>
      [...text.matchAll(FS_IMPORT)].some(
        ([, names = '']) => WRITING.test(names) || !names.startsWith('{'),
      ),
    );
    expect(writers.map(pathOf)).toEqual(['publish/durable.ts']);
  });

  // The official client of ClickHouse opens its sockets itself: one module has it, which sends
  // nothing but reading queries to the server that the user names.
  it('is called by three modules, for feeds, for tables and to verify, and listened to by two', () => {
    const sockets =
      /^(?:node:)?(?:net|http|https|http2|tls|dgram|dns|inspector|undici|fastify|@clickhouse)(?:\/|$)/;
    const open = SOURCES.filter((source) =>
      importsOf({ ...source, text: withoutTypes(source) }).some((target) => sockets.test(target)),
    );
    expect(open.map(pathOf).sort()).toEqual([
      'cli/witness-server.ts',
      'ingest/engines/clickhouse/connection.ts',
      ...['ingest/fetch/wire.ts', 'serve/front.ts', 'serve/server.ts'],
    ]);
    const listening = SOURCES.filter((source) =>
      /\bcreateServer\b|\.listen\(/.test(codeOf(source)),
    );
    expect(listening.map(pathOf)).toEqual([
      ...['cli/witness-server.ts', 'serve/front.ts', 'serve/listen.ts'],
    ]);
    const calling = SOURCES.filter((source) => /\bfetch\s*\(/.test(codeOf(source)));
    expect(calling.map(pathOf)).toEqual(['verify/http.ts']);
  });
});

/** What is imported as a type alone is not there when the code runs. */
function withoutTypes({ text }: Source): string {
  return text.replace(/^import type [^;]*;$/gm, '');
}

function pathOf({ path }: Source): string {
  return path;
}
