import { DAY_MS, formatMoment, parseDayMs, parseMoment } from '../../domain/dates.ts';
import type { Reject } from '../../domain/failure.ts';
import type { Usage } from '../../domain/rows.ts';
import { readCsvText } from '../documents/csv-text.ts';
import {
  type JsonObject,
  type JsonValue,
  literalOf,
  member,
  notAn,
  readJson,
  stringOf,
} from '../documents/json-text.ts';
import { USAGE } from '../usage.ts';
import { type FeedPage, type FeedRow, held, rejected } from './feed.ts';
import type { ReadRow, RowReading, UsageFeed } from './row-feed.ts';

/** OpenRouter's daily rankings: tokens of the 50 most used models of a day, and of the others. */
export const OPENROUTER_RANKINGS: UsageFeed = {
  kind: 'usage',
  name: 'openrouter-rankings',
  reads: 'the rankings-daily dataset of OpenRouter as JSON, or its columns as CSV',
  read: readRankings,
};

/** Figures may be restated: `as of` is part of what they are, and of the citation. */
interface Pinned {
  readonly asOfMs: number;
  readonly source: string;
}

function readRankings(page: FeedPage, observedAtMs: number): RowReading<Usage> {
  const isJson = /^\s*[{[]/.test(page.text);
  const rows = isJson ? jsonRows(page) : csvRows(page, observedAtMs);
  return Array.isArray(rows) ? { rows, warnings: sharesOf(rows, page.file) } : rows;
}

function jsonRows({ file, text }: FeedPage): ReadRow<Usage>[] | { fault: Reject } {
  const { root, fault, duplicates } = readJson(text, file);
  if (!root) return { fault };
  if (root.kind !== 'object') return { fault: notAn('object', root, file) };
  const [duplicate] = duplicates;
  if (duplicate) return { fault: duplicate };
  const [data, meta] = [member(root, 'data'), member(root, 'meta')];
  if (data?.kind !== 'array') return { fault: notAn('array', data ?? root, file) };
  const asOf = meta?.kind === 'object' ? stringOf(member(meta, 'as_of')) : undefined;
  const asOfMs = parseMoment(asOf ?? '');
  if (asOfMs === undefined) {
    const place = { file, line: meta?.line ?? root.line, column: 'meta.as_of' };
    const expected = 'a time: figures are restated, and are nothing without it';
    return { fault: { code: 'no_as_of', ...place, value: asOf ?? '', expected } };
  }
  const source = `OpenRouter (openrouter.ai/rankings), as of ${formatMoment(asOfMs)}`;
  return data.items.map((item) => {
    const row = { file, line: item.line };
    if (item.kind !== 'object') {
      const verdict = rejected('not_an_entry', 'a value that is no object');
      return { row: { id: `line ${item.line}`, ...row }, verdict };
    }
    const cells = {
      date: textIn(item, 'date'),
      model: textIn(item, 'model_permaslug'),
      total_tokens: textIn(item, 'total_tokens'),
    };
    return figureOf({ id: `${cells.date} ${cells.model}`, ...row }, cells, { asOfMs, source });
  });
}

function csvRows(page: FeedPage, asOfMs: number): ReadRow<Usage>[] | { fault: Reject } {
  const { file } = page;
  const reading = readCsvText(page);
  if (reading.fault) return reading;
  const needs = ['date', 'model_permaslug', 'total_tokens'];
  const missing = needs.find((name) => !reading.columns.includes(name));
  if (missing !== undefined) {
    const expected = `the columns ${needs.join(', ')}`;
    const value = reading.columns.join(',');
    return { fault: { code: 'missing_column', file, line: 1, column: missing, value, expected } };
  }
  return reading.rows.map(({ line, cells }) => {
    const own = (name: string) => cells?.get(name) ?? '';
    const row = {
      id: `${own('date')} ${own('model_permaslug')}`.trim() || `line ${line}`,
      file,
      line,
    };
    if (!cells) {
      const verdict = rejected('ragged_row', 'has another number of cells than the header');
      return { row, verdict };
    }
    const found = {
      date: own('date'),
      model: own('model_permaslug'),
      total_tokens: own('total_tokens'),
    };
    return figureOf(row, found, { asOfMs, source: own('source') || 'OpenRouter rankings-daily' });
  });
}

function figureOf(
  row: FeedRow,
  cells: Readonly<Record<'date' | 'model' | 'total_tokens', string>>,
  { asOfMs, source }: Pinned,
): ReadRow<Usage> {
  const startMs = parseDayMs(cells.date);
  if (startMs === undefined) return { row, verdict: rejected('bad_date', 'date is no day') };
  if (startMs + DAY_MS > asOfMs) {
    return { row, verdict: held('incomplete_day', 'the figure is older than the end of its day') };
  }
  const blank = Object.fromEntries(USAGE.columns.map((column) => [column, '']));
  const published_at = formatMoment(asOfMs);
  const read = USAGE.schema.safeParse({ ...blank, ...cells, published_at, source });
  if (read.success) return { row, value: read.data };
  const [issue] = read.error.issues;
  const code = issue?.code === 'custom' ? String(issue.params?.code) : 'bad_value';
  const reason = `${issue?.path.join('.')}: expected ${issue?.message}`;
  return { row, verdict: rejected(code, reason) };
}

/** A number would have gone through a float on its way here, somewhere: both forms are read. */
function textIn(item: JsonObject, key: string): string {
  const value: JsonValue | undefined = member(item, key);
  return (value && literalOf(value)) ?? '';
}

/** Tokens that no price index can weigh: below the first fifty, and free of charge. */
const UNWEIGHED: readonly (readonly [code: string, pattern: RegExp, expected: string])[] = [
  ['below_top', /^other$/, 'models by name: this share of tokens is of none'],
  ['free_usage', /:free$/, 'tokens with a price: this share of them is free'],
];

function sharesOf(rows: readonly ReadRow<Usage>[], file: string): Reject[] {
  const tokens = (pattern: RegExp) =>
    rows.reduce((sum, { value }) => {
      const isCounted = value?.tokens.kind === 'total' && pattern.test(value.model);
      return isCounted && value.tokens.kind === 'total' ? sum + value.tokens.total : sum;
    }, 0n);
  const all = tokens(/^/);
  return UNWEIGHED.flatMap(([code, pattern, expected]) => {
    const part = tokens(pattern);
    if (part === 0n) return [];
    const perMille = String((part * 1000n) / all).padStart(2, '0');
    const value = `${perMille.slice(0, -1)}.${perMille.slice(-1)}%`;
    return [{ code, file, line: 0, column: 'total_tokens', value, expected }];
  });
}
