import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { codeOf, SOURCES } from './sources.ts';

const LONGEST_FILE = 400;
const WIDEST_LINE = 100;
/** The sentences of documents are one line each, so that a changed word is a changed line. */
const PROSE = [
  'publish/methodology/',
  'publish/evidence/',
  'publish/statement/',
  'publish/report/',
  'study/',
  // Markup is written as it is read, a row or a sentence a line.
  'site/charts/',
  'site/parts/',
  'site/pages/',
];

describe('a source file', () => {
  it('holds one concept: under 400 lines', () => {
    const long = SOURCES.filter(({ text }) => text.split('\n').length > LONGEST_FILE);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('has lines of at most 100 columns, but for prose and patterns', () => {
    const wide = SOURCES.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const isProse = PROSE.some((folder) => path.startsWith(folder)) && /['"`]|\$\{/.test(line);
        const isPattern = /^\s*\/\^.*\$\/[a-z]*[,;]?$/.test(line);
        const columns = [...line].length;
        return columns > WIDEST_LINE && !isProse && !isPattern ? [`${path}:${index + 1}`] : [];
      }),
    );
    expect(wide).toEqual([]);
  });

  it('says in a doc comment what it is for', () => {
    const silent = SOURCES.filter(({ text }) => !/\/\*\*[\s\S]+?\*\//.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it.each([
    ['value of any type', /(?::|<|\bas|\|)\s*any\b|\bany\[\]/],
    ['word to the compiler to look away', /@ts-(?:ignore|expect-error|nocheck)/],
    ['work left over', /\b(?:TODO|FIXME|XXX|HACK)\b/],
    ['debugger', /\bdebugger\b/],
  ])('holds no %s', (what, pattern) => {
    const found = SOURCES.filter((source) =>
      pattern.test(what === 'value of any type' ? codeOf(source) : source.text),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it('is no barrel, but for the library’s front door', () => {
    const barrels = SOURCES.filter(
      ({ path, text }) =>
        path !== 'index.ts' && (/^export \*/m.test(text) || /^export .*\bfrom '/m.test(text)),
    );
    expect(barrels.map(({ path }) => path)).toEqual([]);
    expect(SOURCES.filter(({ path }) => path.endsWith('/index.ts'))).toEqual([]);
  });

  it('is named after a concept', () => {
    const vague = /(?:^|\/)(?:utils?|helpers?|common|misc|shared|lib|types)\.ts$/;
    expect(SOURCES.filter(({ path }) => vague.test(path)).map(({ path }) => path)).toEqual([]);
  });
});

describe('tracked text', () => {
  const ROOT = new URL('../../', import.meta.url);
  const documents = [
    'README.md',
    'CHANGELOG.md',
    'methodology.md',
    'package.json',
    'data/README.md',
  ]
    .map((path) => ({ path, url: fileURLToPath(new URL(path, ROOT)) }))
    .filter(({ url }) => existsSync(url))
    .map(({ path, url }) => ({ path, text: readFileSync(url, 'utf8') }));

  it('names no directory of the machine that it was written on', () => {
    const machine = /\/work\/|\/root\b|\/tmp\b|\/home\//;
    const named = [...SOURCES, ...documents].filter(({ text }) => machine.test(text));
    expect(named.map(({ path }) => path)).toEqual([]);
  });
});
