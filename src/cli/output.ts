import { resolve } from 'node:path';
import { MtokError } from '../domain/failure.ts';
import { canonicalJson } from '../publish/canonical.ts';

/** Results go to stdout, everything else to stderr. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Canonical JSON, byte for byte what a file holds; a terminal gets a line end as well. */
export function printJson(document: unknown): void {
  process.stdout.write(canonicalJson(document) + (process.stdout.isTTY ? '\n' : ''));
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A result never replaces an input, or another result. */
export function refuseClashes(
  outputs: readonly (string | undefined)[],
  inputs: readonly (string | undefined)[],
): void {
  const taken = new Set(inputs.flatMap((path) => (path === undefined ? [] : resolve(path))));
  for (const path of outputs) {
    if (path === undefined) continue;
    if (taken.has(resolve(path))) {
      throw new MtokError('usage', `expected an output of its own, found ${path} twice`);
    }
    taken.add(resolve(path));
  }
}
