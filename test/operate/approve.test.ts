import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calculateFixing } from '../../src/index.ts';
import { approve } from '../../src/operate/approvals.ts';
import { publishBook } from '../../src/operate/publish-book.ts';
import { type Signer, signerOf } from '../../src/publish/log/keys.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { filesUnder, RULES, requestFor, SIGNER } from '../publish/publications.ts';
import { deskOf, indicesOf, type TestDesk } from './desks.ts';

const person = (name: string, seed: number): Signer =>
  signerOf(`${name}@index.example`, 'log', new Uint8Array(32).fill(seed));
const [ANN, BOB, EVE] = [person('ann', 1), person('bob', 2), person('eve', 3)] as const;
/** Ann's key under another name. */
const ANNA = person('anna', 1);

const DAY = '2026-07-01';
const QUOTES = ['2026-06-30T15:00:00Z acme/alpha 4'];

function desk(keys: Readonly<Record<string, string>> = {}): TestDesk {
  const own = deskOf({ TEST: { approvals: '2', ...keys } }, QUOTES);
  own.at(`${DAY}T18:00:00Z`);
  return own;
}

async function drafted(own: TestDesk) {
  const { book, evidence } = await own.open();
  const [rules] = book.rulebooks;
  if (!rules) throw new RangeError('expected a rulebook');
  const { fixing } = calculateFixing(rules, evidence, DAY);
  if (!fixing) throw new RangeError('expected a fixing');
  return { rules, fixing };
}

async function sign(own: TestDesk, signer: Signer) {
  const { rules, fixing } = await drafted(own);
  return (await approve(own.book, fixing, rules, signer)).keys.map(({ name }) => name);
}

async function publishIt(own: TestDesk) {
  const opened = await own.open();
  const indices = indicesOf(opened.book.rulebooks);
  return publishBook(own, opened, { indices, from: DAY, to: DAY });
}

describe('a fixing that two people have to approve (clause approvals)', () => {
  it('is a proposal until two keys have signed its bytes', async () => {
    const own = desk();
    expect((await publishIt(own)).proposals).toMatchObject([{ approvedBy: [], needed: 2 }]);
    expect(await sign(own, ANN)).toEqual(['ann@index.example']);
    const waiting = await publishIt(own);
    expect(waiting.added).toEqual([]);
    expect(waiting.proposals).toMatchObject([{ approvedBy: ['ann@index.example'] }]);
    expect(await sign(own, BOB)).toEqual(['ann@index.example', 'bob@index.example']);
    expect((await publishIt(own)).added).toHaveLength(1);
    const { steps, pass } = await own.verify();
    expect(pass).toBe(true);
    expect(steps.find(({ name }) => name === 'approvals')?.detail).toBe(
      '1 fixing with as many as their rulebooks ask for',
    );
  });

  it('takes no key twice, under another name neither', async () => {
    const own = desk();
    await sign(own, ANN);
    await expect(sign(own, ANN)).rejects.toThrow('approved these bytes');
    await expect(sign(own, ANNA)).rejects.toThrow('approved these bytes');
    expect((await publishIt(own)).proposals).toHaveLength(1);
  });

  it('takes none but its approvers', async () => {
    const approvers = `["${ANN.verifierKey}", "${BOB.verifierKey}"]`;
    const own = desk({ approvers });
    await expect(sign(own, EVE)).rejects.toThrow('is not an approver');
    await sign(own, ANN);
    await sign(own, BOB);
    expect((await publishIt(own)).added).toHaveLength(1);
  });

  it('does not count what was signed before its bytes changed', async () => {
    const own = desk();
    await sign(own, ANN);
    own.write('book/quotes/first.csv', own.read('book/quotes/first.csv').replaceAll(',4,', ',5,'));
    expect((await publishIt(own)).proposals).toMatchObject([{ approvedBy: [] }]);
    expect(await sign(own, BOB)).toEqual(['bob@index.example']);
  });

  it('gives the same bytes in whichever order they signed', async () => {
    const trees = [];
    for (const order of [
      [ANN, BOB],
      [BOB, ANN],
    ] as const) {
      const own = desk();
      for (const one of order) await sign(own, one);
      await publishIt(own);
      trees.push([...filesUnder(own.publication)].map(([path, bytes]) => [path, String(bytes)]));
    }
    expect(trees[0]).toEqual(trees[1]);
  });

  it('names a file that is no approval', async () => {
    const own = desk();
    await sign(own, ANN);
    const folder = join(own.book, 'approvals/TEST', DAY);
    const [name = ''] = readdirSync(folder);
    const bad = { 'not json': '{', 'another form': '{}', 'a cut note': '' };
    for (const text of Object.values(bad)) {
      writeFileSync(join(folder, name), text);
      await expect(publishIt(own)).rejects.toThrow(/is no approval.*remove it/);
    }
  });

  it('is seen by a stranger where it is missing', async () => {
    const directory = temporaryDirectory();
    const rules = RULES.map((text) => `${text}approvals: 2\n`);
    await publish(directory, [SIGNER], requestFor('2026-07-01', '2026-07-01', { rules }));
    const source = directorySource(directory);
    const ask = { keys: [], witnesses: [] };
    const one = { ...ask, index: 'ALPHA', date: '2026-07-01' };
    for (const { steps } of [await verify(source, ask), await verify(source, one)]) {
      const failed = steps.filter(({ result }) => result === 'fail');
      expect(failed.map(({ name }) => name)).toEqual(['approvals']);
      expect(failed[0]?.detail).toContain('ALPHA 2026-07-01 has no approvals, expected 2');
    }
  });

  it('is verified alone too', async () => {
    const own = desk();
    await sign(own, ANN);
    await sign(own, BOB);
    await publishIt(own);
    const ask = { keys: [], witnesses: [], index: 'TEST', date: DAY };
    const { steps, pass } = await verify(directorySource(own.publication), ask);
    expect(pass).toBe(true);
    const found = steps.find(({ name }) => name === 'approvals');
    expect(found?.detail).toContain('approved by ann@index.example, bob@index.example');
  });
});

describe('a rulebook', () => {
  it('lists each approver once, and enough of them', async () => {
    const key = ANN.verifierKey;
    for (const approvers of [`["${key}"]`, `["${key}", "${key}"]`]) {
      await expect(desk({ approvers }).open()).rejects.toThrow('approvers');
    }
  });
});
