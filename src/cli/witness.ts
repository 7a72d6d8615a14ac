import { type Command, InvalidArgumentError } from 'commander';
import { MtokError } from '../domain/failure.ts';
import { writeDurably } from '../publish/durable.ts';
import type { Signer } from '../publish/log/keys.ts';
import { cosignatureLine } from '../publish/log/note.ts';
import { takeLock } from '../publish/publication/lock.ts';
import { openCheckpoint, type SignedCheckpoint } from '../verify/checkpoint.ts';
import { fromBase64, toBase64 } from '../verify/encoding.ts';
import { verifyConsistency } from '../verify/merkle.ts';
import { Refusal } from '../verify/refusal.ts';
import { readTiles } from '../verify/tiles.ts';
import { openTrusted } from '../verify/trust.ts';
import type { Seen } from '../verify/verify.ts';
import { openSigner } from './key.ts';
import { note } from './output.ts';
import { openPlace, type Place, readKeys, readMemory, recall, remember } from './reader.ts';
import { serveWitness } from './witness-server.ts';

interface WitnessFlags {
  readonly key: string;
  readonly logKey?: string[];
  readonly state: string;
  readonly out?: string;
  readonly time?: number;
  readonly serve?: Listening;
}

/** `mtok witness`: cosigns the checkpoint of a publication that only grew since the last one. */
export function addWitness(program: Command): void {
  program
    .command('witness [publication]')
    .description('cosign the checkpoint of a publication, if its log only grew since the last')
    .requiredOption('--key <file>', 'the private key of the witness (mtok key new --role witness)')
    .requiredOption('--state <file>', 'the last tree that was cosigned of each log')
    .option('--log-key <key...>', 'public keys of the log, or files with them; needed at first')
    .option('--out <file>', 'the cosigned checkpoint (default: on stdout)')
    .option('--time <seconds>', 'the time to sign, in seconds since 1970 (default: now)', seconds)
    .option('--serve <[host:]port>', 'listen for checkpoints (C2SP tlog-witness)', listening)
    .addHelpText(
      'after',
      `
A witness that is shown two histories of a log cosigns one of them. A reader who asks for its
cosignature (mtok verify --witness) is then not shown the other. With --serve logs hand it their
checkpoints themselves (mtok publish --witness), on 127.0.0.1 unless a host is given.

Examples:
  mtok key new --role witness --name witness.example --out witness.key
  mtok witness https://index.example/mtok/ --key witness.key --state witnessed.json --log-key K
  mtok witness --serve 8080 --key witness.key --state witnessed.json --log-key K`,
    )
    .action(witness);
}

async function witness(name: string | undefined, flags: WitnessFlags): Promise<void> {
  if ((name === undefined) === (flags.serve === undefined)) {
    throw new MtokError('usage', 'expected a publication to cosign, or --serve');
  }
  const signer = await openSigner(flags.key);
  if (signer.role !== 'witness') {
    throw new MtokError('usage', `expected the key of a witness: ${flags.key} is of a log`);
  }
  // Of two runs at once each could find its own branch of a fork to be a growth of the last tree.
  const lock = await takeLock(`${flags.state}.lock`);
  try {
    if (name !== undefined) await cosign(name, signer, flags);
    else if (flags.serve) {
      const logKeys = await readKeys(flags.logKey ?? []);
      await serveWitness({ signer, logKeys, state: flags.state, ...flags.serve });
    }
  } finally {
    await lock.release();
  }
}

async function cosign(name: string, signer: Signer, flags: WitnessFlags): Promise<void> {
  const place = await openPlace(name);
  const memory = await readMemory(flags.state);
  const before = await recall(memory, place);
  const { checkpoint, keys, text } = await openGrown(place, before, flags.logKey ?? []);
  const { origin, size, root } = checkpoint;
  const seen = { origin, size, root: toBase64(root), keys };
  // What is cosigned is stored first: after a crash it must not be forgotten.
  await remember(flags.state, memory, place, seen);
  const timeS = flags.time ?? Math.floor(Date.now() / 1000);
  const cosigned = `${text}${cosignatureLine(checkpoint.note.body, timeS, signer)}`;
  if (flags.out === undefined) process.stdout.write(cosigned);
  else await writeDurably(flags.out, [cosigned]);
  note(`cosigned: ${origin}, ${size} entries${before ? `, ${before.size} before` : ''}`);
}

async function openGrown(
  place: Place,
  before: Seen | undefined,
  given: readonly string[],
): Promise<{ checkpoint: SignedCheckpoint; keys: string[]; text: string }> {
  const known = await readKeys([...given, ...(before?.keys ?? [])]);
  if (known.length === 0) {
    throw new MtokError('usage', 'expected the public key of the log, with --log-key');
  }
  try {
    const { keys } = await openTrusted(place.source, known);
    const bytes = (await place.source.read('checkpoint')) ?? new Uint8Array();
    const checkpoint = openCheckpoint(bytes, keys);
    if (before) {
      const old = { size: before.size, root: fromBase64(before.root, 'the root seen') };
      const tiles = readTiles(place.source, checkpoint.size);
      const isGrown = old.size <= checkpoint.size;
      const proof = isGrown ? await tiles.consistency(old.size, checkpoint.size) : [];
      verifyConsistency(old, checkpoint, proof);
    }
    const text = new TextDecoder().decode(bytes);
    return { checkpoint, keys: keys.map((key) => key.text), text };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new MtokError('no', `not cosigned: ${error.message}`);
  }
}

interface Listening {
  readonly host: string;
  readonly port: number;
}

function listening(text: string): Listening {
  const [, host = '127.0.0.1', port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port !== undefined && Number(port) < 65_536) return { host, port: Number(port) };
  throw new InvalidArgumentError('expected a port, or a host and a port: 127.0.0.1:8080');
}

function seconds(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected seconds since 1970');
}
