import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signerOf } from '../../src/publish/log/keys.ts';
import { writeSite } from '../../src/site/write-site.ts';
import { mtok, temporaryDirectory } from '../cli/run.ts';
import { ORIGIN, publishDays, SIGNER } from '../publish/publications.ts';
import {
  contextOf,
  hasChromium,
  openBrowser,
  type Serving,
  serving,
  watchedPage,
} from './browser.ts';
import { sitePublication } from './site-publication.ts';

const SAME = 'It verifies: signed, logged, and calculated again here with the same bytes.';
const DAY = '2026-07-02';

let browser: Browser;
let directory: string;
let server: Serving;
let bundle: string;

beforeAll(async () => {
  if (!hasChromium) return;
  directory = await sitePublication();
  browser = await openBrowser();
  server = await serving(directory);
  bundle = join(temporaryDirectory(), 'bundle.json');
  expect(mtok(['bundle', directory, '--index', 'ALPHA', '--date', DAY, '--out', bundle]).code).toBe(
    0,
  );
}, 120_000);

afterAll(async () => {
  server?.end();
  await browser?.close();
});

/** The verdict, and each step with its result. */
async function found(page: Page): Promise<{ verdict: string; steps: string[]; text: string }> {
  await page.waitForSelector('[data-pass]', { timeout: 60_000 });
  const steps = await page
    .locator('.checks li')
    .evaluateAll((all) => all.map((one) => `${one.getAttribute('data-step')} ${one.className}`));
  const verdict = await page.locator('[data-pass]').innerText();
  return { verdict, steps, text: await page.locator('#verify').innerText() };
}

async function opened(
  url: string,
): Promise<{ page: Page; faults: readonly string[]; context: BrowserContext }> {
  const context = await contextOf(browser);
  return { ...(await watchedPage(context, url)), context };
}

const checkPage = () => `${server.url}check.html`;
const fromDisk = (path: string) => `${pathToFileURL(directory).href}/${path}`;
const STEPS = ['contents', 'inclusion', 'fixing', 'inputs', 'rulebook', 'recompute'];

