import { type ApiProblem, type ApiStatus, problemSchema, statusSchema } from '../domain/api.ts';
import { isDay, parseMoment } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { Contents, Entry, FixingRow, RecordRow } from '../domain/publication.ts';
import type { Settlement } from '../domain/settlement.ts';
import { fileNameOf, settlementsOf } from '../domain/settlement-path.ts';
import { checkApproved } from '../verify/conduct.ts';
import {
  checkIncluded,
  checkReceipt,
  entriesOf,
  fixingName,
  readFixing,
  receiptPath,
} from '../verify/fixing.ts';
import { type Fetch, httpGet, httpSource } from '../verify/http.ts';
import type { Opened } from '../verify/opened.ts';
import { readRecord, recordReceiptPath as receiptOf, recordEntryOf } from '../verify/records.ts';
import { ensure, Refusal } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import { takeSteps } from '../verify/steps.ts';
import { parseVerifierKey } from '../verify/verifier-key.ts';
import type { Seen } from '../verify/verify.ts';
import {
  type ClientFailure,
  type ClientFailureCode,
  type ClientResult,
  Failed,
  failed,
} from './failure.ts';
import { openView, seenOf, type Trust, type View } from './opened.ts';
import { readSeries, type SeriesDay } from './series.ts';

export type { ClientFailure, ClientFailureCode, ClientResult, SeriesDay };

export interface ClientOptions {
  /** Where a publication is served: by `mtok serve`, or its files by any web server. */
  readonly url: string;
  /** Public keys of the log, as their owner gives them out. Without any, its own word is taken. */
  readonly keys?: readonly string[];
  /** Witnesses that must have cosigned, all of them. */
  readonly witnesses?: readonly string[];
  /** What `seen()` gave the last time: the log has to have grown out of it. */
  readonly seen?: Seen;
  /** `false`: take what comes for true. */
  readonly verify?: boolean;
  /** Asks instead of the platform's own `fetch`. */
  readonly fetch?: Fetch;
}

/** A fixing with what the log says of it. */
export interface ClientFixing {
  readonly fixing: Fixing;
  readonly row: FixingRow;
  /** Signature, inclusion, receipt and digest were checked. */
  readonly verified: boolean;
}

/** A settlement with what the log says of it. */
export interface ClientSettlement {
  readonly settlement: Settlement;
  readonly row: RecordRow;
  /** Signature, inclusion, receipt and digest were checked. */
  readonly verified: boolean;
}

export interface Days {
  readonly from?: string;
  /** Inclusive. */
  readonly to?: string;
}

export interface Which {
  /** Without it the last one. */
  readonly revision?: number;
  /** The revision that was published by then: RFC 3339 with an offset. */
  readonly knownAt?: string;
}

/**
 * Reads a publication and verifies it: the signature of the log, that it grew out of what was seen
 * before, the receipt of each fixing, the digest of each file. No method throws: each gives a value
 * or a failure with a code.
 *
 * @example const client = new MtokClient({ url: 'http://127.0.0.1:8080', keys: [KEY] });
 * const { value, failure } = await client.latest('MTOK-LIST');
 */
export class MtokClient {
  readonly #source: Source;
  readonly #url: string;
  readonly #fetch: Fetch | undefined;
  readonly #trust: () => Trust;
  #view: View | undefined;
  #seen: Seen | undefined;

