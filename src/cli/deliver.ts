import type { Command } from 'commander';
import { deliver } from '../operate/deliver.ts';
import { openSigner } from './key.ts';
import { print, printJson } from './output.ts';

interface DeliverFlags {
  readonly publication: string;
  readonly contract: string;
  readonly period: string;
  readonly to: string;
  readonly key: string;
  readonly json?: boolean;
}

/** `mtok deliver`: a settlement into an exchange's pick-up folder. */
export function addDeliver(program: Command): void {
  program
    .command('deliver')
    .description('put a logged settlement into a pick-up folder, with its digest and signature')
    .requiredOption('--publication <dir>', 'the publication that has it')
    .requiredOption('--contract <id>', 'the contract')
    .requiredOption('--period <period>', 'a month (2026-08), or two dates (2026-08-03/2026-08-14)')
    .requiredOption('--to <dir>', 'the pick-up folder; it has to be there')
    .requiredOption('--key <file>', 'the private key to sign with (mtok key new)')
    .option('--json', 'what was delivered as JSON')
    .addHelpText(
      'after',
      `
Three files: the document as it was logged, .sha256 as sha256sum writes it, and .sig, the 64 bytes
of an Ed25519 signature. The document gets its name last, by an atomic rename. Delivered again it is
left as it is; a file of that name with other bytes is never written over.

Examples:
  mtok deliver --publication public --contract MTOK-LIST-USD-MONTH --period 2026-07 --to pickup \\
    --key mtok.key
  sha256sum --check MTOK-LIST-USD-MONTH-2026-07.0.json.sha256
  openssl pkeyutl -verify -pubin -inkey mtok.pem -rawin -in MTOK-LIST-USD-MONTH-2026-07.0.json \\
    -sigfile MTOK-LIST-USD-MONTH-2026-07.0.json.sig`,
    )
    .action(run);
}

async function run({ publication, contract, period, to, key, json }: DeliverFlags): Promise<void> {
  const signer = await openSigner(key);
  const done = await deliver(publication, { contract, period }, to, signer);
  if (json) return printJson(done);
  print(`${done.isThere ? 'there already' : 'delivered'}: ${done.path}`);
  print(`  ${done.sha256}`);
}
