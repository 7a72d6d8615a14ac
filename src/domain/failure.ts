/** A row, or a whole file, that cannot be used: where it is, what was found, what was expected. */
export interface Reject {
  readonly code: string;
  readonly file: string;
  /** 1 is the first line of the file. 0 where the fault has no line. */
  readonly line: number;
  /** The name of the column; empty where the fault is the line's or the file's. */
  readonly column: string;
  readonly value: string;
  readonly expected: string;
}

/** Good rows and bad rows come back together; the caller decides whether to go on. */
export interface Reading<Row> {
  readonly rows: readonly Row[];
  readonly rejects: readonly Reject[];
  /** Accepted rows with something to say, in the same form. */
  readonly warnings: readonly Reject[];
}

/** One class of failure for each exit code. */
export type FailureKind = 'no' | 'usage' | 'data' | 'environment';

export const EXIT_CODES: Readonly<Record<FailureKind, number>> = {
  no: 1,
  usage: 2,
  data: 3,
  environment: 4,
};

/** A failure that a person can act on: its message says what, where, and what to do. */
export class MtokError extends Error {
  readonly kind: FailureKind;
  readonly rejects: readonly Reject[];

  constructor(kind: FailureKind, message: string, rejects: readonly Reject[] = []) {
    super(message);
    this.name = 'MtokError';
    this.kind = kind;
    this.rejects = rejects;
  }
}

/** What to say where a file or a directory cannot be read. */
export function unreadable(
  path: string,
  error: { readonly code?: string | undefined; readonly message: string },
): MtokError {
  if (error.code === 'EISDIR') {
    return new MtokError('data', `expected a file, found a directory: ${path}`);
  }
  const why = (error.code && UNREADABLE[error.code]) ?? error.code ?? error.message;
  return new MtokError('environment', `cannot read ${path}: ${why}`);
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is a file',
  EACCES: 'you may not read it',
};

/** `quotes.csv:12:output: expected a positive price, found "-1" [negative_price]` */
export function describeReject(reject: Reject): string {
  const place = [reject.file, reject.line || '', reject.column].filter((part) => part !== '');
  const found = reject.value === '' ? 'nothing' : JSON.stringify(shorten(reject.value));
  return `${place.join(':')}: expected ${reject.expected}, found ${found} [${reject.code}]`;
}

const LONGEST_VALUE = 80;

export function shorten(value: string): string {
  return value.length > LONGEST_VALUE
    ? `${value.slice(0, LONGEST_VALUE)}… (${value.length} characters)`
    : value;
}

/** The known name that differs least from one that is not known, where one is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  if (a.length > 100) return a.length;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substituted, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