  constructor(options: ClientOptions) {
    const { url, keys = [], witnesses = [], seen, verify = true, fetch } = options;
    this.#url = url.endsWith('/') ? url : `${url}/`;
    this.#fetch = fetch;
    this.#source = httpSource(this.#url, fetch);
    this.#seen = seen;
    // Keys that are none are a failure of each method, and none of the constructor.
    this.#trust = () => ({
      keys: [...new Set([...keys, ...(this.#seen?.keys ?? [])])].map(parseVerifierKey),
      witnesses: witnesses.map(parseVerifierKey),
      isVerifying: verify,
    });
  }

  /** What is there: each index with its title, its first and its latest day. */
  indices(): Promise<ClientResult<Contents['indices']>> {
    return this.#result(async () => (await this.#open()).contents.indices);
  }

  /** The latest fixing of an index; a withheld one too. */
  latest(index: string): Promise<ClientResult<ClientFixing>> {
    return this.#result(async () => {
      const view = await this.#open();
      const rows = rowsOf(view, index);
      const last = rows.at(-1);
      if (!last) throw failed('not_found', `${index} has no fixing yet`);
      return this.#fixingOf(view, last);
    });
  }

  /** A fixing of a day: its last revision, or which is asked for. */
  fixing(index: string, date: string, which: Which = {}): Promise<ClientResult<ClientFixing>> {
    return this.#result(async () => {
      if (!isDay(date)) throw failed('bad_request', `expected a day, YYYY-MM-DD, found ${date}`);
      const view = await this.#open();
      const rows = rowsOf(view, index).filter((row) => row.date === date);
      const row = this.#chosen(rows, which);
      if (!row) throw await this.#whyNot(index, date, rows);
      return this.#fixingOf(view, row);
    });
  }

  /** A series: of each day the last revision. Withheld days have no value. */
  fixings(index: string, { from, to }: Days = {}): Promise<ClientResult<readonly SeriesDay[]>> {
    return this.#result(async () => {
      const view = await this.#open();
      const rows = rowsOf(view, index).filter(
        ({ date }) => (from === undefined || date >= from) && (to === undefined || date <= to),
      );
      const last = new Map(rows.map((row) => [row.date, row]));
      return readSeries(this.#source, view, index, [...last.values()]);
    });
  }

  /** What a contract settles at for a period: the last document that was logged. */
  settlement(contract: string, period: string): Promise<ClientResult<ClientSettlement>> {
    return this.#result(async () => {
      const view = await this.#open();
      const own = settlementsOf(view.contents.records, contract);
      const last = own.findLast((one) => one.period === fileNameOf(period));
      if (!last) {
        throw failed('not_found', `the log has no settlement of ${contract} for ${period}`);
      }
      const { row } = last;
      if (view.opened) await checkEntry(view.opened, row.entry, recordEntryOf(row), receiptOf(row));
      const settlement = await readRecord(this.#source, row);
      ensure(settlement.schema === 'mtok.settlement/1', `${row.path} is no settlement`);
      const { id } = settlement.contract;
      const isOwn = id === contract && fileNameOf(settlement.period.id) === fileNameOf(period);
      ensure(isOwn, `${row.path} is of ${id} for ${settlement.period.id}`);
      return { settlement, row, verified: view.opened !== undefined };
    });
  }

  /** Where each index stands by the server's clock: its own word, which nothing signs. */
  status(): Promise<ClientResult<ApiStatus>> {
    return this.#result(async () => {
      const answer = await this.#get('v1/status');
      const parsed = statusSchema.safeParse(answer);
      if (!parsed.success) throw failed('not_verified', 'v1/status is not of its form');
      return parsed.data;
    });
  }

  /** What to keep and to give as `seen` the next time. */
  seen(): Seen | undefined {
    return this.#seen;
  }

  async #open(): Promise<View> {
    const view = await openView(this.#source, this.#trust(), this.#seen, this.#view);
    this.#view = view;
    this.#seen = seenOf(view) ?? this.#seen;
    return view;
  }

  async #fixingOf(view: View, row: FixingRow): Promise<ClientFixing> {
    const { opened } = view;
    if (opened) {
      for (const { number, entry } of entriesOf(row)) {
        const state = entry.kind === 'fixing' ? entry.state : row.state;
        await checkEntry(opened, number, entry, receiptPath(row, state));
      }
    }
    const fixing = await readFixing(this.#source, row);
    if (opened) await requireApproved(opened, row, fixing);
    return { fixing, row, verified: opened !== undefined };
  }

  #chosen(rows: readonly FixingRow[], { revision, knownAt }: Which): FixingRow | undefined {
    const atMs = knownAt === undefined ? undefined : parseMoment(knownAt);
    if (knownAt !== undefined && atMs === undefined) {
      throw failed('bad_request', `expected a moment (RFC 3339) as knownAt, found ${knownAt}`);
    }
    const known = rows.filter(
      (row) => atMs === undefined || (parseMoment(row.published_at) ?? 0) <= atMs,
    );
    return revision === undefined ? known.at(-1) : known.find((row) => row.revision === revision);
  }

  /** The server knows when it is to come; where there is none, it is not there. */
  async #whyNot(index: string, date: string, rows: readonly FixingRow[]): Promise<Failed> {
    const there = rows.map(fixingName).join(', ');
    const none = `the log has no such fixing of ${index} ${date}`;
    if (there !== '') return failed('not_found', `${none}: it has ${there}`);
    try {
      await this.#get(`v1/indices/${encodeURIComponent(index)}/fixings/${date}`);
      return failed('not_verified', `${none}, and the server says that there is one`);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      return error.failure.code === 'not_yet_published' ? error : failed('not_found', none);
    }
  }

  async #get(path: string): Promise<unknown> {
    const { status, retryAfter, text } = await httpGet(`${this.#url}${path}`, this.#fetch);
    const document = parseJson(text);
    if (status === 200) return document;
    const problem = problemSchema.safeParse(document).data;
    throw new Failed(failureOf(status, problem, retryAfter, path));
  }

  async #result<Value>(act: () => Promise<Value>): Promise<ClientResult<Value>> {
    try {
      return { ok: true, value: await act() };
    } catch (error) {
      if (error instanceof Failed) return { ok: false, failure: error.failure };
      if (error instanceof Refusal) {
        return { ok: false, failure: { code: 'not_verified', message: error.message } };
      }
      if (error instanceof MtokError) {
        return { ok: false, failure: { code: 'unreachable', message: error.message } };
      }
      throw error;
    }
  }
}

