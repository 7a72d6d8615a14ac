import { parseDayMs } from '../../domain/dates.ts';
import { type JsonValue, textIn } from '../documents/json-value.ts';
import type { Terms } from './feed.ts';
import { rejected, type Verdict } from './verdicts.ts';

/** A model's prices with what has to hold for them, as genai-prices lists them. */
export interface ConstrainedPrices {
  readonly constraint: JsonValue | undefined;
  /** The lengths of prompt that it has prices for. */
  readonly starts: readonly number[];
}

/** When prices hold; or why nobody can tell. */
export type Period =
  | {
      readonly at: (contextFrom: number) => PeriodTerms;
      readonly verdict?: undefined;
    }
  | { readonly verdict: Verdict };

type PeriodTerms = Pick<Terms, 'effectiveAtMs' | 'validUntilMs' | 'windowUtc'>;

/**
 * Says when each entry holds. They are tried from the last to the first, and the first whose
 * constraint holds is taken: so an entry has the hours that those after it leave, and ends where a
 * later one takes its place.
 */
export function periodsOf(entries: readonly ConstrainedPrices[]): Period[] {
  const read = entries.map(({ constraint }) => constraintOf(constraint));
  return read.map((own, index): Period => {
    if (own.verdict) return own;
    const later = read.flatMap((other, at) =>
      at > index && !other.verdict ? [{ ...other, starts: entries[at]?.starts ?? [] }] : [],
    );
    const windows = later.flatMap(({ window }) => (window ? [window] : []));
    const windowUtc = own.window ? rangeText(own.window) : hoursLeft(windows);
    const end = (contextFrom: number) => {
      const next = later.find(({ startMs, window }) => startMs !== null && !window);
      if (!next || next.startMs === null) return null;
      // A price that is there again takes over by its own date; one that is not ends this one.
      const isReplaced = windowUtc === '' && next.starts.includes(contextFrom);
      return isReplaced ? null : next.startMs;
    };
    return {
      at: (contextFrom) => ({
        effectiveAtMs: own.startMs,
        validUntilMs: end(contextFrom),
        windowUtc,
      }),
    };
  });
}

interface Constraint {
  readonly startMs: number | null;
  readonly window: readonly [from: string, to: string] | null;
  readonly verdict?: undefined;
}

function constraintOf(value: JsonValue | undefined): Constraint | { readonly verdict: Verdict } {
  if (!value || value.kind === 'null') return { startMs: null, window: null };
  if (value.kind !== 'object') return UNKNOWN;
  const keys = value.members
    .map(({ key }) => key)
    .sort()
    .join(' ');
  if (keys === 'start_date') {
    const startMs = parseDayMs(textIn(value, 'start_date'));
    return startMs === undefined ? UNKNOWN : { startMs, window: null };
  }
  if (keys !== 'end_time start_time') return UNKNOWN;
  const [from, to] = [clock(textIn(value, 'start_time')), clock(textIn(value, 'end_time'))];
  return from && to && from !== to ? { startMs: null, window: [from, to] } : UNKNOWN;
}

const UNKNOWN = {
  verdict: rejected('constraint_unknown', 'prices under a constraint that is not known'),
};

/** `00:30:00Z` is 00:30; a window of quotes has no seconds. */
function clock(text: string): string | undefined {
  return /^((?:[01]\d|2[0-3]):[0-5]\d):00(?:Z|\+00:00)$/.exec(text)?.[1];
}

function rangeText([from, to]: readonly [string, string]): string {
  return `${from}-${to}`;
}

/** What windows leave of a day, around midnight: 00:30-16:30 leaves 16:30-00:30. */
function hoursLeft(windows: readonly (readonly [from: string, to: string])[]): string {
  const sorted = [...windows].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted
    .map(([, to], index) => [to, (sorted[index + 1] ?? sorted[0])?.[0] ?? to] as const)
    .filter(([from, to]) => from !== to)
    .map(rangeText)
    .join(' ');
}
