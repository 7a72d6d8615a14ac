import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importsOf, SOURCES } from './sources.ts';

const ROOT = fileURLToPath(new URL('../../web/', import.meta.url));

/** The sources of the pages' scripts and styles, by their paths from the top. */
const WEB = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(?:ts|css|mjs)$/.test(name))
  .map((name) => `web/${name.split(/[\\/]/).join('/')}`)
  .sort()
  .map((path) => ({ path, folder: 'web', text: readFileSync(`${ROOT}/../${path}`, 'utf8') }));

/** What a page may use: what calculates, verifies and draws; nothing that writes or serves. */
const ALLOWED = [
  ...['web', 'src/domain', 'src/ingest', 'src/normalize', 'src/select', 'src/weigh'],
  ...['src/calculate', 'src/fix', 'src/verify', 'src/site'],
];

describe('the pages', () => {
  it('are found at all', () => {
    expect(WEB.length).toBeGreaterThan(20);
  });

  it('import what calculates, verifies and draws, and no other of the sources', () => {
    const reached = WEB.flatMap((source) =>
      importsOf(source)
        .filter((to) => to.endsWith('.ts'))
        .map((to) => ({ from: source.path, to: posix.normalize(to) })),
    );
    expect(reached.length).toBeGreaterThan(40);
    const folder = (path: string) => path.split('/').slice(0, path.startsWith('src') ? 2 : 1);
    const outside = reached.filter(({ to }) => !ALLOWED.includes(folder(to).join('/')));
    expect(outside).toEqual([]);
    expect(reached.filter(({ to }) => to.endsWith('write-site.ts'))).toEqual([]);
  });

  it('are imported by nothing of the library', () => {
    const inward = SOURCES.filter((source) =>
      importsOf(source).some((to) => /(^|\/)web\//.test(to)),
    );
    expect(inward.map(({ path }) => path)).toEqual([]);
  });

  it('are files of one concept, in lines of 100 columns', () => {
    const long = WEB.filter(({ text }) => text.split('\n').length > 400);
    expect(long.map(({ path }) => path)).toEqual([]);
    const wide = WEB.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, at) => {
        const isMarkup = /[<`]|\$\{/.test(line);
        return [...line].length > 100 && !isMarkup ? [`${path}:${at + 1}`] : [];
      }),
    );
    expect(wide).toEqual([]);
  });

  it('run no text: nothing is evaluated, and markup comes from the one renderer', () => {
    const code = WEB.filter(({ path }) => path.endsWith('.ts'));
    const evaluated = /\beval\(|new Function|document\.write|insertAdjacentHTML|outerHTML/;
    expect(code.filter(({ text }) => evaluated.test(text)).map(({ path }) => path)).toEqual([]);
    const inner = code.filter(({ text }) => text.includes('innerHTML'));
    expect(inner.map(({ path }) => path)).toEqual(['web/page/dom.ts']);
  });
});
