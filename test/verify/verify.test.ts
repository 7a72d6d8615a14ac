import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { signerOf } from '../../src/publish/log/keys.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { openBundle, recording } from '../../src/verify/bundle.ts';
import { directorySource } from '../../src/verify/directory.ts';
import type { Source } from '../../src/verify/source.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { type VerifyRequest, verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { filesUnder, ORIGIN, publishDays, requestFor, SIGNER } from '../publish/publications.ts';

const KEY = parseVerifierKey(SIGNER.verifierKey);
const DAYS = Array.from({ length: 9 }, (_, at) => `2026-07-0${at + 1}`);

let whole: string;
let files: Map<string, Buffer>;

beforeAll(async () => {
  whole = temporaryDirectory();
  await publishDays(whole, DAYS);
  files = filesUnder(whole);
});

/** The results of the steps: `signature pass`. */
async function results(source: Source, request: Partial<VerifyRequest> = {}) {
  const done = await verify(source, { keys: [KEY], witnesses: [], ...request });
  return { ...done, brief: done.steps.map(({ name, result }) => `${name} ${result}`) };
}

const failed = async (source: Source, request: Partial<VerifyRequest> = {}) => {
  const { steps } = await results(source, request);
  return steps
    .filter(({ result }) => result === 'fail')
    .map(({ name, detail }) => `${name}: ${detail}`);
};

const withFiles = (change: (changed: Map<string, Uint8Array>) => void): Source => {
  const changed = new Map<string, Uint8Array>(files);
  change(changed);
  return {
    name: 'changed',
    read: async (path) => changed.get(path),
    list: async () => [...changed.keys()],
  };
};

describe('a whole publication', () => {
  it('passes every step', async () => {
    const { brief, pass, fixings, steps, seen } = await results(directorySource(whole));
    expect(steps.filter(({ result }) => result === 'fail')).toEqual([]);
    expect(brief).toEqual([
      ...['signature pass', 'consistency skipped', 'contents pass', 'log pass', 'documents pass'],
      ...['inclusion pass', 'fixing pass', 'inputs pass', 'rulebook pass', 'series pass'],
      ...['recompute pass', 'approvals pass', 'captures skipped', 'files pass'],
    ]);
    expect({ pass, fixings }).toEqual({ pass: true, fixings: 18 });
    expect(seen).toMatchObject({ origin: ORIGIN, keys: [KEY.text] });
  });

  it('passes again from what was seen of it before', async () => {
    const early = temporaryDirectory();
    await publishDays(early, DAYS.slice(0, 2));
    const { seen } = await results(directorySource(early));
    const { brief } = await results(directorySource(whole), { seen });
    expect(brief).toContain('consistency pass');
    expect(
      await failed(directorySource(early), { seen: (await results(directorySource(whole))).seen }),
    ).toEqual([expect.stringContaining('consistency: the log has 8 entries, fewer than')]);
  });

  it('is taken at its own word where the reader knows no key, and says so', async () => {
    const { steps, pass } = await results(directorySource(whole), { keys: [] });
    expect(pass).toBe(true);
    expect(steps[0]?.detail).toContain('compare the key with one from elsewhere');
  });

  it('fails for a reader who knows another key', async () => {
    const other = signerOf(ORIGIN, 'log', new Uint8Array(32).fill(1));
    const keys = [parseVerifierKey(other.verifierKey)];
    expect(await failed(directorySource(whole), { keys })).toEqual([
      expect.stringContaining('signature: expected a signature by'),
    ]);
  });
});

describe('one fixing', () => {
  const asked = { index: 'BETA', date: '2026-07-07' };

  it('is verified from few files', async () => {
    const read = new Set<string>();
    const source = directorySource(whole);
    const counted = {
      ...source,
      read: async (path: string) => {
        read.add(path);
        return source.read(path);
      },
    };
    const { brief, pass } = await results(counted, asked);
    expect(brief.slice(2)).toEqual([
      ...['contents pass', 'inclusion pass', 'fixing pass', 'inputs pass', 'rulebook pass'],
      'recompute pass',
    ]);
    expect(pass).toBe(true);
    expect(read.size).toBeLessThanOrEqual(20);
  });

  it('is verified from a bundle, with no publication at hand', async () => {
    const { source, bundle } = recording(directorySource(whole));
    await results(source, asked);
    const text = bundle(asked);
    const { pass, brief } = await results(openBundle(text, 'bundle.json').source, asked);
    expect({ pass, brief }).toMatchObject({ pass: true });
    const changed = text.replace('"price\\":\\"', '"price\\":\\"9');
    expect(changed).not.toBe(text);
    expect(await failed(openBundle(changed, 'bundle.json').source, asked)).toHaveLength(1);
  });

  it('that is not there is said to be missing', async () => {
    expect(await failed(directorySource(whole), { index: 'GAMMA' })).toEqual([
      'fixing: there is no fixing of GAMMA',
    ]);
  });

  it('whose rows are not all published is verified but for its calculation', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01'], { digestOnly: ['usage'] });
    const { brief, pass, steps } = await results(directorySource(directory), {
      index: 'BETA',
    });
    expect(brief.at(-1)).toBe('recompute skipped');
    expect(steps.at(-1)?.detail).toContain('of usage a digest only');
    expect(pass).toBe(true);
  });
});

