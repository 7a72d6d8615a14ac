// How fast the pages are, in a real browser: npm run bench:site
//
// 1. From a cold cache on loopback, with the processor slowed down four times: how long until the
//    first page and the page of an index show their values.
// 2. Ten years of daily values of five indices: how long each frame takes while they are panned.
// 3. What a reader has to load, compressed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const MTOK = 'dist/cli/main.js';
const ROUNDS = 9;
const SLOWDOWN = 4;

const place = mkdtempSync(join(tmpdir(), 'mtok-site-'));
const directory = join(place, 'public');
const key = join(place, 'mtok.key');
const env = { ...process.env, MTOK_PASSPHRASE: 'bench' };
const mtok = (...args) => {
  const { status, stderr } = spawnSync(process.execPath, [MTOK, ...args], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
};
mtok('key', 'new', '--name', 'bench.example/mtok', '--out', key);
mtok('publish', '--out', directory, '--key', key, '--from', '2026-08-10', '--to', '2026-08-21');

const server = spawn(process.execPath, [MTOK, 'serve', '--publication', directory, '--port', '0']);
const url = await new Promise((resolve) => {
  server.stderr.on('data', (chunk) => {
    const found = /listening: (\S+)/.exec(String(chunk));
    if (found) resolve(`${found[1]}/`);
  });
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
});
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores; Chromium ${browser.version()}, Node.js ${process.version}`,
);

for (const path of ['', 'indices/MTOK-LIST.html']) {
  const [painted, ready] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    await page.goto(url + path, { waitUntil: 'load' });
    // The value is in the HTML: the first contentful paint shows it.
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]);
    painted.push(
      await page.evaluate(
        () => performance.getEntriesByName('first-contentful-paint')[0].startTime,
      ),
    );
    ready.push(
      await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd),
    );
    await context.close();
  }
  const name = path === '' ? 'the first page' : path;
  console.log(
    `${name}, cold, ${SLOWDOWN}x slower: value shown after ${median(painted).toFixed(0)} ms, scripts done after ${median(ready).toFixed(0)} ms (medians of ${ROUNDS})`,
  );
}

await panning();

const sizeOf = (path) => {
  const bytes = readFileSync(join(directory, path));
  return { brotli: brotliCompressSync(bytes).length, gzip: gzipSync(bytes).length };
};
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
let [brotli, gzip] = [0, 0];
const assets = readdirSync(join(directory, 'assets')).map((name) => `assets/${name}`);
for (const path of ['indices/MTOK-ALL.html', ...assets]) {
  const size = sizeOf(path);
  brotli += size.brotli;
  gzip += size.gzip;
  console.log(`${path}: ${kB(size.brotli)} with brotli, ${kB(size.gzip)} with gzip`);
}
console.log(`a page with all that it can load: ${kB(brotli)} with brotli, ${kB(gzip)} with gzip`);

await browser.close();
server.kill();

/** Five indices, a value a day for ten years, on the page of an index: the page's own chart. */
async function panning() {
  const names = ['MTOK-LIST', 'MTOK-ALL', 'MTOK-CN', 'MTOK-OPEN', 'MTOK-FRONTIER'];
  const day = (at) => new Date(Date.UTC(2016, 7, 22) + at * 86_400_000).toISOString().slice(0, 10);
  const days = Array.from({ length: 3653 }, (_, at) => day(at));
  const level = (at, index) => (100 + 20 * Math.sin(at / (90 + index * 40)) - at / 200).toFixed(4);
  const rows = (index) => days.map((date, at) => ({ date, level: level(at, index) }));
  const csv = (name, index) =>
    `date,index,status,basis,series,price,input,cached_input,output,level\n${rows(index)
      .map((row) => `${row.date},${name},published,live,1,1,1,1,1,${row.level}\n`)
      .join('')}`;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  for (const [index, name] of names.entries()) {
    await page.route(`**/series/${name}.csv`, (route) => route.fulfill({ body: csv(name, index) }));
  }
  await page.route('**/indices/MTOK-LIST.html', async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    const zeros = days.map((_, at) => (at === 0 ? '1' : 0));
    const columns = [days, zeros, zeros, zeros, zeros, zeros, rows(0).map((row) => row.level)];
    const series = JSON.stringify(columns);
    await route.fulfill({
      response,
      body: text.replace(/"series":\[\[.*\]\]/, () => `"series":${series}`),
    });
  });
  await page.goto(`${url}indices/MTOK-LIST.html`);
  await page.getByText('Compare', { exact: true }).click();
  for (const name of names.slice(1))
    await page.getByRole('checkbox', { name, exact: true }).check();
  await page.waitForFunction(() => document.querySelectorAll('.readout span').length === 5);
  await page.locator('.plot').scrollIntoViewIfNeeded();
  const box = await page.locator('.plot .u-over').boundingBox();
  const at = (share) => [box.x + box.width * share, box.y + 100];
  // A third of the days is shown, and moved through the rest.
  await page.mouse.move(...at(0.33));
  await page.mouse.down();
  await page.mouse.move(...at(0.66), { steps: 5 });
  await page.mouse.up();
  await page.evaluate(() => {
    globalThis.frames = [];
    let last = performance.now();
    const next = (now) => {
      globalThis.frames.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await page.keyboard.down('Shift');
  await page.mouse.move(...at(0.5));
  await page.mouse.down();
  for (let step = 0; step < 240; step += 1)
    await page.mouse.move(...at(0.5 + 0.4 * Math.sin(step / 20)));
  await page.mouse.up();
  await page.keyboard.up('Shift');
  const frames = (await page.evaluate(() => globalThis.frames)).slice(1).sort((a, b) => a - b);
  const share = (part) =>
    frames[Math.min(frames.length - 1, Math.floor(frames.length * part))].toFixed(1);
  const slow = frames.filter((frame) => frame > 34).length;
  console.log(
    `panning ${names.length} x ${days.length} values: ${frames.length} frames, median ${share(0.5)} ms, p95 ${share(0.95)} ms, longest ${share(1)} ms, ${slow} longer than two frames of 60 Hz`,
  );
  await context.close();
}
