import { beforeAll, describe, expect, it } from 'vitest';
import { signerOf } from '../../src/publish/log/keys.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { settleAgain } from '../../src/settle/settle-again.ts';
import { openBundle, recording } from '../../src/verify/bundle.ts';
import { directorySource } from '../../src/verify/directory.ts';
import type { Source } from '../../src/verify/source.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { type VerifyRequest, verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { auditedDesk } from '../operate/audited-desk.ts';
import { settledDesk } from '../operate/settled-july.ts';
import { BOOK, publishDays, REVISED, requestFor, SEEN, SIGNER } from '../publish/publications.ts';

const KEY = parseVerifierKey(SIGNER.verifierKey);
const DAYS = Array.from({ length: 6 }, (_, at) => `2026-07-0${at + 1}`);
const RANGE = { from: '2026-07-02', to: '2026-07-04' };

let directory: string;
let archive: string;

const check = (source: Source, request: Partial<VerifyRequest>) =>
  verify(source, { keys: [KEY], witnesses: [], ...request });

const failed = async (source: Source, request: Partial<VerifyRequest> = RANGE) => {
  const { steps } = await check(source, request);
  return steps
    .filter(({ result }) => result === 'fail')
    .map(({ name, detail }) => `${name}: ${detail}`);
};

beforeAll(async () => {
  directory = temporaryDirectory();
  await publishDays(directory, DAYS.slice(0, 3), { rows: SEEN });
  await publish(directory, [SIGNER], requestFor('2026-07-03', '2026-07-03', { rows: REVISED }));
  await publishDays(directory, DAYS.slice(3), { rows: REVISED });
  const { source, bundle } = recording(directorySource(directory));
  expect((await check(source, RANGE)).pass).toBe(true);
  archive = bundle(RANGE);
});

describe('a range of days', () => {
  it('is verified with its revisions, in one pass for each index', async () => {
    const { steps, pass, fixings } = await check(directorySource(directory), RANGE);
    expect({ pass, fixings }).toEqual({ pass: true, fixings: 7 });
    expect(steps.slice(3).map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
      // Three of ALPHA, each final at once; four of BETA, and three of those final since.
      'inclusion: 7 fixings in the log, with 10 receipts',
      'fixing: 7 fixings with the digests that were logged',
      'inputs: the inputs of 7 fixings have the digests named there',
      'rulebook: 2 rulebooks with the digests that were logged',
      'recompute: 7 fixings calculated again: the same bytes',
      'approvals: no fixing needs more than its publisher',
      expect.stringMatching(/^captures: no capture is logged/),
    ]);
  });

  it('may be open at one end, and of one index', async () => {
    const count = async (request: Partial<VerifyRequest>) =>
      (await check(directorySource(directory), request)).fixings;
    expect(await count({ from: '2026-07-05' })).toBe(4);
    expect(await count({ to: '2026-07-02', index: 'BETA' })).toBe(2);
  });

  it('without a fixing is no range that passes', async () => {
    const source = directorySource(directory);
    expect(await failed(source, { from: '2025-01-01', to: '2025-12-31' })).toEqual([
      'fixing: there is no fixing from 2025-01-01 to 2025-12-31',
    ]);
    expect(await failed(source, { ...RANGE, index: 'GAMMA' })).toEqual([
      'fixing: there is no fixing of GAMMA from 2026-07-02 to 2026-07-04',
    ]);
  });

  it('whose rows are not all published is verified but for its calculation', async () => {
    const kept = temporaryDirectory();
    await publishDays(kept, DAYS.slice(0, 3), { rows: BOOK, digestOnly: ['usage'] });
    const { steps, pass } = await check(directorySource(kept), RANGE);
    expect(pass).toBe(true);
    expect(steps.find(({ name }) => name === 'recompute')?.detail).toBe(
      '0 fixings calculated again: the same bytes; of 4 not all rows are published',
    );
  });
});

