import type { FixingState } from '../domain/publication.ts';
import { recordPath } from '../domain/records.ts';
import { sitePath } from '../domain/site-path.ts';

/** Where a file of a publication lies, and what a reader is told of it. */
export interface ServedPath {
  readonly path: string;
  readonly type: string;
  /** It changes with a publication, and is served from the snapshot alone. */
  readonly isChanging: boolean;
  /** Raw rows of other people's text: a browser saves them and does not show them. */
  readonly isAttachment: boolean;
  /** A page for people, a study, or what a page loads: nothing of the log speaks of it. */
  readonly site?: 'page' | 'asset';
  /** What of the log has to be there before it may be seen. */
  readonly needs: Need;
}

export type Need =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'fixing';
      readonly index: string;
      readonly date: string;
      readonly revision: number;
      /** Of a receipt: the state that it is of. */
      readonly state?: FixingState;
    }
  | { readonly kind: 'digest'; readonly sha256: string }
  | { readonly kind: 'record'; readonly path: string }
  | { readonly kind: 'rulebook'; readonly index: string; readonly version: string }
  | { readonly kind: 'entries'; readonly level: number; readonly until: number };

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';
const CSV = 'text/csv; charset=utf-8; header=present';
const YAML = 'application/yaml; charset=utf-8';
const MARKDOWN = 'text/markdown; charset=utf-8';
const BYTES = 'application/octet-stream';

const SITE_TYPES = {
  page: 'text/html; charset=utf-8',
  script: 'text/javascript; charset=utf-8',
  style: 'text/css; charset=utf-8',
  text: TEXT,
  study: JSON_TYPE,
  table: CSV,
} as const;

const INDEX = '([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*)';
const DAY = '(\\d{4}-\\d{2}-\\d{2})';
const REVISION = '(?:\\.r([1-9]\\d{0,8}))?';

const CHANGING: Readonly<Record<string, string>> = {
  'index.json': JSON_TYPE,
  'latest.json': JSON_TYPE,
  'manifest.json': JSON_TYPE,
  checkpoint: TEXT,
  'keys.txt': TEXT,
  'methodology.md': MARKDOWN,
};

const SERIES = new RegExp(`^series/${INDEX}\\.csv$`);
const FIXING = new RegExp(`^fixings/${INDEX}/${DAY}${REVISION}\\.json$`);
const RECEIPT = new RegExp(
  `^receipts/${INDEX}/${DAY}${REVISION}\\.(provisional|final)\\.tlog-proof$`,
);
const KEY_RECEIPT = /^receipts\/keys\/(0|[1-9]\d{0,11})\.tlog-proof$/;
const RECORD_RECEIPT = /^receipts\/([a-z]+\/.+)\.tlog-proof$/;
const INPUT = /^inputs\/([0-9a-f]{64})\.(csv|json)$/;
const RULEBOOK = new RegExp(`^rulebooks/${INDEX}/(\\d+\\.\\d+\\.\\d+)\\.yaml$`);
const CONTRACT = new RegExp(`^contracts/${INDEX}/\\d+\\.\\d+\\.\\d+\\.yaml$`);
const TILE = /^tile\/(entries|\d)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/;

const COSIGNED = /^cosigned\/([1-9]\d{0,11})$/;

const LONGEST_PATH = 256;

/**
 * The files that are served, by pattern: what is not named here does not exist for a reader.
 *
 * @param path as it was asked for, without its first slash and not decoded.
 */
export function servedPath(path: string): ServedPath | undefined {
  if (path.length > LONGEST_PATH || path.includes('..')) return undefined;
  if (Object.hasOwn(CHANGING, path)) return changing(path, CHANGING[path] ?? BYTES);
  if (SERIES.test(path)) return changing(path, CSV);
  const site = sitePath(path);
  if (site) {
    const of = immutable(path, SITE_TYPES[site.kind], NOTHING);
    const isAttachment = site.kind === 'table';
    return { ...of, isAttachment, site: site.isAsset ? 'asset' : 'page' };
  }
  const fixing = FIXING.exec(path);
  if (fixing) return immutable(path, JSON_TYPE, fixingNeed(fixing));
  const receipt = RECEIPT.exec(path);
  if (receipt) {
    const state = receipt[4] === 'final' ? 'final' : 'provisional';
    return immutable(path, TEXT, { ...fixingNeed(receipt), state });
  }
  const input = INPUT.exec(path);
  if (input) {
    const need: Need = { kind: 'digest', sha256: input[1] ?? '' };
    const isCsv = input[2] === 'csv';
    return { ...immutable(path, isCsv ? CSV : JSON_TYPE, need), isAttachment: isCsv };
  }
  const tile = TILE.exec(path);
  if (tile) return tilePath(path, tile);
  const rulebook = RULEBOOK.exec(path);
  if (rulebook) {
    const [, index = '', version = ''] = rulebook;
    return immutable(path, YAML, { kind: 'rulebook', index, version });
  }
  if (CONTRACT.test(path)) return immutable(path, YAML, NOTHING);
  const key = KEY_RECEIPT.exec(path);
  if (key) return immutable(path, TEXT, { kind: 'entries', level: 0, until: Number(key[1]) + 1 });
  const cosigned = COSIGNED.exec(path);
  if (cosigned) {
    return immutable(path, TEXT, { kind: 'entries', level: 0, until: Number(cosigned[1]) });
  }
  if (recordPath.safeParse(path).success) return immutable(path, JSON_TYPE, ofRecord(path));
  const record = `${RECORD_RECEIPT.exec(path)?.[1] ?? ''}.json`;
  return recordPath.safeParse(record).success ? immutable(path, TEXT, ofRecord(record)) : undefined;
}

function ofRecord(path: string): Need {
  return { kind: 'record', path };
}

const NOTHING: Need = { kind: 'nothing' };

function fixingNeed(match: RegExpExecArray): Extract<Need, { kind: 'fixing' }> {
  const [, index = '', date = '', revision = '0'] = match;
  return { kind: 'fixing', index, date, revision: Number(revision) };
}

/** A tile is there once the signed tree holds all of it, and under its one name. */
function tilePath(path: string, match: RegExpExecArray): ServedPath | undefined {
  const [, level = '', name = '', partial] = match;
  const width = Number(partial ?? 256);
  const isOneName = partial === undefined || (width > 0 && width < 256 && partial === `${width}`);
  const digits = name.replaceAll(/[x/]/g, '');
  if (!isOneName || digits.length > 12) return undefined;
  const until = Number(digits) * 256 + width;
  const need: Need = { kind: 'entries', level: level === 'entries' ? 0 : Number(level), until };
  return immutable(path, BYTES, need);
}

function changing(path: string, type: string): ServedPath {
  return { path, type, isChanging: true, isAttachment: false, needs: NOTHING };
}

function immutable(path: string, type: string, needs: Need): ServedPath {
  return { path, type, isChanging: false, isAttachment: false, needs };
}
