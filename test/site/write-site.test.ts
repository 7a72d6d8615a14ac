import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sitePath } from '../../src/domain/site-path.ts';
import { siteFiles, writeSite } from '../../src/site/write-site.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { verify } from '../../src/verify/verify.ts';
import { MTOK, mtok, temporaryDirectory } from '../cli/run.ts';
import { filesUnder, publishDays, RULES, requestFor, sha256 } from '../publish/publications.ts';
import { settledSite, sitePublication } from './site-publication.ts';

let directory: string;

beforeAll(async () => {
  directory = await sitePublication();
}, 120_000);

const text = (path: string, of = directory) => readFileSync(join(of, path), 'utf8');
/** Without markup, as a reader without scripts and styles has it. */
const plain = (path: string) =>
  text(path)
    .replace(/<script type="application\/json"[\s\S]*?<\/script>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the site of a publication', () => {
  it('says the latest values without any script', () => {
    const shown = plain('index.html');
    const { fixings } = JSON.parse(text('latest.json')) as {
      fixings: { index: string; value: { price: string } | null; level: string | null }[];
    };
    expect(fixings.map(({ index }) => index)).toEqual(['ALPHA', 'BETA', 'GATED', 'REPEATED']);
    for (const { index, value, level } of fixings) {
      expect(shown).toContain(index);
      expect(shown).toContain(value?.price ?? 'withheld');
      if (level) expect(plain(`indices/${index}.html`)).toContain(level);
    }
  });

  it('says of each its unit, state, date and cut-off, and its constituents with their sellers', () => {
    const shown = plain('indices/ALPHA.html');
    const { price, level } = JSON.parse(text('fixings/ALPHA/2026-07-03.json')).value
      ? { ...JSON.parse(text('fixings/ALPHA/2026-07-03.json')).value, level: '' }
      : { price: '', level: '' };
    expect(level).toBe('');
    for (const part of [price, 'USD/MTok', 'final', '3 July 2026', '2026-07-03 23:59 UTC']) {
      expect(shown).toContain(part);
    }
    for (const part of ['alpha', 'acme', 'gamma', 'coil,inc', 'observed']) {
      expect(shown).toContain(part);
    }
    expect(plain('indices/GATED.html')).toContain('withheld');
    expect(plain('indices/GATED.html')).toContain('max move');
    expect(plain('indices/BETA.html')).toContain('revision 1');
    expect(plain('indices/REPEATED.html')).toContain('the values of 2026-07-02 again');
  });

  it('calculates changes by hand as the series has them', () => {
    const rows = text('series/ALPHA.csv')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const level = (at: number) => Number(rows[at]?.[rows[0]?.indexOf('level') ?? 0]);
    const change = ((level(3) / level(2) - 1) * 100).toFixed(2).replace('-', '−');
    expect(change).not.toBe('0.00');
    expect(plain('indices/ALPHA.html')).toContain(`${change}%`);
  });

  it('has the same bytes each time, and writes only what is new', async () => {
    const before = filesUnder(directory);
    const times = new Map([...before.keys()].map((path) => [path, mtime(path)]));
    expect(await writeSite(directory)).toEqual({ pages: 9, written: [], removed: [] });
    expect([...filesUnder(directory)].map(([path, bytes]) => [path, sha256(bytes)])).toEqual(
      [...before].map(([path, bytes]) => [path, sha256(bytes)]),
    );
    for (const [path, time] of times) expect(mtime(path)).toBe(time);
    const elsewhere = temporaryDirectory();
    await writeSite(directory, elsewhere);
    for (const [path, bytes] of filesUnder(elsewhere)) {
      expect(sitePath(path), path).toBeDefined();
      expect(before.get(path)?.equals(bytes), path).toBe(true);
    }
  });

  it('removes the assets and pages of before, and nothing else', async () => {
    const old = ['assets/page-0123456789abcdef.js', 'indices/GONE.html'];
    for (const path of old) writeFileSync(join(directory, path), 'old');
    writeFileSync(join(directory, 'assets/own.js'), 'of somebody else');
    const { removed } = await writeSite(directory);
    expect([...removed].sort()).toEqual(old);
    expect(existsSync(join(directory, 'assets/own.js'))).toBe(true);
    rmSync(join(directory, 'assets/own.js'));
  });

  it('changes nothing that is signed, and verify passes over it', async () => {
    const { steps, pass } = await verify(directorySource(directory), { keys: [], witnesses: [] });
    expect(steps.filter(({ result }) => result === 'fail')).toEqual([]);
    expect(pass).toBe(true);
    expect(steps.find(({ name }) => name === 'files')?.detail).toMatch(
      /; 13 files for people beside them$/,
    );
    writeFileSync(join(directory, 'assets/other.js'), 'x');
    const again = await verify(directorySource(directory), { keys: [], witnesses: [] });
    expect(again.pass).toBe(false);
    rmSync(join(directory, 'assets/other.js'));
  });

  it('is gone without a trace where a reader deletes it', async () => {
    const own = temporaryDirectory();
    await publishDays(own, ['2026-07-01']);
    const before = [...filesUnder(own).keys()];
    const { written } = await writeSite(own);
    for (const path of written) rmSync(join(own, path));
    expect([...filesUnder(own).keys()]).toEqual(before);
  });

  it('shows the last settlement of each contract and period', async () => {
    const own = await settledSite();
    const document = JSON.parse(text('settlements/TEST-MONTH/2026-07.0.json', own));
    const shown = text('exchanges.html', own);
    expect(shown).toContain('<a href="settlements/TEST-MONTH/2026-07.0.json">TEST-MONTH</a>');
    expect(shown).toContain(`<td class="now">${document.settled}</td>`);
    expect(shown).toContain(`<span class="badge ${document.status}">`);
  });

  it('escapes what other people wrote', async () => {
    const own = temporaryDirectory();
    const title = '</script><img src=x onerror=alert(1)> & "quotes"';
    const rules = RULES.map((rule) => rule.replace('A small index', JSON.stringify(title)));
    await publishDays(own, ['2026-07-01'], { rules });
    await writeSite(own);
    for (const path of ['index.html', 'indices/ALPHA.html']) {
      expect(text(path, own)).not.toContain('<img');
      expect(text(path, own)).toContain('&#60;img');
    }
    expect(text('indices/ALPHA.html', own)).toContain('\\u003c/script>');
  });

  it('lets a methodology have anchors and small print, and no other markup', () => {
    const shown = text('methodology.html');
    expect(shown).toContain('<a id="in-force"></a>');
    expect(shown).toContain('<sub>clause');
    expect(shown).toContain('&#60;script&#62;alert(1)');
    expect(shown).not.toContain('<script>');
    expect(shown).toContain('100 &lt;b&gt;');
  });

  it('names those whose work is in its scripts', () => {
    const [, path = ''] =
      /href="(assets\/licences-[0-9a-f]{16}\.txt)"/.exec(text('index.html')) ?? [];
    for (const name of ['uplot', 'zod', 'yaml', '@noble/curves', 'decimal.js']) {
      expect(text(path)).toContain(`## ${name} - `);
    }
    expect(text(path)).toContain('Permission is hereby granted');
  });

  it('has a policy in each page that allows its own files alone', () => {
    for (const [path, bytes] of filesUnder(directory)) {
      if (!path.endsWith('.html')) continue;
      const page = bytes.toString();
      const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
      expect(policy, path).toContain('script-src &#39;self&#39;');
      expect(policy, path).not.toMatch(/unsafe|https?:|\*/);
      expect(/ style="| on\w+="|(?:src|href)="(?:\w+:)?\/\//.test(page), path).toBe(false);
    }
  });
});

