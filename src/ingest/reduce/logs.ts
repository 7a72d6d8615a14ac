import { z } from 'zod';
import { DAY_MS, type Day, dayOf } from '../../domain/dates.ts';
import { byCodePoint } from '../../domain/group.ts';
import { cell, moment, name, optionalCell, wholeNumber } from '../cells.ts';
import type { Table } from '../table.ts';
import { LOG_COLUMNS } from './log-columns.ts';
import { type GroupSink, Moments, readOr, type SumDialect, type Sums } from './looks.ts';
import { AT, ticksTable } from './ticks.ts';
import { DAILY } from './window.ts';

/** One row of a log of use: a request, or many. */
export interface LoggedUse extends Counts {
  readonly model: string;
  /** Empty where the row does not say. */
  readonly seller: string;
  readonly atMs: number;
}

interface Counts {
  readonly input: bigint;
  readonly output: bigint;
  /** Of the input tokens. */
  readonly cached: bigint;
  /** `null` where the row does not say. */
  readonly requests: bigint | null;
}

/** What was used of one model at one seller on one day. */
export interface DailyUse {
  readonly model: string;
  readonly seller: string;
  readonly date: Day;
  readonly rows: number;
  readonly input: bigint;
  readonly output: bigint;
  readonly cached: bigint;
  /** `null` where some row does not say. */
  readonly requests: bigint | null;
}

const cells = z.object({
  model: cell(name),
  seller: optionalCell(name, ''),
  at: cell(moment),
  input_tokens: cell(wholeNumber),
  output_tokens: cell(wholeNumber),
  cached_tokens: optionalCell(wholeNumber, 0n),
  requests: optionalCell(wholeNumber, null),
});

/** Logs of use (docs/formats.md). What they say of prices is not read. */
export const LOGS: Table<LoggedUse> = {
  kind: 'logs of use',
  columns: [...new Set([...Object.keys(cells.shape), ...ticksTable(false).columns])],
  required: ['model', 'at', 'input_tokens', 'output_tokens'],
  aliases: { vendor: 'seller', ...AT },
  schema: cells.transform((row, context): LoggedUse => {
    if (row.cached_tokens > row.input_tokens) {
      const message = 'at most input_tokens, which hold them';
      const params = { code: 'cached_above_input' };
      context.addIssue({ code: 'custom', path: ['cached_tokens'], message, params });
      return z.NEVER;
    }
    return {
      ...{ model: row.model, seller: row.seller, atMs: row.at },
      ...{ input: row.input_tokens, output: row.output_tokens },
      ...{ cached: row.cached_tokens, requests: row.requests },
    };
  }),
};

/** The columns of a log that differ from row to row, in the order in which `lookIn` takes them. */
export const LOG_VARYING = [
  ...(['at', 'input_tokens', 'output_tokens', 'cached_tokens', 'requests'] as const),
];

/** Rows of one model, seller and day, summed. */
export interface UseLook extends Counts {
  readonly dayMs: number;
  readonly rows: number;
}

/** Sums use by model, seller and day, exactly, in any order. */
export class UseSums implements GroupSink<LoggedUse, UseKind, UseLook> {
  readonly table = LOGS;
  readonly varying = LOG_VARYING;
  readonly ignored = new Set(LOGS.columns.filter((column) => !Object.hasOwn(cells.shape, column)));
  readonly windows = DAILY;
  readonly #kinds = new Map<string, UseKind>();
  readonly #moments = new Moments();

  lookIn([at = '', input = '', output = '', cached = '', requests = '']: readonly string[]) {
    const atMs = this.#moments.read(at);
    const counts = {
      input: readOr(wholeNumber(input)),
      output: readOr(wholeNumber(output)),
      cached: cached === '' ? 0n : readOr(wholeNumber(cached)),
      requests: requests === '' ? null : readOr(wholeNumber(requests)),
    };
    if (atMs === undefined || !isRead(counts) || counts.cached > counts.input) return undefined;
    return { ...counts, dayMs: dayMsOf(atMs), rows: 1 };
  }

  kindOf({ model, seller }: LoggedUse): UseKind {
    const key = JSON.stringify([model, seller]);
    const known = this.#kinds.get(key);
    if (known) return known;
    const kind = { model, seller, days: new Map() };
    this.#kinds.set(key, kind);
    return kind;
  }

  lookOf({ atMs, input, output, cached, requests }: LoggedUse): UseLook {
    return { input, output, cached, requests, dayMs: dayMsOf(atMs), rows: 1 };
  }

  take({ days }: UseKind, look: UseLook): void {
    const sums = days.get(look.dayMs);
    if (!sums) {
      days.set(look.dayMs, { ...look });
      return;
    }
    sums.rows += look.rows;
    sums.input += look.input;
    sums.output += look.output;
    sums.cached += look.cached;
    sums.requests =
      sums.requests === null || look.requests === null ? null : sums.requests + look.requests;
  }

  sums({ isNumber, isEmpty, isAtMost, sum, countOf }: SumDialect): Sums {
    const isCount = (column: string) => isNumber(column, 18, 0);
    const [input, output, cached, requests] = LOG_COLUMNS;
    const isRead = [
      ...[isCount(input), isCount(output)],
      `(${isEmpty(cached)} OR (${isCount(cached)} AND ${isAtMost(cached, input)}))`,
      `(${isEmpty(requests)} OR ${isCount(requests)})`,
    ];
    const values = [...LOG_COLUMNS.map((column) => sum(column, 0)), countOf(requests)];
    return { isRead: isRead.join(' AND '), values };
  }

  lookAt(windowMs: number, count: number, values: readonly unknown[]): UseLook {
    const [input, output, cached, requests, told] = values.map((sum) =>
      typeof sum === 'bigint' ? sum : 0n,
    );
    return {
      ...{ input: input ?? 0n, output: output ?? 0n, cached: cached ?? 0n },
      ...{ requests: Number(told) === count ? (requests ?? 0n) : null },
      ...{ dayMs: windowMs, rows: count },
    };
  }

  /** By day, model and seller. */
  daily(): DailyUse[] {
    const sums = [...this.#kinds.values()].flatMap(({ model, seller, days }) =>
      [...days.values()].map(({ dayMs, ...use }) => ({
        model,
        seller,
        date: dayOf(dayMs),
        ...use,
      })),
    );
    return sums.sort(
      (a, b) =>
        byCodePoint(a.date, b.date) ||
        byCodePoint(a.model, b.model) ||
        byCodePoint(a.seller, b.seller),
    );
  }
}

/** A model at a seller, and what was used of it. */
export interface UseKind {
  readonly model: string;
  readonly seller: string;
  readonly days: Map<number, Writable<UseLook>>;
}

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

function dayMsOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}

function isRead(counts: { [Key in keyof Counts]: Counts[Key] | undefined }): counts is Counts {
  return Object.values(counts).every((count) => count !== undefined);
}
