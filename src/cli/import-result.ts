import { describeReject, MtokError, type Reject } from '../domain/failure.ts';
import { writeDurably } from '../publish/durable.ts';
import { note, print, printJson } from './output.ts';

export interface ResultFlags {
  readonly git?: string;
  readonly out?: string;
  readonly report?: string;
  readonly json?: boolean;
}

export interface ImportResult {
  /** `3 quotes` */
  readonly count: string;
  readonly csv: () => Iterable<string>;
  readonly report: () => unknown;
  /** What --json shows: the report, and whatever belongs to it. */
  readonly json: () => unknown;
}

/** The rows on stdout or in a file, the report beside them, or all of it as one JSON document. */
export async function writeResult(result: ImportResult, flags: ResultFlags): Promise<void> {
  const { out, report, json } = flags;
  if (report !== undefined) {
    await writeDurably(report, [`${JSON.stringify(result.report(), null, 2)}\n`]);
    note(`written: ${report}`);
  }
  if (out !== undefined) {
    await writeDurably(out, result.csv());
    (json ? note : print)(`written: ${out}, ${result.count}`);
  }
  if (json) printJson(result.json());
  else if (out === undefined) for (const line of result.csv()) process.stdout.write(line);
}

interface Document {
  readonly faults: readonly Reject[];
}

/** Whether anything could be used. */
export function isUsable(documents: readonly Document[]): boolean {
  return documents.some(({ faults }) => faults.length === 0);
}

/**
 * Says which documents could not be used.
 *
 * @throws {MtokError} of kind `data`; but nobody can correct the past: bad versions in a repository
 *   do not make its import fail.
 */
export function reportFaults(documents: readonly Document[], { git }: ResultFlags): void {
  const failed = documents.filter(({ faults }) => faults.length > 0);
  if (failed.length === 0) return;
  const faults = failed.flatMap((document) => document.faults);
  const stands = isUsable(documents) ? 'the others stand' : 'nothing was imported';
  const count = `${failed.length} of ${documents.length} documents cannot be used; ${stands}`;
  const lines = [...faults.map(describeReject), count];
  if (git === undefined || !isUsable(documents)) {
    throw new MtokError('data', lines.join('\n'), faults);
  }
  for (const line of lines) note(line);
}
