import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addDays } from '../../src/domain/dates.ts';
import type { Contents } from '../../src/domain/publication.ts';
import { mtok, temporaryDirectory } from '../cli/run.ts';
import { sha256 } from '../publish/publications.ts';
import { scaled } from '../scale.ts';
import {
  contextOf,
  hasChromium,
  openBrowser,
  type Serving,
  serving,
  watchedPage,
} from './browser.ts';

/** Days of the shipped book from its first to its last month, all indices of each. */
const DAYS = scaled(
  ['2024-09-16', '2026-08-21'],
  Array.from({ length: 50 }, (_, at) => addDays('2024-01-31', at * 19)).concat('2026-08-21'),
);
const LEAST = scaled(10, 200);

let browser: Browser;
let directory: string;
let server: Serving;

beforeAll(async () => {
  if (!hasChromium) return;
  const cwd = temporaryDirectory();
  const env = { MTOK_PASSPHRASE: 'x' };
  const key = ['key', 'new', '--name', 'index.example/mtok', '--out', 'mtok.key'];
  expect(mtok(key, { cwd, env }).code).toBe(0);
  for (const day of DAYS) {
    const args = ['publish', '--out', 'public', '--key', 'mtok.key', '--date', day, '--no-site'];
    expect(mtok(args, { cwd, env }).code).toBe(0);
  }
  directory = join(cwd, 'public');
  expect(mtok(['site', '--publication', directory]).code).toBe(0);
  browser = await openBrowser();
  server = await serving(directory);
}, 3_000_000);

afterAll(async () => {
  server?.end();
  await browser?.close();
});

it.skipIf(!hasChromium)('a browser calculates the bytes that the command line wrote', async () => {
  const { fixings } = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as Contents;
  expect(fixings.length).toBeGreaterThanOrEqual(LEAST);
  const context = await contextOf(browser);
  const { page, faults } = await watchedPage(context, `${server.url}check.html`);
  await page.evaluate(`
      globalThis.engine = new Worker(document.documentElement.dataset.engine);
      globalThis.calculated = (index, date) => new Promise((resolve) => {
        const place = { kind: 'web', base: location.origin + '/' };
        engine.onmessage = ({ data }) => {
          if (data.kind === 'answer') resolve([data.answer.pass, data.answer.figures]);
          if (data.kind === 'failed') resolve([false, data.message]);
        };
        engine.postMessage({ id: 1, question: { kind: 'check', place, keys: [], index, date } });
      });`);
  const different: string[] = [];
  for (const { index, date } of fixings) {
    const bytes = readFileSync(join(directory, `fixings/${index}/${date}.json`));
    const [pass, figures] = (await page.evaluate(`calculated('${index}', '${date}')`)) as [
      boolean,
      { calculated: { sha256: string } } | undefined,
    ];
    const isSame = pass && figures?.calculated.sha256 === sha256(bytes);
    if (!isSame) different.push(`${index} ${date}: ${JSON.stringify(figures)}`);
  }
  expect(different).toEqual([]);
  expect(faults).toEqual([]);
  console.log(`${fixings.length} fixings: the same bytes in ${browser.version()}`);
  await context.close();
});
