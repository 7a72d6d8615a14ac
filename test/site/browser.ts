import { type ChildProcess, spawn } from 'node:child_process';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { MTOK, ROOT } from '../cli/run.ts';
import { hasTool } from '../tools.ts';

/** Debian's browser, with nothing that reaches out on its own. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasChromium = hasTool(CHROMIUM, ['--version'], 'apt-get install chromium');

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
  // Another name for this machine: a page of it is no secure context.
  '--host-resolver-rules=MAP index.test 127.0.0.1',
];

/** A browser with a new and empty profile. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

/** A page, and everything about it that must not happen. */
export interface Watched {
  readonly page: Page;
  /** Errors of its scripts, refusals of its policy, failed requests and those to elsewhere. */
  readonly faults: readonly string[];
}

/** Opens pages, each watched. Times are those of Berlin, so that they differ from UTC. */
export async function watchedPage(context: BrowserContext, url: string): Promise<Watched> {
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'log') faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', ({ message }) => faults.push(`error: ${message}`));
  page.on('requestfailed', (request) => faults.push(`failed: ${request.url()}`));
  const { protocol, host } = new URL(url);
  page.on('request', (request) => {
    const to = new URL(request.url());
    const isOwn = to.protocol === protocol && to.host === host;
    if (!isOwn && !['data:', 'blob:'].includes(to.protocol)) faults.push(`elsewhere: ${to}`);
  });
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
    console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`);
  await page.goto(url);
  return { page, faults };
}

const BERLIN = { timezoneId: 'Europe/Berlin', locale: 'en-US' };

export function contextOf(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  return browser.newContext({ ...BERLIN, viewport: { width: 1280, height: 900 }, ...options });
}

export interface Serving {
  readonly url: string;
  readonly end: () => void;
}

/** `mtok serve` on a publication. */
export function serving(directory: string): Promise<Serving> {
  const args = [MTOK, 'serve', '--publication', directory, '--port', '0'];
  const server: ChildProcess = spawn(process.execPath, args, { cwd: ROOT });
  let said = '';
  return new Promise((resolve, reject) => {
    server.stderr?.on('data', (chunk) => {
      said += chunk;
      const [, url] = /listening: (\S+)/.exec(said) ?? [];
      if (url) resolve({ url: `${url.replace(/\/$/, '')}/`, end: () => server.kill('SIGKILL') });
    });
    server.on('close', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
}
