import type { RecordRow } from '../domain/publication.ts';
import type { Settlement } from '../domain/settlement.ts';
import { readDigested } from './documents.ts';
import type { Opened } from './opened.ts';
import { inputPath } from './recompute.ts';
import { ensure } from './refusal.ts';
import { counted, type Steps } from './steps.ts';

/** A settlement document of the log. */
export interface LoggedSettlement {
  readonly row: RecordRow;
  readonly settlement: Settlement;
}

/** Settles again from published files. @throws {Refusal} where other bytes come out. */
export type SettleAgain = (opened: Opened, logged: LoggedSettlement) => Promise<void>;

/** The files beside a settlement that it names by their digests. */
export function filesOf({ settlement }: LoggedSettlement): { path: string; sha256: string }[] {
  const { contract, calendar, fx } = settlement;
  const rows = [calendar, ...(fx ? [fx] : [])].map(({ sha256 }) => {
    return { path: inputPath(sha256), sha256 };
  });
  const path = `contracts/${contract.id}/${contract.version}.yaml`;
  return [{ path, sha256: contract.sha256 }, ...rows];
}

/**
 * Checks the settlements of a log: each rests on fixings that the log had before it, supersedes the
 * one before it of its period, and none follows a final one.
 */
export async function checkSettlements(
  opened: Opened,
  settlements: readonly LoggedSettlement[],
  settleAgain: SettleAgain | undefined,
  steps: Steps,
): Promise<void> {
  if (settlements.length === 0) return;
  await steps.check('settlements', async () => {
    const entries = new Map(
      opened.contents.fixings.map(({ sha256, provisional, final }) => [
        sha256,
        provisional ?? final ?? 0,
      ]),
    );
    const last = new Map<string, LoggedSettlement>();
    for (const logged of settlements) {
      const { row, settlement } = logged;
      for (const { path, sha256 } of filesOf(logged)) {
        await readDigested(opened.source, path, sha256);
      }
      for (const { fixing, rests_on } of settlement.days) {
        for (const { index, date, sha256 } of [...(fixing ? [fixing] : []), ...rests_on]) {
          const entry = entries.get(sha256);
          const isBefore = entry !== undefined && entry < row.entry;
          ensure(
            isBefore,
            `${row.path} rests on ${index} ${date}, which the log had not before it`,
          );
        }
      }
      requireNext(last, logged);
      await settleAgain?.(opened, logged);
    }
    const how = settleAgain ? 'settled again: the same bytes' : 'on logged fixings';
    return [`${counted(settlements.length, 'settlement')} ${how}`];
  });
}

function requireNext(last: Map<string, LoggedSettlement>, logged: LoggedSettlement): void {
  const { row, settlement } = logged;
  const { contract, period, supersedes } = settlement;
  const name = `${contract.id} ${period.id}`;
  const before = last.get(name);
  last.set(name, logged);
  const expected = before?.row.sha256 ?? null;
  ensure(supersedes === expected, `${row.path} supersedes ${supersedes}, expected ${expected}`);
  ensure(before?.settlement.status !== 'final', `${row.path} follows a final settlement`);
}
