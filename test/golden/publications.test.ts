import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../src/domain/dates.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import {
  filesUnder,
  publishDays,
  REVISED,
  RULES,
  requestFor,
  SECOND,
  SEEN,
  SIGNER,
  sha256,
} from '../publish/publications.ts';

/**
 * A publication of each release, as its writer wrote it: every later release must verify it. The
 * directories are pinned by a digest over all of their files; `UPDATE_GOLDEN=1`, which CI refuses,
 * writes that of the present version, and touches no other.
 */
const ROOT = 'test/golden/publications';
const PINS = join(ROOT, 'pins.json');
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

if (process.env.UPDATE_GOLDEN === '1') {
  if (process.env.CI) throw new Error('golden publications are not updated in CI');
  const made = temporaryDirectory();
  await publishDays(made, ['2026-07-01', '2026-07-02']);
  // With a second version of a rulebook, and a revision.
  const rules = [...RULES, SECOND];
  await publishDays(made, ['2026-07-03'], { rules, rows: SEEN });
  const nowMs = parseMoment('2026-07-04T01:00:00Z') ?? 0;
  const revised = requestFor('2026-07-03', '2026-07-03', { rules, rows: REVISED, nowMs });
  await publish(made, [SIGNER], { ...revised, drafts: revised.drafts.slice(-1) });
  rmSync(join(made, '.mtok'), { recursive: true });
  rmSync(join(ROOT, version), { recursive: true, force: true });
  cpSync(made, join(ROOT, version), { recursive: true });
  const pins = existsSync(PINS) ? JSON.parse(readFileSync(PINS, 'utf8')) : {};
  pins[version] = digestOf(join(ROOT, version));
  writeFileSync(PINS, `${JSON.stringify(pins, null, 2)}\n`);
}

const pinned = Object.entries(JSON.parse(readFileSync(PINS, 'utf8')) as Record<string, string>);

describe.each(pinned)('the publication of release %s', (release, digest) => {
  const directory = join(ROOT, release);

  it('is the one that was frozen', () => {
    expect(digestOf(directory)).toBe(digest);
  });

  it('verifies', async () => {
    const keys = [parseVerifierKey(SIGNER.verifierKey)];
    const { steps, fixings } = await verify(directorySource(directory), { keys, witnesses: [] });
    expect(steps.filter(({ result }) => result === 'fail')).toEqual([]);
    expect(fixings).toBe(7);
  });
});

it('are those of all releases that are there', () => {
  const there = readdirSync(ROOT, { withFileTypes: true }).filter((one) => one.isDirectory());
  expect(pinned.map(([release]) => release).sort()).toEqual(there.map(({ name }) => name).sort());
});

function digestOf(directory: string): string {
  const lines = [...filesUnder(directory)].map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`);
  return sha256(lines.join(''));
}
