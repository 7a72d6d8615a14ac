import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  contextOf,
  hasChromium,
  openBrowser,
  type Serving,
  serving,
  watchedPage,
} from './browser.ts';
import { sitePublication } from './site-publication.ts';

let browser: Browser;
let directory: string;
let server: Serving;
let context: BrowserContext;
let page: Page;
let faults: readonly string[];

beforeAll(async () => {
  if (!hasChromium) return;
  directory = await sitePublication();
  browser = await openBrowser();
  server = await serving(directory);
}, 120_000);

afterAll(async () => {
  server?.end();
  await browser?.close();
});

beforeEach(async () => {
  if (!hasChromium) return;
  await context?.close();
  context = await contextOf(browser, { acceptDownloads: true });
  ({ page, faults } = await watchedPage(context, `${server.url}indices/ALPHA.html`));
});

const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click();
const readout = () => page.locator('.readout').innerText();
const series = (index: string) =>
  readFileSync(join(directory, `series/${index}.csv`), 'utf8')
    .trim()
    .split('\n');
const saved = async (name: string): Promise<Download> => {
  const [download] = await Promise.all([page.waitForEvent('download'), press(name)]);
  return download;
};

describe.skipIf(!hasChromium)('the chart', () => {
  it('shows level, price and legs, each with its name and its last value', async () => {
    const [, , , last = ''] = series('ALPHA');
    const [, , , , , price, input, cached, output, level] = last.split(',');
    expect(await readout()).toContain(`level ${level}`);
    await press('Price');
    expect(await readout()).toContain(`price ${price}`);
    await press('Legs');
    const legs = await readout();
    for (const text of [`output ${output}`, `input ${input}`, `cached input ${cached}`]) {
      expect(legs).toContain(text);
    }
    expect(faults).toEqual([]);
  });

  it('says the values of the day that is pointed at', async () => {
    await page.locator('.plot .u-over').hover({ position: { x: 2, y: 50 } });
    await expect.poll(readout).toContain('2026-07-01');
    expect(await readout()).toContain('level 100.0000');
  });

  it('says them under a finger too', async () => {
    const own = await contextOf(browser, { hasTouch: true, viewport: { width: 390, height: 800 } });
    const touched = await watchedPage(own, `${server.url}indices/ALPHA.html`);
    const over = touched.page.locator('.plot .u-over');
    await over.scrollIntoViewIfNeeded();
    const box = await over.boundingBox();
    if (!box) throw new Error('expected a plot');
    await touched.page.touchscreen.tap(box.x + 3, box.y + 40);
    await expect.poll(() => touched.page.locator('.readout').innerText()).toContain('2026-07-01');
    expect(touched.faults).toEqual([]);
    await own.close();
  });

  it('shows a span of days, and a logarithmic scale', async () => {
    for (const name of ['1 month', '6 months', '1 year', 'All']) {
      await press(name);
      const button = page.getByRole('button', { name, exact: true });
      expect(await button.getAttribute('aria-pressed')).toBe('true');
    }
    await press('Log scale');
    const log = page.getByRole('button', { name: 'Log scale' });
    expect(await log.getAttribute('aria-pressed')).toBe('true');
    expect(faults).toEqual([]);
  });

  it('compares indices from 100 on the first day, and says what each is', async () => {
    await page.getByText('Compare', { exact: true }).click();
    await page.getByRole('checkbox', { name: 'BETA' }).check();
    await expect.poll(readout).toContain('BETA');
    expect(await page.locator('.above .unit').innerText()).toBe('100 on 2026-07-01');
    const download = await saved('CSV');
    const text = readFileSync(await download.path(), 'utf8');
    expect(text.split('\n')[0]).toBe('date,ALPHA,ALPHA rebased,BETA,BETA rebased');
    expect(text.split('\n')[1]).toMatch(/^2026-07-01,100\.0000,100\.0000,100\.0000,100\.0000$/);
    await page.getByRole('checkbox', { name: 'BETA' }).uncheck();
    await expect.poll(readout).not.toContain('BETA');
  });

  it('zooms by a drag, moves with Shift and by keys, and shows all again', async () => {
    await page.locator('.plot').scrollIntoViewIfNeeded();
    const over = page.locator('.plot .u-over');
    const box = await over.boundingBox();
    if (!box) throw new Error('expected a plot');
    const drag = async (from: number, to: number) => {
      await page.mouse.move(box.x + box.width * from, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * to, box.y + 60, { steps: 4 });
      await page.mouse.up();
    };
    await drag(0, 0.6);
    const zoomed = (await saved('CSV')).suggestedFilename();
    expect(zoomed).toBe('ALPHA-2026-07-01-2026-07-02.csv');
    await page.keyboard.down('Shift');
    await drag(0.9, 0.2);
    await page.keyboard.up('Shift');
    expect((await saved('CSV')).suggestedFilename()).toBe('ALPHA-2026-07-01-2026-07-03.csv');
    await over.dblclick();
    await page.locator('.plot').focus();
    for (const key of ['+', 'ArrowRight', 'ArrowLeft', '-']) await page.keyboard.press(key);
    expect(faults).toEqual([]);
  });

  it('saves what it shows, as published, and as a picture', async () => {
    await press('Price');
    const csv = readFileSync(await (await saved('CSV')).path(), 'utf8');
    const rows = series('ALPHA')
      .slice(1)
      .map((line) => line.split(','));
    expect(csv).toBe(`date,price\n${rows.map((cells) => `${cells[0]},${cells[5]}\n`).join('')}`);
    const png = readFileSync(await (await saved('PNG')).path());
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.length).toBeGreaterThan(5000);
  });

  it('is a table as well', async () => {
    await page.getByText('The last 30 days as a table').click();
    expect(await page.locator('.recent tr').count()).toBe(4);
    expect(await page.locator('.recent tr').nth(1).innerText()).toContain('2026-07-03');
  });
});