describe('an archive of a range', () => {
  it('is verified with no publication at hand, whole or in part', async () => {
    const { source, from, to } = openBundle(archive, 'archive');
    expect({ from, to }).toEqual(RANGE);
    expect((await check(source, RANGE)).fixings).toBe(7);
    expect(await failed(source, { from: '2026-07-03', to: '2026-07-03' })).toEqual([]);
    expect(await failed(source, { date: '2026-07-04', index: 'ALPHA' })).toEqual([]);
  });

  it('cannot claim more days than it has', async () => {
    const { source } = openBundle(archive, 'archive');
    expect(await failed(source, { from: '2026-07-01', to: '2026-07-04' })).toEqual([
      expect.stringMatching(/^inclusion: receipts\/ALPHA\/2026-07-01\S+ is missing$/),
      expect.stringMatching(/^fixing: fixings\/ALPHA\/2026-07-01\.json is missing$/),
    ]);
  });

  it('fails where any file of it is changed or missing', async () => {
    const document = JSON.parse(archive);
    const paths = (['text', 'base64'] as const).flatMap((kind) =>
      Object.keys(document[kind]).map((path) => ({ kind, path })),
    );
    expect(paths.length).toBeGreaterThan(25);
    for (const { kind, path } of paths) {
      if (path === 'keys.txt') continue;
      const { [path]: content, ...others } = document[kind];
      const bytes = kind === 'text' ? Buffer.from(content) : Buffer.from(content, 'base64');
      bytes[Math.floor(bytes.length / 2)]! ^= 1;
      const flipped = kind === 'text' ? bytes.toString('latin1') : bytes.toString('base64');
      for (const files of [others, { ...others, [path]: flipped }]) {
        const changed = JSON.stringify({ ...document, [kind]: files });
        expect(await failed(openBundle(changed, 'archive').source), path).not.toEqual([]);
      }
    }
  });

  it.each([
    ['no JSON', 'archive'],
    ['a list', '[]'],
    ['another schema', JSON.stringify({ schema: 'mtok.bundle/2', text: {}, base64: {} })],
    ['no extent', extent({})],
    ['half a range', extent({ from: '2026-07-01' })],
    ['a day and a range', extent({ index: 'ALPHA', date: '2026-07-01', ...RANGE })],
    ['a day of no index', extent({ date: '2026-07-01' })],
    ['a day that does not exist', extent({ from: '2026-02-30', to: '2026-07-04' })],
    ['a file that is no text', extent({ ...RANGE, text: { checkpoint: 1 } })],
    ['a key that is not known', extent({ ...RANGE, until: '2026-07-04' })],
  ])('is refused where it is %s', (_, text) => {
    expect(() => openBundle(text, 'archive')).toThrow(/expected archive to be a bundle/);
  });

  it('has no file that it does not list', async () => {
    const { source } = openBundle(extent(RANGE), 'archive');
    expect(await source.read('__proto__')).toBeUndefined();
    expect(await source.read('constructor')).toBeUndefined();
  });

  it('is believed by a reader who knows an older key alone, where it has what leads there', async () => {
    const rotated = temporaryDirectory();
    await publishDays(rotated, DAYS.slice(0, 2));
    const next = signerOf(SIGNER.name, 'log', new Uint8Array(32).fill(9));
    const added = { action: 'add', key: next.verifierKey, reason: 'rotation' } as const;
    const request = requestFor('2026-07-03');
    await publish(rotated, [SIGNER], { ...request, keys: [added] });
    await publish(rotated, [next], requestFor('2026-07-04'));
    const { source, bundle } = recording(directorySource(rotated));
    expect((await check(source, RANGE)).pass).toBe(true);
    expect(await failed(openBundle(bundle(RANGE), 'archive').source)).toEqual([]);
  });
});

describe('the records of a range', () => {
  it('are its captures, with those before that it rests on, its approvals and its notices', async () => {
    const own = await auditedDesk();
    const { source, bundle, read } = recording(directorySource(own.publication));
    const range = { from: '2026-07-02', to: '2026-07-02' };
    const { steps, pass } = await verify(source, { keys: [], witnesses: [], ...range });
    expect(steps.filter(({ result }) => result === 'fail')).toEqual([]);
    expect(pass).toBe(true);
    const details = steps.map(({ name, detail }) => `${name}: ${detail}`);
    // The opening, the captures of two days, one fixing's approvals, and the notice.
    expect(details).toContain('inclusion: 1 fixing and 5 records in the log, with 6 receipts');
    expect(details).toContain('records: 5 records with the digests that were logged');
    expect(details).toContain('approvals: 1 fixing with as many as their rulebooks ask for');
    expect(details.at(-1)).toContain('captures: 1 live fixing rests on captures');
    const folders = [...read().keys()].map((path) => path.split('/')[0]);
    expect(folders.filter((name) => name === 'approvals')).toHaveLength(1);
    expect(folders.filter((name) => name === 'captures')).toHaveLength(3);
    expect(folders.filter((name) => name === 'notices')).toHaveLength(1);
    const archived = JSON.parse(bundle(range));
    const again = openBundle(JSON.stringify(archived), 'archive').source;
    expect(await failed(again, range)).toEqual([]);
    for (const path of Object.keys(archived.text).filter((one) => /^(cap|app|not)/.test(one))) {
      const { [path]: content, ...text } = archived.text;
      const changed = { ...text, [path]: content.replace('mtok.', 'mtok,') };
      for (const files of [text, changed]) {
        const document = JSON.stringify({ ...archived, text: files });
        const refused = await failed(openBundle(document, 'archive').source, range);
        expect(refused, path).toEqual([expect.stringMatching(/^records: /)]);
      }
    }
  });
});

describe('the settlements of a range', () => {
  it('come with those before them, and are settled again from the archive alone', async () => {
    const { publication } = await settledDesk();
    const { source, bundle, read } = recording(directorySource(publication));
    const range = { from: '2026-07-08', to: '2026-07-09' };
    const ask = { keys: [], witnesses: [], settleAgain, ...range };
    const { steps, pass } = await verify(source, ask);
    expect(steps.filter(({ result }) => result === 'fail')).toEqual([]);
    expect(pass).toBe(true);
    const settled = 'settlements: 2 settlements settled again: the same bytes';
    expect(steps.map(({ name, detail }) => `${name}: ${detail}`)).toContain(settled);
    const paths = [...read().keys()].filter((path) => /^(settlements|contracts)/.test(path));
    expect(paths.sort()).toEqual([
      'contracts/TEST-MONTH/1.0.0.yaml',
      'settlements/TEST-MONTH/2026-07.0.json',
      'settlements/TEST-MONTH/2026-07.1.json',
    ]);
    const document = JSON.parse(bundle(range));
    const again = await verify(openBundle(JSON.stringify(document), 'archive').source, ask);
    expect(again.steps).toEqual(steps);
    for (const path of [...paths, 'fixings/TEST/2026-07-03.json']) {
      const { [path]: _, ...text } = document.text;
      const without = JSON.stringify({ ...document, text });
      const refused = await verify(openBundle(without, 'archive').source, ask);
      expect(refused.pass, path).toBe(false);
    }
    // The tenth has no settlement of its own.
    const later = await verify(source, { ...ask, from: '2026-07-10', to: '2026-07-10' });
    expect(later.steps.map(({ name }) => name)).not.toContain('settlements');
  });
});

function extent(keys: object): string {
  return JSON.stringify({ schema: 'mtok.bundle/1', source: 'x', text: {}, base64: {}, ...keys });
}
