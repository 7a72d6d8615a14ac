import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { indicesOf } from '../../src/cli/book.ts';
import { addDays, parseMoment } from '../../src/domain/dates.ts';
import { evidenceOf, findBook, readBook } from '../../src/index.ts';
import { calculated } from '../../src/publish/publication/calculated.ts';
import type { FixingDraft } from '../../src/publish/publication/plan.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { scaled } from '../scale.ts';
import { requestFor, rulebooksOf, SIGNER } from './publications.ts';

const FROM = scaled('2026-08-08', '2025-08-22');
const TO = '2026-08-21';
const KEYS = [parseVerifierKey(SIGNER.verifierKey)];

it('publishes a year of the shipped book (or a fortnight), and it verifies from end to end', async () => {
  const directory = join(temporaryDirectory(), 'public');
  const files = await findBook('data');
  const { rulebooks, rows } = await readBook(files);
  const evidence = evidenceOf(rows);
  const { texts } = rulebooksOf(files.rulebooks.map((path) => readFileSync(path, 'utf8')));
  const request = { ...requestFor('2026-07-01'), rulebooks: texts };
  const running = indicesOf(rulebooks).map((rules) => calculated(rules, evidence, FROM, TO));
  const next: (FixingDraft | undefined)[] = running.map((one) => one.next().value ?? undefined);
  const tookMs: number[] = [];
  let count = 0;
  for (let day = FROM; day <= TO; day = addDays(day, 1)) {
    const drafts: FixingDraft[] = [];
    for (const [at, draft] of next.entries()) {
      if (draft?.fixing.date !== day) continue;
      drafts.push(draft);
      next[at] = running[at]?.next().value ?? undefined;
    }
    const started = performance.now();
    await publish(directory, [SIGNER], {
      ...request,
      drafts,
      nowMs: parseMoment(`${day}T18:00:00Z`) ?? 0,
    });
    tookMs.push(performance.now() - started);
    count += drafts.length;
  }
  const started = performance.now();
  const done = await verify(directorySource(directory), { keys: KEYS, witnesses: [] });
  const verifiedMs = performance.now() - started;
  expect(done.steps.filter(({ result }) => result === 'fail')).toEqual([]);
  expect(done).toMatchObject({ pass: true, fixings: count });
  expect(count).toBeGreaterThan(scaled(60, 1500));
  tookMs.sort((a, b) => a - b);
  const [median = 0, most = 0] = [tookMs[Math.floor(tookMs.length / 2)], tookMs.at(-1)];
  console.log(
    `${FROM} to ${TO}: ${count} fixings, a day takes ${median.toFixed(0)} ms (median), ` +
      `${most.toFixed(0)} ms (most) beyond the calculation; verified in ${verifiedMs.toFixed(0)} ms`,
  );
});
