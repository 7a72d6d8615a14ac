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
