import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runDaily } from '../../src/operate/daily.ts';
import { deliver } from '../../src/operate/deliver.ts';
import { publicPem } from '../../src/publish/log/keys.ts';
import { settleAgain } from '../../src/settle/settle-again.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { verify } from '../../src/verify/verify.ts';
import { SIGNER } from '../publish/publications.ts';
import { hasOpenssl } from '../tools.ts';
import { deskOf, type TestDesk } from './desks.ts';
import { CONTRACT, settleAt } from './settled-july.ts';

const RULES = {
  cutoff: '{ time: "16:00", zone: UTC }',
  finality: '{ hours: 20 }',
  calendar: 'weekdays',
  live_from: '2026-07-01',
};
/** alpha costs 4 in the first half of July, 6 from the 16th on. */
const QUOTES = ['2026-06-30T15:00:00Z acme/alpha 4', '2026-07-16T15:00:00Z acme/alpha 6'];
/** July, published day by day. */
async function july(): Promise<TestDesk> {
  const desk = deskOf({ TEST: RULES }, QUOTES);
  for (let day = 1; day <= 31; day += 1) {
    desk.at(`2026-07-${String(day).padStart(2, '0')}T17:00:00Z`);
    await runDaily(desk, desk.open);
  }
  return desk;
}

const verified = async (desk: TestDesk) => {
  const ask = { keys: [], witnesses: [], settleAgain };
  const { steps } = await verify(directorySource(desk.publication), ask);
  const failed = steps.filter(({ result }) => result === 'fail');
  return { failed, settlements: steps.find(({ name }) => name === 'settlements')?.detail };
};

describe('settlements of a publication', () => {
  it('are indicative, preliminary, final; each logged once, and settled again by strangers', async () => {
    const desk = await july();
    // 11 business days at 100, the rest of 23 at 150.
    const indicative = await settleAt(desk, '2026-07-15T18:00:00Z');
    expect(indicative.settlement).toMatchObject({ status: 'indicative', settled: '100.00' });
    const preliminary = await settleAt(desk, '2026-07-31T18:00:00Z');
    expect(preliminary.settlement).toMatchObject({ status: 'preliminary', settled: '126.09' });
    expect((await settleAt(desk, '2026-07-31T19:00:00Z')).entry).toBeUndefined();
    desk.at('2026-08-03T17:00:00Z');
    await runDaily(desk, desk.open);
    const final = await settleAt(desk, '2026-08-04T09:00:00Z');
    expect(final.settlement).toMatchObject({
      ...{ status: 'final', settled: '126.09', illustrative: false },
      cash: { amount: '1260.9' },
    });
    expect((await settleAt(desk, '2026-08-05T09:00:00Z')).entry).toBeUndefined();
    const rows = desk.records('settlement');
    expect(rows.map(({ row }) => row.path)).toEqual([
      ...['settlements/TEST-MONTH/2026-07.0.json', 'settlements/TEST-MONTH/2026-07.1.json'],
      'settlements/TEST-MONTH/2026-07.2.json',
    ]);
    const supersedes = rows.map(({ document }) => (document as { supersedes: string }).supersedes);
    expect(supersedes).toEqual([null, rows[0]?.row.sha256, rows[1]?.row.sha256]);
    expect(await verified(desk)).toEqual({
      ...{ failed: [], settlements: '3 settlements settled again: the same bytes' },
    });
  });

  it('that were changed, or settle on another contract, are found', async () => {
    const desk = await july();
    await settleAt(desk, '2026-08-05T09:00:00Z');
    const path = join(desk.publication, 'contracts/TEST-MONTH/1.0.0.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('0.01', '0.05'));
    const names = (await verified(desk)).failed.map(({ name }) => name);
    expect(names).toContain('settlements');
  });

  it('of a contract that changed without a version of its own are refused', async () => {
    const desk = await july();
    await settleAt(desk, '2026-07-15T18:00:00Z');
    const changed = CONTRACT.replace('0.01', '0.05');
    const again = settleAt(desk, '2026-07-15T19:00:00Z', changed);
    await expect(again).rejects.toThrow('version of its own');
  });
});

describe('mtok deliver', () => {
  it.skipIf(!hasOpenssl)(
    'puts three files into a folder that openssl and sha256sum check',
    async () => {
      const desk = await july();
      await settleAt(desk, '2026-08-05T09:00:00Z');
      const folder = join(desk.book, '..', 'pickup');
      const wanted = { contract: 'TEST-MONTH', period: '2026-07' };
      await expect(deliver(desk.publication, wanted, folder, SIGNER)).rejects.toThrow(
        'make it first',
      );
      mkdirSync(folder);
      const { path } = await deliver(desk.publication, wanted, folder, SIGNER);
      expect(path).toBe(join(folder, 'TEST-MONTH-2026-07.0.json'));
      const pem = join(folder, 'key.pem');
      writeFileSync(pem, `${publicPem(SIGNER.verifierKey)}\n`);
      const name = 'TEST-MONTH-2026-07.0.json';
      const run = (command: string, ...args: string[]) =>
        execFileSync(command, args, { cwd: folder, encoding: 'utf8' });
      expect(run('sha256sum', '--check', `${name}.sha256`)).toContain('OK');
      const check = ['pkeyutl', '-verify', '-pubin', '-inkey', pem, '-rawin', '-in', name];
      expect(run('openssl', ...check, '-sigfile', `${name}.sig`)).toContain('Success');
      expect((await deliver(desk.publication, wanted, folder, SIGNER)).isThere).toBe(true);
      writeFileSync(path, '{}');
      await expect(deliver(desk.publication, wanted, folder, SIGNER)).rejects.toThrow(
        'other bytes',
      );
      const other = { contract: 'TEST-MONTH', period: '2026-06' };
      await expect(deliver(desk.publication, other, folder, SIGNER)).rejects.toThrow(
        'the log has no settlement of TEST-MONTH for 2026-06',
      );
    },
  );
});
