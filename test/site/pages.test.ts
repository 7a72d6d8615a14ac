import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scaled } from '../scale.ts';
import {
  contextOf,
  hasChromium,
  openBrowser,
  type Serving,
  serving,
  watchedPage,
} from './browser.ts';
import { settledSite, sitePublication } from './site-publication.ts';

const PAGES = [
  ...['index.html', 'indices/ALPHA.html', 'indices/BETA.html', 'indices/GATED.html'],
  ...['check.html', 'methodology.html', 'exchanges.html', 'analysts.html'],
];
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** It looks at every page for seconds: in small it sees the widest in light, the narrowest in dark. */
const isAxed = (width: number, scheme: string): boolean =>
  scaled(`${width} ${scheme}` === '1280 light' || `${width} ${scheme}` === '390 dark', true);

let browser: Browser;
let directory: string;
let server: Serving;
let settled: Serving;

beforeAll(async () => {
  if (!hasChromium) return;
  directory = await sitePublication();
  browser = await openBrowser();
  server = await serving(directory);
  settled = await serving(await settledSite());
}, 120_000);

afterAll(async () => {
  server?.end();
  settled?.end();
  await browser?.close();
});

describe.skipIf(!hasChromium)('each page', () => {
  it.each(PAGES)(
    '%s has no fault: of its scripts, of its policy, or a request elsewhere',
    async (path) => {
      const context = await contextOf(browser);
      const { page, faults } = await watchedPage(context, server.url + path);
      await page.waitForLoadState('networkidle');
      expect(faults).toEqual([]);
      expect(await page.locator('h1').count()).toBe(1);
      expect(await page.locator('.needs-script').count()).toBe(0);
      await context.close();
    },
  );

  it.each(PAGES)('%s opens from a disk too', async (path) => {
    const context = await contextOf(browser);
    const url = `${pathToFileURL(directory).href}/${path}`;
    const { page, faults } = await watchedPage(context, url);
    await page.waitForLoadState('networkidle');
    expect(faults).toEqual([]);
    // Its script and its style sheet were loaded.
    expect(await page.locator('#theme').isVisible()).toBe(true);
    const font = await page.evaluate('getComputedStyle(document.body).fontVariantNumeric');
    expect(font).toContain('tabular-nums');
    await context.close();
  });

  it('is served at the root as well', async () => {
    const context = await contextOf(browser);
    const { page, faults } = await watchedPage(context, server.url);
    expect(await page.locator('table.overview tbody tr').count()).toBe(4);
    await page.getByRole('link', { name: 'ALPHA', exact: true }).click();
    expect(page.url()).toBe(`${server.url}indices/ALPHA.html`);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('has values without scripts', async () => {
    const context = await contextOf(browser, { javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${server.url}indices/ALPHA.html`);
    expect(await page.locator('.value .number').innerText()).toMatch(/^\d\.\d{4}$/);
    expect(await page.locator('#chart svg path.line').count()).toBe(1);
    expect(await page.locator('#constituents tbody tr').count()).toBe(3);
    await context.close();
  });

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [768, 'light'],
    [768, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    'fits a screen of %d pixels in %s, and axe finds nothing serious',
    async (width, colorScheme) => {
      const viewport = { width, height: 900 };
      const context = await contextOf(browser, { colorScheme, viewport, bypassCSP: true });
      const found: string[] = [];
      const urls = [...PAGES.map((path) => server.url + path), `${settled.url}exchanges.html`];
      for (const url of urls) {
        const { page } = await watchedPage(context, url);
        await page.waitForLoadState('networkidle');
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        if (Number(overflow) > 0) {
          const widest = await page.evaluate(`[...document.querySelectorAll('main *')]
          .filter((one) => one.getBoundingClientRect().right > innerWidth && !one.closest('.scroll'))
          .map(({ outerHTML }) => outerHTML.slice(0, 90))[0]`);
          found.push(`${url} is ${overflow} pixels too wide: ${widest}`);
        }
        if (!isAxed(width, colorScheme)) {
          await page.close();
          continue;
        }
        await page.addScriptTag({ path: AXE });
        const violations = (await page.evaluate(`axe.run().then(({ violations }) => violations
        .map(({ id, impact, nodes }) => [id, impact, nodes.map(({ html }) => html.slice(0, 120))]))`)) as [
          string,
          string,
          string[],
        ][];
        for (const [id, impact, nodes] of violations) {
          if (impact === 'serious' || impact === 'critical')
            found.push(`${url} ${id}: ${nodes[0]}`);
        }
        await page.close();
      }
      expect(found).toEqual([]);
      await context.close();
    },
  );
});
