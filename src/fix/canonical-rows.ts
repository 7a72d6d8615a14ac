import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { csvLine } from '../domain/csv.ts';
import { dayOf, dayToMs, formatMoment } from '../domain/dates.ts';
import { type Decimal, toText } from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import { GOODS, type GoodId } from '../domain/goods.ts';
import type { Correction, FxRate, ModelAlias, Quote, SellerOwner, Usage } from '../domain/rows.ts';

/** Canonical rows of one kind: a CSV that mtok reads again. */
export interface CanonicalRows {
  readonly header: string;
  /** In UTF-16 order. */
  readonly lines: readonly string[];
}

/** SHA-256 of the canonical file: header and lines, each ended by a line feed. */
export function digestOf({ header, lines }: CanonicalRows): { sha256: string; count: number } {
  const text = canonicalText({ header, lines });
  return { sha256: bytesToHex(sha256(utf8ToBytes(text))), count: lines.length };
}

export function canonicalText({ header, lines }: CanonicalRows): string {
  return [header, ...lines].map((line) => `${line}\n`).join('');
}

/** Rows as lines of a canonical file. */
export function canonical<Row extends object>(
  columns: readonly string[],
  rows: readonly Row[],
  cells: (row: Row) => readonly string[],
): CanonicalRows {
  const lines = rows.map((row) => lineOf(row, cells));
  // UTF-16 order, as RFC 8785 sorts keys: it is the same under every locale.
  return { header: columns.join(','), lines: lines.sort() };
}

/** A row's line never changes, and years of fixings list the same rows. */
const remembered = new WeakMap<object, string>();

function lineOf<Row extends object>(row: Row, cells: (row: Row) => readonly string[]): string {
  const known = remembered.get(row);
  if (known !== undefined) return known;
  const line = csvLine(cells(row));
  remembered.set(row, line);
  return line;
}

export const moment = (ms: number | null): string => (ms === null ? '' : formatMoment(ms));

const QUOTE_TERMS = [
  ...['seller', 'model', 'lab', 'venue', 'region', 'service_tier', 'context_from'],
  ...['window_utc', 'effective_at', 'observed_at', 'valid_until', 'event', 'basis', 'currency'],
];

/** Quotes of one good; a file that does not name its good is of tokens. */
export function canonicalQuotes(rows: readonly Quote[], good: GoodId): CanonicalRows {
  const named = good === 'token' ? [] : ['good'];
  return canonical([...QUOTE_TERMS, ...GOODS[good].legs, ...named], rows, quoteCells);
}

function quoteCells(row: Quote): string[] {
  return [
    ...[row.seller, row.model, row.lab, row.venue, row.region, row.serviceTier],
    ...[String(row.contextFrom), row.windowUtc, moment(row.effectiveAtMs)],
    row.isReconstructed ? '' : moment(row.observedAtMs),
    ...[moment(row.validUntilMs), row.event, row.basis, row.currency],
    ...legCells(row.legs, GOODS[row.good].legs),
    ...(row.good === 'token' ? [] : [row.good]),
  ];
}

const USAGE_COLUMNS = [
  ...['model', 'seller', 'period_start', 'period_end', 'published_at'],
  ...['input_tokens', 'cached_tokens', 'output_tokens', 'total_tokens'],
];

export function canonicalUsage(rows: readonly Usage[]): CanonicalRows {
  return canonical(USAGE_COLUMNS, rows, usageCells);
}

function usageCells(row: Usage): string[] {
  const { tokens } = row;
  const counts =
    tokens.kind === 'split'
      ? [tokens.input, tokens.cached, tokens.output, '']
      : ['', '', '', tokens.total];
  return [
    ...[row.model, row.seller, moment(row.periodStartMs), moment(row.periodEndMs)],
    ...[moment(row.publishedAtMs), ...counts.map(String)],
  ];
}

const FX_COLUMNS = ['date', 'base', 'quote', 'rate', 'published_at'];

export function canonicalRates(rows: readonly FxRate[]): CanonicalRows {
  return canonical(FX_COLUMNS, rows, fxCells);
}

function fxCells({ date, base, quote, rate, knownAtMs }: FxRate): string[] {
  return [date, base, quote, toText(rate), moment(knownAtMs ?? null)];
}

const MODEL_COLUMNS = [
  ...['model', 'lab', 'class', 'open_weights', 'seller', 'seller_model', 'from', 'until'],
];

export function canonicalModels(rows: readonly ModelAlias[]): CanonicalRows {
  return canonical(MODEL_COLUMNS, rows, modelCells);
}

function modelCells(row: ModelAlias): string[] {
  return [
    ...[row.model, row.lab, row.class, String(row.openWeights), row.seller, row.sellerModel],
    ...[row.fromMs, row.untilMs].map((ms) => (ms === null ? '' : boundary(ms))),
  ];
}

function boundary(ms: number): string {
  const day = dayOf(ms);
  return dayToMs(day) === ms ? day : formatMoment(ms);
}

const SELLER_COLUMNS = ['seller', 'owner'];

export function canonicalSellers(rows: readonly SellerOwner[]): CanonicalRows {
  return canonical(SELLER_COLUMNS, rows, sellerCells);
}

function sellerCells({ seller, owner }: SellerOwner): string[] {
  return [seller, owner];
}

/** Of each good, in the order of the file. */
const CORRECTED_LEGS: Readonly<Record<GoodId, readonly string[]>> = {
  token: ['input', 'output', 'cached_input'],
  gpu_hour: ['rate'],
};

/** Corrections of quotes of one good. */
export function canonicalCorrections(rows: readonly Correction[], good: GoodId): CanonicalRows {
  const legs = CORRECTED_LEGS[good];
  const columns = [
    ...['seller', 'model', 'effective_at', ...legs.map((leg) => `was_${leg}`)],
    ...[...legs, 'reason', 'known_since'],
  ];
  return canonical(columns, rows, (row) => [
    ...[row.seller, row.model, moment(row.effectiveAtMs)],
    ...[...legCells(row.was, legs), ...legCells(row.is ?? {}, legs)],
    ...[row.reason, moment(row.knownSinceMs)],
  ]);
}

/** Prices of legs as text, in the order of their names; empty where there is none. */
export function legCells(legs: Legs<Decimal>, names: readonly string[]): string[] {
  return names.map((leg) => {
    const price = legs[leg];
    return price ? toText(price) : '';
  });
}
