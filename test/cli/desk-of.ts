import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sealKey } from '../../src/publish/log/key-file.ts';
import { type KeyRole, signerOf } from '../../src/publish/log/keys.ts';
import { deskOf, type TestDesk } from '../operate/desks.ts';
import { mtok, type Run } from './run.ts';

const PASSPHRASE = 'drill';

const sealed = (name: string, number: number, role: KeyRole = 'log') => {
  const seed = new Uint8Array(32).fill(number);
  return sealKey(signerOf(name, role, seed), seed, PASSPHRASE, { n: 1024, r: 8, p: 1 });
};
const KEYS = [
  ['log.key', sealed('index.example/log', 1)],
  ['ann.key', sealed('ann@index.example', 2)],
  ['bob.key', sealed('bob@index.example', 3)],
  ['witness.key', sealed('witness.example/w', 4, 'witness')],
] as const;

/** A desk with key files, and the commands run at it. */
export interface CliDesk extends TestDesk {
  readonly cwd: string;
  /** Runs a command at a moment, beside the book, with the flags as they are given. */
  readonly run: (moment: string, ...args: readonly string[]) => Run;
}

/** The flags of a desk; ann.key, bob.key and witness.key lie beside its key. */
export const AT_DESK = ['--book', 'book', '--publication', 'public', '--key', 'log.key'];

export function cliDesk(
  rules: Readonly<Record<string, string>>,
  quotes: readonly string[],
  options: { readonly passphrase?: string } = {},
): CliDesk {
  const desk = deskOf({ TEST: rules }, quotes);
  const cwd = dirname(desk.book);
  for (const [file, text] of KEYS) writeFileSync(join(cwd, file), text);
  const { passphrase = PASSPHRASE } = options;
  const run = (moment: string, ...args: readonly string[]) => {
    const env = { MTOK_NOW: moment, MTOK_PASSPHRASE: passphrase };
    const { code, out, err } = mtok(args, { cwd, env });
    return { code, out, err: err.replace(/^The clock is MTOK_NOW: .*\n/, '') };
  };
  return { ...desk, cwd, run };
}