/** The log has an entry, and its receipt proves it. */
async function checkEntry(
  opened: Opened,
  number: number,
  entry: Entry,
  receipt: string,
): Promise<void> {
  const bytes = await checkIncluded(opened.tiles, opened.checkpoint, number, entry);
  await checkReceipt(opened, receipt, number, bytes);
}

/** Where its rulebook asks for the signatures of several people, they are there. */
async function requireApproved(opened: Opened, row: FixingRow, fixing: Fixing): Promise<void> {
  const steps = takeSteps();
  await checkApproved(opened, row, fixing, steps);
  const fault = steps.taken.find(({ result }) => result === 'fail');
  ensure(fault === undefined, fault?.detail ?? '');
}

/** The rows of an index, by day and revision. */
function rowsOf({ contents }: View, index: string): FixingRow[] {
  if (!contents.indices.some((one) => one.index === index)) {
    const known = contents.indices.map((one) => one.index).join(', ');
    throw failed('not_found', `there is no index ${index} here; there are ${known}`);
  }
  return contents.fixings
    .filter((row) => row.index === index)
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.revision - b.revision));
}

function failureOf(
  status: number,
  problem: ApiProblem | undefined,
  retryAfter: string | null,
  path: string,
): ClientFailure {
  const message = problem?.detail ?? `${path} was answered with ${status}`;
  const isToCome = problem?.type.endsWith('#not-yet-published') ?? false;
  const seconds = /^\d{1,9}$/.test(retryAfter ?? '') ? { retryAfterS: Number(retryAfter) } : {};
  const more = { message, ...seconds, ...(problem ? { problem } : {}) };
  if (isToCome) return { code: 'not_yet_published', ...more };
  if (status === 404 || status === 410) return { code: 'not_found', ...more };
  return { code: status >= 500 ? 'unreachable' : 'refused', ...more };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
