import { type Command, Option } from 'commander';
import { MtokError } from '../domain/failure.ts';
import type { KeyEntry } from '../domain/publication.ts';
import { readText } from '../ingest/files.ts';
import { createDurably } from '../publish/durable.ts';
import { openKey, parseKeyFile, sealKey } from '../publish/log/key-file.ts';
import {
  isKeyName,
  type KeyRole,
  newSeed,
  publicPem,
  type Signer,
  signerOf,
} from '../publish/log/keys.ts';
import { publishRecords } from '../publish/publication/publish.ts';
import { Refusal } from '../verify/refusal.ts';
import { parseVerifierKey } from '../verify/verifier-key.ts';
import { clock } from './clock.ts';
import { note, print } from './output.ts';
import { newPassphrase, passphrase } from './passphrase.ts';
import { refreshSite } from './site.ts';

interface NewFlags {
  readonly name: string;
  readonly out: string;
  readonly role: KeyRole;
}

interface LogFlags {
  readonly out: string;
  readonly key: string;
  readonly reason: string;
}

/** `mtok key`: keys that sign a publication, and their life in its log. */
export function addKey(program: Command): void {
  const key = program.command('key').description('make, show, rotate and revoke signing keys');
  key
    .command('new')
    .description('make a private key; the public one is printed')
    .requiredOption('--name <name>', 'the name of the log or the witness: index.example/mtok')
    .requiredOption('--out <file>', 'where to keep it, sealed with a passphrase, readable by you')
    .addOption(
      new Option('--role <role>', 'what it signs').choices(['log', 'witness']).default('log'),
    )
    .addHelpText(
      'after',
      '\nThe passphrase is taken from MTOK_PASSPHRASE, else asked for on the terminal.',
    )
    .action(makeKey);
  key
    .command('show <file>')
    .description('print the public key of a key file')
    .option('--pem', 'as openssl reads it')
    .action(async (file: string, { pem }: { pem?: boolean }) => {
      const { verifier_key } = await readKeyFile(file);
      print(pem ? publicPem(verifier_key) : verifier_key);
    });
  for (const action of ['add', 'revoke'] as const) {
    key
      .command(`${action} <verifier-key>`)
      .description(
        action === 'add'
          ? 'log a further key of a publication, signed by one that it has'
          : 'log that a key of a publication is no longer valid',
      )
      .requiredOption('--out <dir>', 'the publication')
      .requiredOption('--key <file>', 'the private key to sign with')
      .option('--reason <text>', 'why, for the log', action === 'add' ? 'rotation' : 'revoked')
      .action((text: string, flags: LogFlags) => logKey(action, text, flags));
  }
}

async function makeKey({ name, out, role }: NewFlags): Promise<void> {
  if (!isKeyName(name)) {
    throw new MtokError(
      'usage',
      `expected a name without spaces or +: index.example/mtok: ${name}`,
    );
  }
  const seed = newSeed();
  const signer = signerOf(name, role, seed);
  const sealed = sealKey(signer, seed, await newPassphrase(out));
  if (!(await createDurably(out, sealed, { mode: 0o600 }))) {
    throw new MtokError('usage', `${out} is there already: keys are not written over`);
  }
  note(`written: ${out}, for you alone. Readers of the ${role} need this:`);
  print(signer.verifierKey);
}

async function logKey(
  action: KeyEntry['action'],
  key: string,
  { out, key: file, reason }: LogFlags,
): Promise<void> {
  requireLogKey(key);
  const signer = await openSigner(file);
  const keys = [{ action, key, reason }];
  const { size } = await publishRecords(out, [signer], { nowMs: clock()(), keys });
  await refreshSite(out);
  print(`logged: ${action} ${key}; the log has ${size} entries`);
}

/** What a log calls its key has to be one: readers could not follow it otherwise. */
function requireLogKey(text: string): void {
  const expected =
    'expected the public key of a log, as mtok key show prints it: name+hexid+base64';
  try {
    if (parseVerifierKey(text).role === 'log') return;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new MtokError('usage', `${expected}, found ${text}`);
  }
  throw new MtokError('usage', `${expected}, found one of a witness: ${text}`);
}

/** Opens a private key with its passphrase. */
export async function openSigner(path: string): Promise<Signer> {
  const text = await readText(path);
  parseKeyFile(text, path);
  return openKey(text, path, await passphrase(path));
}

async function readKeyFile(path: string): Promise<ReturnType<typeof parseKeyFile>> {
  return parseKeyFile(await readText(path), path);
}
