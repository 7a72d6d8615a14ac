import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { sitePath } from '../../src/domain/site-path.ts';
import { writeSite } from '../../src/site/write-site.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { verify } from '../../src/verify/verify.ts';
import { mtok, temporaryDirectory } from '../cli/run.ts';
import { publishDays } from '../publish/publications.ts';
import { SMALL } from '../study/small-study.ts';
import { contextOf, hasChromium, openBrowser, serving, watchedPage } from './browser.ts';
import { sitePublication } from './site-publication.ts';

let directory: string;
const study = join(temporaryDirectory(), 'how-they-moved.json');
writeFileSync(study, JSON.stringify(SMALL, null, 2));
const site = (...args: string[]) => mtok(['site', '--publication', directory, ...args]);
const text = (path: string) => readFileSync(join(directory, path), 'utf8');

beforeAll(async () => {
  directory = await sitePublication();
  expect(text('index.html')).not.toContain('studies.html');
  expect(site('--study', study)).toMatchObject({ code: 0, err: '' });
}, 120_000);

const FILES = [
  'studies.html',
  ...['html', 'json', 'csv', 'models.csv'].map((ending) => `studies/how-they-moved.${ending}`),
];

describe('a study in a publication', () => {
  it('is a document, a page, its tables, and a line in the list', () => {
    for (const path of FILES) expect(existsSync(join(directory, path)), path).toBe(true);
    expect(JSON.parse(text('studies/how-they-moved.json'))).toEqual(SMALL);
    expect(text('studies/how-they-moved.models.csv')).toContain('delta,80,15');
    const page = text('studies/how-they-moved.html');
    for (const part of ['101.25', 'Four months are few.', 'calendar month', 'Made by hand.']) {
      expect(page).toContain(part);
    }
    expect(page).toContain('&#60;b&#62;at most');
    expect(page.match(/class="line line-\d"/g)).toHaveLength(2);
    expect(text('studies.html')).toContain('studies/how-they-moved.html');
    expect(text('indices/ALPHA.html')).toContain('href="../studies.html"');
  });

  it('stays when the site is made again, the same bytes', async () => {
    const before = FILES.map(text);
    const { written, removed } = await writeSite(directory);
    expect([written, removed]).toEqual([[], []]);
    await publishDays(directory, ['2026-07-01']);
    await writeSite(directory);
    expect(FILES.map(text)).toEqual(before);
  });

  it('is nothing that verify minds', async () => {
    for (const path of FILES) expect(sitePath(path), path).toBeDefined();
    const { pass } = await verify(directorySource(directory), { keys: [], witnesses: [] });
    expect(pass).toBe(true);
    for (const path of ['studies/x/y.json', 'studies/X.json', 'studies/a.b.c.csv', 'studies/.json'])
      expect(sitePath(path), path).toBeUndefined();
  });

  it('is served, its tables to be saved', async () => {
    const server = await serving(directory);
    try {
      const answers = await Promise.all(FILES.map((path) => fetch(server.url + path)));
      expect(answers.map(({ status }) => status)).toEqual(FILES.map(() => 200));
      const [, page, document, table] = answers.map(({ headers }) => headers);
      expect(page?.get('content-type')).toContain('text/html');
      expect(document?.get('content-type')).toContain('application/json');
      expect(table?.get('content-disposition')).toBe('attachment');
      expect(table?.get('content-type')).toContain('text/csv');
      expect((await fetch(`${server.url}studies/other.json`)).status).toBe(404);
    } finally {
      server.end();
    }
  });

  it('is replaced by one of its name, and dropped when somebody says so', () => {
    const own = join(temporaryDirectory(), 'how-they-moved.json');
    const other = join(temporaryDirectory(), 'other.json');
    writeFileSync(own, JSON.stringify({ ...SMALL, title: 'Another title' }));
    writeFileSync(
      other,
      JSON.stringify({ ...SMALL, tables: SMALL.tables.slice(0, 1), charts: [] }),
    );
    expect(site('--study', own, other)).toMatchObject({ code: 0 });
    expect(text('studies/how-they-moved.html')).toContain('Another title');
    expect(site('--drop-study', 'other')).toMatchObject({ code: 0 });
    expect(existsSync(join(directory, 'studies/other.html'))).toBe(false);
    expect(existsSync(join(directory, 'studies/other.csv'))).toBe(false);
    expect(site('--study', study)).toMatchObject({ code: 0 });
  });

  it('is refused where it is none, without a name, twice, or not there to drop', () => {
    const bad = join(temporaryDirectory(), 'Bad Name.json');
    writeFileSync(bad, JSON.stringify(SMALL));
    const none = join(temporaryDirectory(), 'none.json');
    writeFileSync(none, '{}');
    for (const [args, code, said] of [
      [['--study', bad], 2, 'named in small letters'],
      [['--study', study, study], 2, 'found how-they-moved twice'],
      [['--study', none], 3, 'expected a study'],
      [['--study', 'missing.json'], 4, 'cannot read'],
      [['--drop-study', 'other'], 2, 'expected a study that is there to drop, found other'],
    ] as const) {
      const run = site(...args);
      expect([run.code, run.out], said).toEqual([code, '']);
      expect(run.err).toContain(said);
    }
  });

  it('that somebody damaged is named, and nothing is written', () => {
    const before = text('studies/how-they-moved.json');
    writeFileSync(join(directory, 'studies/how-they-moved.json'), '{');
    const run = site();
    expect([run.code, run.out]).toEqual([3, '']);
    expect(run.err).toContain('how-they-moved.json is not JSON');
    writeFileSync(join(directory, 'studies/how-they-moved.json'), before);
  });
});

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(!hasChromium)('the pages of studies', () => {
  it.each(['light', 'dark'] as const)(
    'are accessible and fit: %s',
    async (colorScheme) => {
      const browser = await openBrowser();
      try {
        for (const width of [1280, 390]) {
          const viewport = { width, height: 900 };
          const context = await contextOf(browser, { colorScheme, viewport, bypassCSP: true });
          for (const path of ['studies.html', 'studies/how-they-moved.html']) {
            const url = `${pathToFileURL(directory).href}/${path}`;
            const { page, faults } = await watchedPage(context, url);
            expect(faults).toEqual([]);
            expect(
              await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
            ).toBeLessThanOrEqual(0);
            await page.addScriptTag({ path: AXE });
            const violations = await page.evaluate(
              'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))',
            );
            expect(violations).toEqual([]);
          }
          await context.close();
        }
      } finally {
        await browser.close();
      }
    },
    60_000,
  );
});