describe.skipIf(!hasChromium)('a page', () => {
  it('has light and dark, and remembers', async () => {
    const colour = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const before = await colour();
    await press('Show this in dark');
    const after = await colour();
    expect(after).not.toBe(before);
    await page.reload();
    expect(await colour()).toBe(after);
    await press('Show this in light');
    expect(await colour()).toBe(before);
    expect(faults).toEqual([]);
  });

  it('says times in UTC and in the reader’s own', async () => {
    const facts = await page.locator('.facts').innerText();
    expect(facts).toContain('2026-07-03 23:59 UTC');
    expect(facts).toMatch(/4 Jul, 01:59 (?:CEST|GMT\+2)/);
  });

  it('says that a fixing is late, by the reader’s clock', async () => {
    const own = await contextOf(browser);
    await own.clock.setFixedTime('2026-07-04T17:00:00Z');
    const early = await watchedPage(own, `${server.url}indices/GATED.html`);
    expect(await early.page.locator('.badge.late').isVisible()).toBe(false);
    await own.clock.setFixedTime('2026-07-04T18:00:01Z');
    await early.page.reload();
    expect(await early.page.locator('.badge.late').isVisible()).toBe(true);
    await own.close();
  });

  it('can be used by keys alone: skip, then the first control', async () => {
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('location.hash')).toBe('#main');
  });

  it('sorts its constituents by a column, either way', async () => {
    const ids = () => page.locator('#constituents tbody th').allInnerTexts();
    const head = page.locator('#constituents th').filter({ hasText: 'price' });
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    const dearest = await ids();
    await head.getByRole('button').click();
    expect(await ids()).toEqual([...dearest].reverse());
    expect(dearest[0]).toBe('alpha');
  });

  it('shows the fixing of another day, and refuses a day that has none', async () => {
    await page.getByLabel('Fixing of').fill('2026-07-01');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.locator('#constituents caption').innerText())
      .toContain('2026-07-01');
    const { constituents } = JSON.parse(
      readFileSync(join(directory, 'fixings/ALPHA/2026-07-01.json'), 'utf8'),
    );
    const shown = await page.locator('#constituents tbody tr').count();
    expect(shown).toBe(constituents.length);
    expect(await page.locator('#verify-go').innerText()).toContain('2026-07-01');
    await page.getByLabel('Fixing of').fill('2026-02-30');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByText('2026-02-30 has no fixing').count()).toBe(1);
    expect(faults).toEqual([]);
  });

  it('links each clause to its place in the methodology', async () => {
    await page.locator('a.clause[href$="#in-force"]').first().click();
    await page.waitForURL('**/methodology.html#in-force');
    expect(await page.locator('#in-force').count()).toBe(1);
  });
});

describe.skipIf(!hasChromium)('why it moved', () => {
  it('is split into parts that sum to the published change', async () => {
    await page.getByLabel('From', { exact: true }).fill('2026-07-01');
    await press('Explain');
    await page.waitForSelector('svg.waterfall');
    await page.getByText(/All \d+ parts as a table/).click();
    const rows = await page.locator('.parts tbody tr').allInnerTexts();
    const numbers = rows.map((row) => row.split('\t').map((cell) => cell.trim()));
    const sum = numbers.slice(0, -1).reduce((total, [, , price]) => total + Number(price), 0);
    expect(sum).toBeCloseTo(Number(numbers.at(-1)?.[2]), 9);
    const lines = series('ALPHA').map((line) => line.split(','));
    const change = Number(lines[3]?.[5]) - Number(lines[1]?.[5]);
    expect(Number(numbers.at(-1)?.[2])).toBeCloseTo(change, 9);
    await page.locator('#explain').getByRole('button', { name: 'Level' }).click();
    expect(await page.locator('#explained').innerText()).toContain('points');
    expect(faults).toEqual([]);
  });

  it('is explained of the days that the chart shows', async () => {
    await press('Explain these days');
    await page.waitForSelector('svg.waterfall');
    expect(await page.locator('#explained').innerText()).toContain(
      'From 2026-07-01 to 2026-07-03 the reference price moved',
    );
    expect(faults).toEqual([]);
  });

  it('says which days have no value', async () => {
    await page.getByLabel('From', { exact: true }).fill('2026-06-01');
    await press('Explain');
    await expect
      .poll(() => page.locator('#explain').innerText())
      .toContain('2026-06-01 has no value');
  });

  it('shows how the price depends on the mix', async () => {
    await press('Calculate under other mixes');
    await page.waitForSelector('table.blend');
    const rows = await page.locator('.blend tbody tr').allInnerTexts();
    expect(rows).toHaveLength(7);
    const half = rows.find((row) => row.startsWith('input 50%, output 50%'));
    // It is the declared mix of the small index.
    expect(half).toContain('+0.00%');
    expect(faults).toEqual([]);
  });
});
