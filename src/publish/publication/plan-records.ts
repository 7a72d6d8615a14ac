import { formatMoment, parseMoment } from '../../domain/dates.ts';
import { MtokError } from '../../domain/failure.ts';
import type { Contents, Entry, RecordRow } from '../../domain/publication.ts';
import { RECORD_FOLDERS, type RecordKind, recordPath } from '../../domain/records.ts';
import { sha256Of } from '../../ingest/digest.ts';
import { canonicalJson } from '../canonical.ts';

/** A document that is to be logged beside the fixings. */
export interface RecordDraft {
  readonly record: RecordKind;
  /** Below the folder of its kind: `2026-08/x.json`. */
  readonly name: string;
  readonly document: object;
  /** Files that never change and that the document names by their digests. */
  readonly files?: readonly { readonly path: string; readonly text: string }[];
}

export interface PlannedRecord {
  readonly row: RecordRow;
  readonly text: string;
  readonly files: NonNullable<RecordDraft['files']>;
}

/** What of the asked records is new; the entries that it gets are added to the list. */
export function plannedRecords(
  contents: Contents | undefined,
  request: { readonly nowMs: number; readonly records: readonly RecordDraft[] },
  entries: Entry[],
  firstEntry: number,
): PlannedRecord[] {
  requireLater(contents, request.nowMs);
  const known = new Map(contents?.records.map(({ path, sha256 }) => [path, sha256]));
  const planned: PlannedRecord[] = [];
  for (const { record, name, document, files = [] } of request.records) {
    const path = recordPath.parse(`${RECORD_FOLDERS[record]}/${name}`);
    const text = canonicalJson(document);
    const sha256 = sha256Of(text);
    const before = known.get(path);
    if (before === sha256) continue;
    if (before !== undefined) {
      throw new MtokError('no', `${path} is logged with other bytes: a record never changes`);
    }
    known.set(path, sha256);
    const entry = firstEntry + entries.length;
    entries.push({ schema: 'mtok.entry/1', kind: 'record', record, path, sha256 });
    const at = formatMoment(request.nowMs);
    planned.push({ row: { record, path, sha256, entry, at }, text, files });
  }
  return planned;
}

/** A clock that is set back would date what comes after as if it had come before. */
function requireLater(contents: Contents | undefined, nowMs: number): void {
  const last = contents?.records.at(-1);
  if (!last || (parseMoment(last.at) ?? 0) <= nowMs) return;
  const what = `the clock shows ${formatMoment(nowMs)}, and the log has ${last.path} of ${last.at}`;
  throw new MtokError('environment', `${what}: correct the clock, or wait`);
}
