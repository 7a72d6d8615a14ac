import { basename, relative, sep } from 'node:path';
import type { Day } from '../domain/dates.ts';
import type { Fixing } from '../domain/fixing.ts';
import { byCodePoint } from '../domain/group.ts';
import type { FixingRow, Manifest } from '../domain/publication.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf, versionOn } from '../domain/versions.ts';
import { cannotFix } from '../fix/fixing.ts';
import type { InputKind } from '../fix/inputs.ts';
import type { Book, BookFiles } from '../ingest/book.ts';
import { sha256Of } from '../ingest/digest.ts';
import { readBytes } from '../ingest/files.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { renderMethodology } from '../publish/methodology/document.ts';
import { calculated } from '../publish/publication/calculated.ts';
import { type FixingDraft, nameOf, type PublishRequest } from '../publish/publication/plan.ts';
import { readPresent } from '../publish/publication/present.ts';
import {
  openPublication,
  type Published,
  publish,
  rehearse,
} from '../publish/publication/publish.ts';
import { approvalsRecord, readApprovals } from './approvals.ts';
import type { Desk } from './desk.ts';
import { lastDayOf, noticesOf, requireMaterial, requireNotice } from './guards.ts';

/** A book that was read, with what publications keep of its files. */
export interface OpenedBook {
  readonly book: Book;
  readonly evidence: Evidence;
  readonly rulebooks: ReadonlyMap<string, string>;
  readonly manifest: Manifest;
}

/** Reads what a publication keeps of a book's files. */
export async function openedBook(
  book: Book,
  files: BookFiles,
  directory: string,
): Promise<OpenedBook> {
  return {
    ...{ book, evidence: evidenceOf(book.rows) },
    rulebooks: await rulebookTexts(files),
    manifest: await manifestOf(files, directory),
  };
}

export interface Range {
  /** All versions of each index. */
  readonly indices: readonly (readonly Rulebook[])[];
  readonly from: Day;
  readonly to: Day;
  /** Kinds whose licence keeps their rows back. */
  readonly digestOnly?: readonly InputKind[];
  readonly isRehearsal?: boolean;
}

/** A fixing that waits for people before it is published. */
export interface Proposal {
  readonly index: string;
  readonly date: Day;
  readonly revision: number;
  readonly sha256: string;
  /** Names of the keys that have signed its bytes. */
  readonly approvedBy: readonly string[];
  readonly needed: number;
}

export interface PublishedBook extends Published {
  readonly proposals: readonly Proposal[];
  /** What was added, with its row. */
  readonly fixings: readonly { readonly row: FixingRow; readonly fixing: Fixing }[];
  /** Days that an index cannot have a fixing on, in words. */
  readonly none: readonly string[];
}

/**
 * Calculates the fixings of a range of days and publishes them: those that wait for approvals stay
 * proposals, and nothing after one is published of that index.
 *
 * @throws {MtokError} where a revision corrects nothing material, or a version had no notice.
 */
export async function publishBook(
  desk: Desk,
  { book, evidence, rulebooks, manifest }: OpenedBook,
  { indices, from, to, digestOnly = [], isRehearsal = false }: Range,
): Promise<PublishedBook> {
  const present = isRehearsal
    ? { ...readPresent(desk.publication), isRecovered: false }
    : await openPublication(desk.publication);
  const { contents, read } = present;
  const published = new Set(contents?.fixings.map(nameOf));
  const none: string[] = [];
  const proposals: Proposal[] = [];
  const drafts: FixingDraft[] = [];
  const records: PublishRequest['records'][number][] = [];
  for (const versions of indices) {
    const refused = from === to ? cannotFix(versions, evidence, to) : undefined;
    if (refused) none.push(refused.message);
    if (refused || latestOf(versions).base.date > to) continue;
    const lastDay = lastDayOf(noticesOf(latestOf(versions).index, contents, read));
    if (lastDay !== undefined && from > lastDay) {
      none.push(`${latestOf(versions).index} has ceased: its last day was ${lastDay}`);
      continue;
    }
    for (const draft of calculated(versions, evidence, from, earlier(to, lastDay))) {
      if (published.has(nameOf(draft.fixing))) {
        drafts.push(draft);
        continue;
      }
      const rules = versionOn(versions, draft.fixing.date);
      requireMaterial(draft.fixing, rules, contents, read);
      requireNotice(draft.fixing, versions, rules, contents, read);
      if (rules.approvals > 1) {
        const { proposal, record } = await approvalOf(desk, draft, rules);
        if (proposal) proposals.push(proposal);
        // The next day may rest on what people say of this one.
        if (!record) break;
        records.push(record);
      }
      drafts.push(draft);
    }
  }
  const request: PublishRequest = {
    ...{ nowMs: desk.now(), drafts, records, rulebooks, manifest, digestOnly, keys: [] },
    methodology: () => renderMethodology(book.rulebooks, evidence, to),
  };
  const act = isRehearsal ? rehearse : publish;
  const done = await act(desk.publication, desk.signers, request);
  const isRecovered = done.isRecovered || present.isRecovered;
  return { ...done, isRecovered, fixings: withFixings(done.added, drafts), proposals, none };
}

function withFixings(
  rows: readonly FixingRow[],
  drafts: readonly FixingDraft[],
): PublishedBook['fixings'] {
  const byName = new Map(drafts.map(({ fixing }) => [nameOf(fixing), fixing]));
  return rows.flatMap((row) => {
    const fixing = byName.get(nameOf(row));
    return fixing ? [{ row, fixing }] : [];
  });
}

function earlier(day: Day, other: Day | undefined): Day {
  return other !== undefined && other < day ? other : day;
}

async function approvalOf(
  { book }: Desk,
  { fixing }: FixingDraft,
  rules: Rulebook,
): Promise<{ proposal?: Proposal; record?: PublishRequest['records'][number] }> {
  const found = await readApprovals(book, fixing, rules);
  if (found.keys.length >= rules.approvals) return { record: approvalsRecord(fixing, found) };
  const { index, date, revision } = fixing;
  const approvedBy = found.keys.map(({ name }) => name);
  const { sha256 } = found;
  return { proposal: { index, date, revision, sha256, approvedBy, needed: rules.approvals } };
}

/** Each rulebook's text as it is on the disk: what a fixing holds the digest of. */
async function rulebookTexts({ rulebooks }: BookFiles): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of rulebooks) {
    const text = (await readBytes(path)).toString('utf8');
    texts.set(sha256Of(text), text);
  }
  return texts;
}

/** The files that were read; those outside the book go by their own name. */
async function manifestOf(files: BookFiles, book: string): Promise<Manifest> {
  const { constants: _, ...lists } = files;
  const paths = Object.values(lists).flat();
  const listed = await Promise.all(
    paths.map(async (path) => {
      const bytes = await readBytes(path);
      const within = relative(book, path).split(sep).join('/');
      const name = within.startsWith('..') ? basename(path) : within;
      return { path: name, bytes: bytes.length, sha256: sha256Of(bytes) };
    }),
  );
  return {
    schema: 'mtok.manifest/1',
    files: listed.sort((a, b) => byCodePoint(a.path, b.path)),
  };
}
