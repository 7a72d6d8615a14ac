import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BookRows } from '../../src/domain/rows.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { type VerifyRequest, verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { calendar, hold, judgement, succession } from '../fix/small-book.ts';
import {
  BOOK,
  filesUnder,
  publishDays,
  RULES,
  requestFor,
  SECOND,
  SIGNER,
} from './publications.ts';

const [ALPHA = ''] = RULES;
const DAYS = ['2026-07-01', '2026-07-02', '2026-07-03', '2026-07-04'];

async function verified(directory: string, asked: Partial<VerifyRequest> = {}) {
  const keys = [parseVerifierKey(SIGNER.verifierKey)];
  const { steps } = await verify(directorySource(directory), { keys, witnesses: [], ...asked });
  return steps
    .filter(({ result }) => result === 'fail')
    .map(({ name, detail }) => `${name}: ${detail}`);
}

describe('an index with two versions of its rulebook', () => {
  const rules = [ALPHA, SECOND];

  it('publishes each version, and verifies by both', async () => {
    const directory = temporaryDirectory();
    // The second version is announced after two days were published by the first.
    await publishDays(directory, DAYS.slice(0, 2), { rules: [ALPHA] });
    await publishDays(directory, DAYS.slice(2), { rules });
    const files = filesUnder(directory);
    const texts = ['1.0.0', '2.0.0'].map((name) => files.get(`rulebooks/ALPHA/${name}.yaml`));
    expect(texts.map(String)).toEqual(rules);
    const after = JSON.parse(String(files.get('fixings/ALPHA/2026-07-04.json')));
    expect(after.rulebook).toMatchObject({ version: '2.0.0', earlier: [{ version: '1.0.0' }] });
    expect(await verified(directory)).toEqual([]);
    expect(await verified(directory, { index: 'ALPHA', date: '2026-07-04' })).toEqual([]);
  });

  it('publishes the version before, where the publication begins after it', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, DAYS.slice(2), { rules });
    expect(filesUnder(directory).has('rulebooks/ALPHA/1.0.0.yaml')).toBe(true);
    expect(await verified(directory)).toEqual([]);
    const other = [`${ALPHA}# a remark\n`, SECOND];
    const request = requestFor('2026-07-05', '2026-07-05', { rules: other });
    await expect(publish(directory, [SIGNER], request)).rejects.toThrow('version of its own');
  });

  it('publishes a version too that had no day of its own, between two that had', async () => {
    const weekdays = `${ALPHA}calendar: weekdays\n`;
    const saturday = SECOND.replace('2026-07-03', '2026-07-04\ncalendar: weekdays');
    const sunday = saturday.replace('2.0.0', '3.0.0').replace('2026-07-04', '2026-07-05');
    const three = [weekdays, saturday, `${sunday}change: clarifying\n`];
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-03', '2026-07-06'], { rules: three });
    const { rulebook } = JSON.parse(
      readFileSync(join(directory, 'fixings/ALPHA/2026-07-06.json'), 'utf8'),
    );
    expect(rulebook.earlier.map(({ version }: { version: string }) => version)).toEqual([
      '1.0.0',
      '2.0.0',
    ]);
    expect(await verified(directory)).toEqual([]);
  });

  it('is caught with an earlier version that was changed', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, DAYS.slice(2), { rules });
    const path = join(directory, 'rulebooks/ALPHA/1.0.0.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('small', 'large'));
    const [first] = await verified(directory, { index: 'ALPHA', date: '2026-07-04' });
    expect(first).toContain('rulebook: rulebooks/ALPHA/1.0.0.yaml has the SHA-256');
    expect((await verified(directory))[0]).toContain('rulebook: rulebooks/ALPHA/1.0.0.yaml');
  });
});

describe('what people decided', () => {
  const rules = [
    `${ALPHA}mode: settlement
calendar: exchange
hold: { move: "1.5", max_hours: 24 }
fallback:
  - { rule: judgement }
`,
  ];
  const rows: BookRows = {
    ...BOOK,
    holds: [hold('2026-07-03 acme/alpha release 2026-07-03T12:00:00Z')],
    judgements: [judgement('2026-07-01 - gamma 4 2026-07-01')],
    succession: [succession('2026-07-02 alpha beta 2')],
    calendars: calendar('exchange', '2026-07-04 open'),
  };

  it('is published with its fixings, and they follow from it', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, DAYS, { rules, rows });
    const { inputs } = JSON.parse(
      readFileSync(join(directory, 'fixings/ALPHA/2026-07-04.json'), 'utf8'),
    );
    for (const kind of ['holds', 'judgements', 'succession', 'calendars']) {
      expect({ kind, count: inputs[kind].count }).toEqual({ kind, count: 1 });
    }
    expect(await verified(directory)).toEqual([]);
    expect(await verified(directory, { date: '2026-07-04' })).toEqual([]);
  });

  it('is a fault of the fixing where a calendar is kept from it', async () => {
    const directory = temporaryDirectory();
    const { drafts, ...rest } = requestFor('2026-07-03', '2026-07-03', { rules, rows });
    const without = drafts.map(({ fixing, ...draft }) => ({
      ...draft,
      fixing: { ...fixing, inputs: { ...fixing.inputs, calendars: fixing.inputs.revisions } },
      input: (kind: Parameters<typeof draft.input>[0]) =>
        draft.input(kind === 'calendars' ? 'revisions' : kind),
    }));
    await publish(directory, [SIGNER], { ...rest, drafts: without });
    expect((await verified(directory))[0]).toContain('recompute: nothing is calculated: ALPHA');
  });
});
