import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Contents } from '../../src/domain/publication.ts';
import { canonicalJson } from '../../src/publish/canonical.ts';
import { signerOf } from '../../src/publish/log/keys.ts';
import { checkpointBody, signatureLine, signedNote } from '../../src/publish/log/note.ts';
import { readPresent } from '../../src/publish/publication/present.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { ORIGIN, publishDays, requestFor, SIGNER, sha256 } from '../publish/publications.ts';

/** What an owner could sign with his own key, with a writer of his own. */
async function forge(
  entries: (before: readonly string[]) => readonly string[],
  change: (contents: Contents) => Contents = (contents) => contents,
): Promise<string[]> {
  const directory = temporaryDirectory();
  await publishDays(directory, ['2026-07-01', '2026-07-02']);
  const { log, contents } = readPresent(directory);
  const bundle = readFileSync(join(directory, `tile/entries/000.p/${log.size()}`));
  const before: string[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at);
    before.push(bundle.subarray(at + 2, end).toString('utf8'));
    at = end;
  }
  const text = canonicalJson(change(contents!));
  writeFileSync(join(directory, 'index.json'), text);
  const last = { schema: 'mtok.entry/1', kind: 'contents', index_json: sha256(text) };
  for (const entry of [...entries(before), canonicalJson(last)]) log.append(Buffer.from(entry));
  for (const [path, bytes] of log.files()) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  }
  const body = checkpointBody(ORIGIN, log.size(), log.root());
  writeFileSync(join(directory, 'checkpoint'), signedNote(body, [signatureLine(body, SIGNER)]));
  return failures(directory);
}

async function failures(directory: string): Promise<string[]> {
  const keys = [parseVerifierKey(SIGNER.verifierKey)];
  const { steps } = await verify(directorySource(directory), { keys, witnesses: [] });
  return steps
    .filter(({ result }) => result === 'fail')
    .map(({ name, detail }) => `${name}: ${detail}`);
}

describe('an owner who signs with a writer of his own is caught', () => {
  it('but not for nothing', async () => {
    expect(await forge(() => [])).toEqual([]);
  });

  it('when he logs a fixing twice', async () => {
    expect(await forge((before) => [before[1] ?? ''])).toEqual([
      'log: entry 8 logs ALPHA 2026-07-01 0 as final, and it was final already',
    ]);
  });

  it('when he logs other bytes for it', async () => {
    const other = (entry: string) => entry.replace(/"fixing":"[0-9a-f]{8}/, '"fixing":"00000000');
    expect((await forge((before) => [other(before[1] ?? '')]))[0]).toMatch(
      /^log: entry 8 logs ALPHA/,
    );
  });

  it('when he makes a final fixing provisional again', async () => {
    const back = (entry: string) => entry.replace('"final"', '"provisional"');
    expect((await forge((before) => [back(before[1] ?? '')]))[0]).toContain('it was final already');
  });

  it('when he revises a fixing that is final', async () => {
    const revised = (entry: string) => entry.replace('"revision":0', '"revision":1');
    expect((await forge((before) => [revised(before[1] ?? '')]))[0]).toBe(
      'log: entry 8 logs ALPHA 2026-07-01 1 as final, and revision 0 was final already',
    );
  });

  it('when he leaves a revision out', async () => {
    const revised = (entry: string) => entry.replace('"revision":0', '"revision":2');
    expect((await forge((before) => [revised(before[1] ?? '')]))[0]).toBe(
      'log: entry 8 logs ALPHA 2026-07-01 2 as final, after revision 0',
    );
  });

  it('when index.json lists a fixing twice', async () => {
    const twice = (contents: Contents) => ({
      ...contents,
      fixings: [...contents.fixings, ...contents.fixings.slice(0, 1)],
    });
    expect(await forge(() => [], twice)).toEqual([
      'contents: index.json lists ALPHA 2026-07-01 twice',
    ]);
  });

  it('when index.json leaves out a fixing that is in the log', async () => {
    const without = (contents: Contents) => ({ ...contents, fixings: contents.fixings.slice(1) });
    const [first] = await forge(() => [], without);
    expect(first).toBe(
      'log: entry 1 (ALPHA 2026-07-01 revision 0, final) is missing from index.json',
    );
  });

  it('when index.json names a fixing that is not in the log', async () => {
    const added = (contents: Contents) => ({
      ...contents,
      fixings: contents.fixings.map((row) => ({ ...row, final: row.final ?? 0 })),
    });
    expect((await forge(() => [], added))[0]).toBe(
      'log: index.json names entry 0, which is none of its kind',
    );
  });

  it('when index.json has another digest than the log', async () => {
    const changed = (contents: Contents) => ({
      ...contents,
      fixings: contents.fixings.map((row) => ({ ...row, rulebook: '0'.repeat(64) })),
    });
    expect((await forge(() => [], changed))[0]).toContain('other things');
  });

  it('when index.json hides a key', async () => {
    const own = { key: 'another', added: 0, revoked: null };
    const hidden = (contents: Contents) => ({ ...contents, keys: [...contents.keys, own] });
    expect((await forge(() => [], hidden))[0]).toBe(
      'log: index.json lists other keys than the log',
    );
  });

  it('when what he logs is no entry', async () => {
    expect((await forge(() => ['{"kind":"gossip"}']))[0]).toMatch(/^log: entry 8: kind: /);
  });

  it('when he goes on signing with a key that he revoked', async () => {
    const directory = temporaryDirectory();
    const next = signerOf(ORIGIN, 'log', new Uint8Array(32).fill(8));
    const add = { action: 'add', key: next.verifierKey, reason: 'rotation' } as const;
    await publish(directory, [SIGNER], requestFor('2026-07-01', undefined, { keys: [add] }));
    const revoke = { action: 'revoke', key: SIGNER.verifierKey, reason: 'stolen' } as const;
    await publish(directory, [next], requestFor('2026-07-02', undefined, { keys: [revoke] }));
    expect(await failures(directory)).toEqual([]);
    const checkpoint = readFileSync(join(directory, 'checkpoint'), 'utf8');
    const body = checkpoint.slice(0, checkpoint.lastIndexOf('\n\n') + 1);
    writeFileSync(join(directory, 'checkpoint'), signedNote(body, [signatureLine(body, SIGNER)]));
    expect((await failures(directory))[0]).toContain('which the log does not list as valid');
  });
});