function mtime(path: string): number {
  return statSync(join(directory, path)).mtimeMs;
}

describe('a publication that has no site to show', () => {
  it('is refused where a document is damaged, and says which', async () => {
    const own = temporaryDirectory();
    await publishDays(own, ['2026-07-01']);
    writeFileSync(join(own, 'series/ALPHA.csv'), 'date\n');
    await expect(siteFiles(own)).rejects.toThrow(
      /series\/ALPHA\.csv has the SHA-256 .* mtok verify/,
    );
    expect(mtok(['site', '--publication', own])).toMatchObject({ code: 3, out: '' });
    expect(mtok(['site', '--publication', join(own, 'nowhere')])).toMatchObject({
      code: 3,
      out: '',
    });
    expect(existsSync(join(own, 'index.html'))).toBe(false);
  });

  it('with captures alone has pages without a fixing', async () => {
    const own = temporaryDirectory();
    const { publishRecords } = await import('../../src/publish/publication/publish.ts');
    const { SIGNER } = await import('../publish/publications.ts');
    const { nowMs } = requestFor('2026-07-01');
    const document = {
      ...{ schema: 'mtok.capture/1', kind: 'quotes', file: 'quotes/a.csv', sha256: sha256('a') },
      ...{ opening: true, logged_at: '2026-07-01T18:00:00Z', rows: [] },
    } as const;
    const records = [{ record: 'capture' as const, name: 'quotes/a.json', document }];
    await publishRecords(own, [SIGNER], { nowMs, records });
    await writeSite(own);
    expect(text('index.html', own)).toContain('No fixing is published yet');
    expect(text('methodology.html', own)).toContain('None is published here');
  });
});

