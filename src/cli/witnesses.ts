import type { Command } from 'commander';
import { MtokError } from '../domain/failure.ts';
import { addCosignatures, type Offered, offeredBy } from '../publish/publication/cosigned.ts';
import { countOf } from '../verify/encoding.ts';
import { httpPost } from '../verify/http.ts';
import { parseNote, signaturesBy } from '../verify/note.ts';
import { Refusal } from '../verify/refusal.ts';
import type { VerifierKey } from '../verify/verifier-key.ts';
import { readKeys } from './reader.ts';

export interface WitnessFlags {
  readonly witness?: string[];
  readonly witnessKey?: string[];
}

export function withWitnessFlags(command: Command): Command {
  return command
    .option('--witness <url...>', 'witnesses to hand the checkpoint to (C2SP tlog-witness)')
    .option('--witness-key <key...>', 'their public keys, or files with them');
}

/** Without its key nobody could tell a witness's cosignature from another line. */
export async function witnessKeysOf({
  witness,
  witnessKey = [],
}: WitnessFlags): Promise<VerifierKey[]> {
  const keys = (await readKeys(witnessKey)).filter(({ role }) => role === 'witness');
  if (witness && keys.length === 0) {
    throw new MtokError('usage', 'expected the public keys of the witnesses, with --witness-key');
  }
  return keys;
}

/** @throws {MtokError} where a witness did not cosign: what was done stands without it. */
export function requireCosigned({ failures }: Cosigned, done: string): void {
  if (failures.length === 0) return;
  const what = [`${done}, and not cosigned by all witnesses:`, ...failures].join('\n');
  throw new MtokError('environment', `${what}\nRun this again to ask them again`);
}

/** What came of asking witnesses. */
export interface Cosigned {
  /** Names of the witnesses that the checkpoint now has. */
  readonly by: readonly string[];
  /** Why one did not cosign: the publication stands without it. */
  readonly failures: readonly string[];
}

/**
 * Hands the checkpoint of a publication to witnesses, and adds their cosignatures to it. Those that
 * it has already are kept, and no witness is asked where it has all of them.
 *
 * @param urls the submission prefixes of the witnesses.
 * @param keys of the witnesses: a line that none of them signed is not taken over.
 */
export async function askWitnesses(
  directory: string,
  urls: readonly string[],
  keys: readonly VerifierKey[],
): Promise<Cosigned> {
  const offered = await offeredBy(directory);
  const has = (text: string) => signaturesBy(parseNote(Buffer.from(text)), keys);
  const missing = keys.filter((key) => !has(offered.checkpoint).some((one) => one.key === key));
  const failures: string[] = [];
  const lines = new Map<VerifierKey, string>();
  for (const url of missing.length === 0 ? [] : urls) {
    try {
      for (const [key, line] of await cosignaturesFrom(url, offered, keys)) {
        if (missing.includes(key)) lines.set(key, line);
      }
    } catch (error) {
      if (!(error instanceof MtokError || error instanceof Refusal)) throw error;
      failures.push(`${url}: ${error.message}`);
    }
  }
  const added = [...lines.values()];
  if (added.length > 0 && !(await addCosignatures(directory, offered.checkpoint, added))) {
    failures.push('another publication came between: run this again');
    return { by: [], failures };
  }
  const by = has(`${offered.checkpoint}${added.join('')}`).map(({ key }) => key.name);
  return { by, failures };
}

/** The lines of a witness that hold, by the key that each is of. */
async function cosignaturesFrom(
  url: string,
  offered: Offered,
  keys: readonly VerifierKey[],
): Promise<[VerifierKey, string][]> {
  const place = `${url.replace(/\/$/, '')}/add-checkpoint`;
  // A witness says which tree it knows: the first guess only has to be a wrong one at worst.
  let answer = await httpPost(place, offered.submission(0));
  if (answer.status === 409) {
    const known = countOf(answer.text.trim(), 'the size that the witness knows');
    if (known > offered.size) {
      throw new Refusal(`it knows ${known} entries, and this log has ${offered.size}`);
    }
    answer = await httpPost(place, offered.submission(known));
  }
  if (answer.status === 409) throw new Refusal('it knows another tree of this size: a fork');
  if (answer.status !== 200)
    throw new Refusal(`it answered ${answer.status} ${answer.text.trim()}`);
  const { body } = parseNote(Buffer.from(offered.checkpoint));
  const found: [VerifierKey, string][] = [];
  for (const line of answer.text.split('\n').filter((one) => one !== '')) {
    const signed = signaturesBy(parseNote(Buffer.from(`${body}\n${line}\n`)), keys);
    for (const { key } of signed) found.push([key, `${line}\n`]);
  }
  if (found.length === 0) throw new Refusal('it answered without a cosignature by a known key');
  return found;
}