describe('what was changed after it was signed', () => {
  it('is caught where any file is missing', async () => {
    // Old partial tiles may be gone: a fuller one has all that they had.
    const needed = [...files.keys()].filter((path) => !/\.p\/(?!38$)/.test(path));
    for (const path of needed) {
      const { pass } = await results(withFiles((changed) => changed.delete(path)));
      expect(pass, path).toBe(false);
    }
  });

  it('is caught where a file was added', async () => {
    const source = withFiles((changed) =>
      changed.set('fixings/BETA/2026-08-01.json', Buffer.from('{}')),
    );
    expect(await failed(source)).toEqual([
      'files: the log does not know fixings/BETA/2026-08-01.json',
    ]);
  });

  it('is caught where a fixing was replaced with an older one', async () => {
    const source = withFiles((changed) =>
      changed.set('fixings/BETA/2026-07-09.json', files.get('fixings/BETA/2026-07-08.json')!),
    );
    const [first] = await failed(source);
    expect(first).toContain('fixing: fixings/BETA/2026-07-09.json has the SHA-256');
    const one = await failed(source, { index: 'BETA', date: '2026-07-09' });
    expect(one).toHaveLength(1);
  });

  it('is caught where the whole publication is an older one', async () => {
    const { seen } = await results(directorySource(whole));
    const older = temporaryDirectory();
    await publishDays(older, DAYS.slice(0, 5));
    const [first] = await failed(directorySource(older), { seen });
    expect(first).toContain('consistency: the log has');
  });

  it('is explained, with what to do', async () => {
    const source = withFiles((changed) => changed.set('checkpoint', Buffer.from('x')));
    const { steps } = await results(source);
    expect(steps[0]).toMatchObject({ result: 'fail' });
    expect(steps[0]?.advice).toContain('Do not use the fixings');
  });
});

describe('what the owner of the key signed himself', () => {
  const forged = async (change: (directory: string) => Promise<void>) => {
    const directory = temporaryDirectory();
    cpSync(whole, directory, { recursive: true });
    await change(directory);
    return directorySource(directory);
  };

  it('is caught where a fixing does not follow from its inputs', async () => {
    const directory = temporaryDirectory();
    const { drafts, ...rest } = requestFor('2026-07-01');
    const raised = drafts.map((draft) => ({
      ...draft,
      fixing: { ...draft.fixing, level: '101.0000' },
    }));
    await publish(directory, [SIGNER], { ...rest, drafts: raised });
    const [first] = await failed(directorySource(directory));
    expect(first).toMatch(
      /^recompute: calculated again .*level is "101.0000" as published, "100.0000"/,
    );
  });

  it('is caught where rows are not those that the fixing names', async () => {
    const directory = temporaryDirectory();
    const { drafts, ...rest } = requestFor('2026-07-01');
    const other = drafts.map((draft) => ({
      ...draft,
      input: (kind: Parameters<typeof draft.input>[0]) => `${draft.input(kind)}\n`,
    }));
    await publish(directory, [SIGNER], { ...rest, drafts: other });
    expect((await failed(directorySource(directory)))[0]).toContain('inputs: inputs/');
  });

  it('is caught where a fork is shown to a reader who has seen the other branch', async () => {
    const early = temporaryDirectory();
    await publishDays(early, DAYS.slice(0, 3));
    const fork = temporaryDirectory();
    cpSync(early, fork, { recursive: true });
    const rows = { ...requestFor('2026-07-04'), nowMs: Date.parse('2026-07-04T01:00:00Z') };
    await publish(fork, [SIGNER], { ...rows, drafts: rows.drafts.slice(0, 1) });
    await publishDays(early, ['2026-07-04']);
    const { seen } = await results(directorySource(early));
    await publishDays(fork, ['2026-07-05', '2026-07-06']);
    expect((await results(directorySource(fork))).pass).toBe(true);
    const [first] = await failed(directorySource(fork), { seen });
    expect(first).toMatch(/^consistency: the log of \d+ entries does not begin with/);
  });

  it('is caught where index.json leaves a fixing out, or a document is not the signed one', async () => {
    const source = await forged(async (directory) => {
      const path = join(directory, 'index.json');
      const contents = JSON.parse(readFileSync(path, 'utf8'));
      contents.fixings.pop();
      writeFileSync(path, JSON.stringify(contents));
    });
    expect((await failed(source))[0]).toContain('contents: index.json has the SHA-256');
    const without = await forged(async (directory) => rmSync(join(directory, 'latest.json')));
    expect((await failed(without))[0]).toBe('documents: latest.json is missing');
  });
});

describe('a reader who knows an old key', () => {
  const next = signerOf(ORIGIN, 'log', new Uint8Array(32).fill(8));

  it('follows a rotation that the old key signed', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01']);
    const add = { action: 'add', key: next.verifierKey, reason: 'yearly rotation' } as const;
    await publish(directory, [SIGNER], requestFor('2026-07-02', undefined, { keys: [add] }));
    const revoke = { action: 'revoke', key: SIGNER.verifierKey, reason: 'rotated' } as const;
    await publish(directory, [next], requestFor('2026-07-03', undefined, { keys: [revoke] }));
    const { pass, seen, steps } = await results(directorySource(directory));
    expect(steps.filter(({ result }) => result === 'fail')).toEqual([]);
    expect(pass).toBe(true);
    const keys = [parseVerifierKey(next.verifierKey)];
    expect(await failed(directorySource(directory), { keys })).toEqual([]);
    const one = { index: 'ALPHA', date: '2026-07-01', keys };
    expect(await failed(directorySource(directory), one)).toEqual([]);
    expect(seen?.keys).toEqual([SIGNER.verifierKey, next.verifierKey]);
  });

  it('does not follow to a key that only signed itself', async () => {
    const directory = temporaryDirectory();
    await publish(directory, [next], requestFor('2026-07-01'));
    expect((await failed(directorySource(directory)))[0]).toContain('expected a signature by');
  });
});