describe('mtok site', () => {
  it('that is killed harms nothing, and the next one writes the same', async () => {
    const whole = filesUnder(directory);
    const own = join(temporaryDirectory(), 'public');
    for (let run = 0; run < 6; run += 1) {
      rmSync(own, { recursive: true, force: true });
      cpSync(directory, own, { recursive: true, filter: (path) => !/html$|assets/.test(path) });
      const args = [MTOK, 'site', '--publication', own];
      spawnSync(process.execPath, args, { timeout: 300 + run * 60, killSignal: 'SIGKILL' });
      const request = { keys: [], witnesses: [] };
      expect((await verify(directorySource(own), request)).pass).toBe(true);
      expect(mtok(['site', '--publication', own]).code).toBe(0);
      const found = [...filesUnder(own)].filter(([path]) => !path.endsWith('.tmp'));
      expect(found.map(([path]) => path)).toEqual([...whole.keys()]);
      for (const [path, bytes] of found) expect(whole.get(path)?.equals(bytes), path).toBe(true);
    }
  });

  it('removes what a killed one had staged, after an hour', async () => {
    const staged = join(directory, '.index.html.0123456789ab.tmp');
    writeFileSync(staged, 'half');
    await writeSite(directory);
    expect(existsSync(staged)).toBe(true);
    utimesSync(staged, new Date(0), new Date(0));
    await writeSite(directory);
    expect(existsSync(staged)).toBe(false);
  });
});

describe('mtok publish', () => {
  const publish = (own: string, ...more: string[]) =>
    mtok(
      ['publish', '--out', 'public', '--key', 'mtok.key', '--index', 'MTOK-LLAMA-70B-OUT', ...more],
      { cwd: own, env: { MTOK_PASSPHRASE: 'x' } },
    );
  const withKey = (): string => {
    const own = temporaryDirectory();
    const key = ['key', 'new', '--name', 'index.example/mtok', '--out', 'mtok.key'];
    expect(mtok(key, { cwd: own, env: { MTOK_PASSPHRASE: 'x' } }).code).toBe(0);
    return own;
  };

  it('writes the site, unless it is told not to', () => {
    const own = withKey();
    expect(publish(own, '--no-site').code).toBe(0);
    expect(existsSync(join(own, 'public/index.html'))).toBe(false);
    expect(publish(own).code).toBe(0);
    const shown = text('public/indices/MTOK-LLAMA-70B-OUT.html', own);
    expect(shown).toContain('<span class="number">0.7100</span>');
    expect(mtok(['site', '--publication', 'public'], { cwd: own }).out).toBe(
      '6 pages in public: 0 files written\n',
    );
  });

  it('has published all the same where its pages cannot be written', () => {
    const own = withKey();
    mkdirSync(join(own, 'public/index.html/in-the-way'), { recursive: true });
    const { code, out, err } = publish(own);
    expect(code).toBe(0);
    expect(out).toContain('published: MTOK-LLAMA-70B-OUT');
    expect(err).toMatch(/published, but the pages for people were not written: .*index\.html/);
    expect(mtok(['verify', 'public', '--state', 'seen.json'], { cwd: own }).code).toBe(0);
  });
});
