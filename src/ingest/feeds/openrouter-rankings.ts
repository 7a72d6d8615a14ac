import { DAY_MS, formatMoment, parseDayMs, parseMoment } from '../../domain/dates.ts';
import type { Reject } from '../../domain/failure.ts';
import type { Usage } from '../../domain/rows.ts';
import { missingColumn, readCsvText } from '../documents/csv-text.ts';
import { readJsonObject, wrongShape } from '../documents/json-text.ts';
import { type JsonValue, literalOf, member, textIn } from '../documents/json-value.ts';
import type { FeedPage } from '../documents/page.ts';
import { USAGE } from '../usage.ts';
import type { FeedRow } from './feed.ts';
import type { ReadRow, RowReading, UsageFeed } from './row-feed.ts';
import { held, NOT_AN_ENTRY, RAGGED_ROW, refusedBy, rejected } from './verdicts.ts';

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

function jsonRows(page: FeedPage): ReadRow<Usage>[] | { fault: Reject } {
  const reading = readJsonObject(page);
  if (reading.fault) return reading;
  const { file } = page;
  const { root, duplicates } = reading;
  const [duplicate] = duplicates;
  if (duplicate) return { fault: duplicate };
  const [data, meta] = [member(root, 'data'), member(root, 'meta')];
  if (data?.kind !== 'array') {
    return { fault: wrongShape(page, { line: root.line, column: 'data' }, 'an array of figures') };
  }
  const asOf = textIn(meta, 'as_of');
  const asOfMs = parseMoment(asOf);
  if (asOfMs === undefined) {
    const place = { file, line: meta?.line ?? root.line, column: 'meta.as_of' };
    const expected = 'a time: figures are restated, and are nothing without it';
    return { fault: { code: 'no_as_of', ...place, value: asOf, expected } };
  }
  const source = `OpenRouter (openrouter.ai/rankings), as of ${formatMoment(asOfMs)}`;
  return data.items.map((item) => {
    const row = { file, line: item.line };
    if (item.kind !== 'object') {
      return { row: { id: `line ${item.line}`, ...row }, verdict: NOT_AN_ENTRY };
    }
    const cells = {
      date: figureIn(item, 'date'),
      model: figureIn(item, 'model_permaslug'),
      total_tokens: figureIn(item, 'total_tokens'),
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
    return { fault: missingColumn(page, reading.columns, missing, expected) };
  }
  return reading.rows.map(({ line, cells }) => {
    const own = (name: string) => cells?.get(name) ?? '';
    const row = {
      id: `${own('date')} ${own('model_permaslug')}`.trim() || `line ${line}`,
      file,
      line,
    };
    if (!cells) return { row, verdict: RAGGED_ROW };
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
  return read.success ? { row, value: read.data } : { row, verdict: refusedBy(read.error) };
}

/** A number would have gone through a float on its way here, somewhere: both forms are read. */
function figureIn(item: JsonValue, key: string): string {
  return literalOf(member(item, key)) ?? '';
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