describe.skipIf(!hasChromium)('the button of an index', () => {
  it('verifies its fixing, calculates it again, and shows the figures', async () => {
    const { page, faults, context } = await opened(`${server.url}indices/ALPHA.html`);
    await page.click('#verify-go');
    const { verdict, steps, text } = await found(page);
    expect(verdict).toBe(SAME);
    expect(steps).toEqual([
      ...['signature pass', 'signature pass', 'consistency skipped'],
      ...STEPS.map((step) => `${step} pass`),
    ]);
    expect(text).toContain("this browser's own Ed25519 (WebCrypto) accepts");
    expect(await page.locator('.compared .pass').count()).toBe(8);
    const sha256 = await page.locator('.compared tr').last().locator('.hash').allInnerTexts();
    expect(new Set(sha256).size).toBe(1);
    // The second time the log has to have grown out of what was seen.
    await page.reload();
    await page.click('#verify-go');
    const again = await found(page);
    expect(again.steps[2]).toBe('consistency pass');
    expect(text).toContain('its own word');
    expect(again.text).not.toContain('its own word');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('believes no other key than the one it saw, until the reader forgets that', async () => {
    const { page, context } = await opened(`${server.url}indices/ALPHA.html`);
    const other = signerOf(ORIGIN, 'log', new Uint8Array(32).fill(8)).verifierKey;
    const seen = { origin: ORIGIN, size: 1, root: Buffer.alloc(32).toString('base64') };
    await page.evaluate(
      `localStorage.setItem('mtok-seen', ${JSON.stringify(JSON.stringify({ ...seen, keys: [other] }))})`,
    );
    await page.click('#verify-go');
    const { verdict, steps } = await found(page);
    expect(verdict).toMatch(/^It does not verify/);
    expect(steps).toContain('signature fail');
    await page.getByRole('button', { name: /^Forget the log/ }).click();
    await expect.poll(() => page.locator('[data-pass]').innerText()).toBe(SAME);
    await context.close();
  });

  it('verifies every revision of a day', async () => {
    const { page, context } = await opened(`${server.url}indices/BETA.html`);
    await page.click('#verify-go');
    const { verdict, steps } = await found(page);
    expect(verdict).toBe(SAME);
    expect(steps.filter((step) => step === 'recompute pass')).toHaveLength(2);
    await context.close();
  });

  it('does without WebCrypto on plain HTTP', async () => {
    const url = server.url.replace('127.0.0.1', 'index.test');
    const { page, faults, context } = await opened(`${url}indices/ALPHA.html`);
    expect(await page.evaluate('isSecureContext')).toBe(false);
    await page.click('#verify-go');
    const { verdict, steps, text } = await found(page);
    expect(verdict).toBe(SAME);
    expect(steps.slice(0, 2)).toEqual(['signature pass', 'signature skipped']);
    expect(text).toContain('@noble/curves alone verified it');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says what a server sends that is not what was signed', async () => {
    const own = join(temporaryDirectory(), 'public');
    cpSync(directory, own, { recursive: true });
    const { inputs } = JSON.parse(readFileSync(join(own, 'fixings/ALPHA/2026-07-03.json'), 'utf8'));
    const path = join(own, `inputs/${inputs.quotes.sha256}.csv`);
    writeFileSync(path, readFileSync(path, 'utf8').replace('0.25', '0.26'));
    const damaged = await serving(own);
    const { page, context } = await opened(`${damaged.url}indices/ALPHA.html`);
    await page.click('#verify-go');
    expect((await found(page)).verdict).toMatch(/inputs\/.*\.csv answered 500/);
    damaged.end();
    await context.close();
  });
});

describe.skipIf(!hasChromium)('the page that checks files', () => {
  const give = async (url: string, file: string | { name: string; text: string }) => {
    const place = await opened(url);
    const payload =
      typeof file === 'string'
        ? file
        : { name: file.name, mimeType: 'application/json', buffer: Buffer.from(file.text) };
    await place.page.setInputFiles('#files', payload);
    const result = await found(place.page);
    expect(place.faults).toEqual([]);
    await place.context.close();
    return result;
  };

  it.each(['web', 'disk'])('accepts a bundle, from the %s', async (where) => {
    const { verdict, steps } = await give(
      where === 'web' ? checkPage() : fromDisk('check.html'),
      bundle,
    );
    expect(verdict).toBe(SAME);
    expect(steps).toContain('recompute pass');
  });

  it('says of each changed byte what does not match', async () => {
    const text = readFileSync(bundle, 'utf8');
    const parsed = JSON.parse(text) as {
      text: Record<string, string>;
      base64: Record<string, string>;
    };
    const of = (start: string) =>
      Object.keys(parsed.text).find((path) => path.startsWith(start)) ?? '';
    const quotes = JSON.parse(parsed.text[of('fixings/')] ?? '{}').inputs.quotes.sha256;
    const cases: readonly (readonly [path: string, from: string, to: string, fails: string])[] = [
      ['checkpoint', 'index.example/mtok\n', 'index.example/mtoc\n', 'signature'],
      ['index.json', '"ALPHA"', '"ALPHB"', 'contents'],
      [of('fixings/'), '"level":"100.0000"', '"level":"100.0001"', 'fixing'],
      [`inputs/${quotes}.csv`, '0.25', '0.26', 'inputs'],
      [of('rulebooks/'), 'A small index', 'A smaller index', 'rulebook'],
      [of('receipts/'), 'index 6', 'index 7', 'inclusion'],
    ];
    for (const [path, from, to, fails] of cases) {
      const files = { ...parsed.text };
      expect(files[path], path).toContain(from);
      files[path] = files[path]?.replace(from, to) ?? '';
      const changed = { name: 'bundle.json', text: JSON.stringify({ ...parsed, text: files }) };
      const { verdict, steps, text: shown } = await give(fromDisk('check.html'), changed);
      expect(verdict, path).toMatch(/^It does not verify/);
      expect(steps, path).toContain(`${fails} fail`);
      expect(shown, path).not.toContain(SAME);
    }
  });

  it('does not hold a copy against what the browser saw later', async () => {
    const own = temporaryDirectory();
    await publishDays(own, ['2026-07-01']);
    const older = join(temporaryDirectory(), 'bundle.json');
    const args = ['bundle', own, '--index', 'ALPHA', '--date', '2026-07-01', '--out', older];
    expect(mtok(args).code).toBe(0);
    const { page, context } = await opened(`${server.url}indices/ALPHA.html`);
    await page.click('#verify-go');
    expect((await found(page)).verdict).toBe(SAME);
    await page.goto(checkPage());
    await page.setInputFiles('#files', older);
    const { verdict, steps } = await found(page);
    expect(verdict).toBe(SAME);
    expect(steps).toContain('consistency skipped');
    await context.close();
  });

  it('says what it could not calculate, where rows are kept back', async () => {
    const own = temporaryDirectory();
    await publishDays(own, ['2026-07-01'], { digestOnly: ['quotes'] });
    await writeSite(own);
    const kept = await serving(own);
    const { page, context } = await opened(`${kept.url}indices/ALPHA.html`);
    await page.click('#verify-go');
    const { verdict, steps, text } = await found(page);
    expect(verdict).toBe('Nothing that was checked fails; not all could be.');
    expect(steps).toContain('recompute skipped');
    expect(text).toMatch(/Not calculated: inputs\/[0-9a-f]{64}\.csv is missing/);
    kept.end();
    await context.close();
  });

  it('accepts a fixing alone where a server has the rest', async () => {
    const file = join(directory, `fixings/ALPHA/${DAY}.json`);
    expect((await give(checkPage(), file)).verdict).toBe(SAME);
    const text = readFileSync(file, 'utf8').replace('"level":"100.0000"', '"level":"100.1000"');
    const changed = await give(checkPage(), { name: 'fixing.json', text });
    expect(changed.verdict).toMatch(/^It does not verify/);
    expect(changed.steps).toContain('fixing fail');
    expect(changed.text).toMatch(/has the SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}/);
    const alone = await give(fromDisk('check.html'), file);
    expect(alone.verdict).toContain('is a fixing alone');
  });

  it.each([
    ['nothing.json', '', 'expected a fixing or a bundle'],
    ['other.json', '{"schema":"mtok.fixing/1"}', 'expected a fixing or a bundle'],
    ['cut.json', '{"schema": "mtok.bundle/1", "text": {', 'to be a bundle'],
    ['page.html', '<script>alert(1)</script>', 'expected a fixing or a bundle'],
  ])('refuses %s, and says what it expected', async (name, text, expected) => {
    const { verdict } = await give(checkPage(), { name, text });
    expect(verdict).toContain(expected);
  });

  it('verifies a whole publication from its folder on a disk', async () => {
    const { page, faults, context } = await opened(fromDisk('check.html'));
    await page.setInputFiles('#folder', directory);
    const { verdict, steps } = await found(page);
    expect(verdict).toBe(SAME);
    expect(steps).toContain('files pass');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('believes the key that a reader had from elsewhere, and no other', async () => {
    const { page, context } = await opened(checkPage());
    await page.fill('#key', SIGNER.verifierKey);
    await page.setInputFiles('#files', bundle);
    const good = await found(page);
    expect(good.verdict).toBe(SAME);
    expect(good.text).not.toContain('its own word');
    await page.fill('#key', 'index.example/mtok+00000000+AAAA');
    await page.setInputFiles('#files', []);
    await page.setInputFiles('#files', bundle);
    await expect.poll(() => page.locator('[data-pass]').innerText()).toContain('expected the id');
    await context.close();
  });

  it('takes the folder on the page of an index too', async () => {
    const { page, context } = await opened(fromDisk('indices/ALPHA.html'));
    await page.setInputFiles('#own-folder', directory);
    const { verdict, text } = await found(page);
    expect(verdict).toBe(SAME);
    expect(text).toContain('ALPHA, 2026-07-03');
    await context.close();
  });
});
