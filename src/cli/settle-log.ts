import type { Contract } from '../domain/contract.ts';
import { parseMoment } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import type { Settlement } from '../domain/settlement.ts';
import { sha256Of } from '../ingest/digest.ts';
import { readText } from '../ingest/files.ts';
import { publishSettlement } from '../operate/settle-publication.ts';
import type { Period } from '../settle/period.ts';
import type { SettlementInputs } from '../settle/settle.ts';
import { type BookFlags, bookFiles } from './book.ts';
import { clock } from './clock.ts';
import { openSigner } from './key.ts';
import { note } from './output.ts';
import { refreshSite } from './site.ts';

/** What the log of a settlement needs of the flags of `mtok settle`. */
export interface LogFlags extends BookFlags {
  readonly contract: string;
  readonly publication?: string;
  readonly key?: string;
  readonly knownAt?: number;
  readonly prior?: Decimal;
}

/**
 * Settles each period on a publication, and logs it there; the months of a strip that have no
 * fixing yet are left for later.
 */
export async function logAll(
  contract: Contract,
  inputs: SettlementInputs,
  periods: readonly Period[],
  flags: LogFlags,
): Promise<Settlement[]> {
  const now = clock();
  const publication = flags.publication ?? '';
  const desk = { publication, now, signers: [await openSigner(flags.key ?? '')] };
  const text = await contractText(contract, flags);
  const knownAtMs = flags.knownAt ?? now();
  const settled: Settlement[] = [];
  // What is given is of the month before the first one; the log has those after it.
  let { prior } = flags;
  for (const period of periods) {
    if (periods.length > 1 && !hasBegun(contract, inputs, period, knownAtMs)) continue;
    const terms = { contract, text, period, knownAtMs, prior };
    const { settlement, path, entry } = await publishSettlement(desk, inputs, terms);
    note(entry === undefined ? `logged already: ${path}` : `logged: ${path}, entry ${entry}`);
    settled.push(settlement);
    prior = undefined;
  }
  if (settled.length === 0) throw new MtokError('no', 'no period can be settled yet');
  await refreshSite(publication);
  return settled;
}

function hasBegun(
  { index, first_day }: Contract,
  { fixings }: SettlementInputs,
  { from, to }: Period,
  knownAtMs: number,
): boolean {
  if (from < first_day) return false;
  return fixings.some(
    ({ fixing, publishedAtMs = 0 }) =>
      fixing.index === index &&
      from <= fixing.date &&
      fixing.date <= to &&
      Math.max(parseMoment(fixing.known_at) ?? 0, publishedAtMs) <= knownAtMs,
  );
}

/** The text of the contract's file: the one whose digest it has. */
async function contractText({ sha256 }: Contract, flags: LogFlags): Promise<string> {
  const { contracts } = await bookFiles(flags);
  const paths = /[./\\]/.test(flags.contract) ? [flags.contract, ...contracts] : contracts;
  for (const path of paths) {
    const text = await readText(path);
    if (sha256Of(text) === sha256) return text;
  }
  throw new MtokError('data', `${flags.contract} has changed while it was read: run this again`);
}
