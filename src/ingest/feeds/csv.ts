import type { Reject } from '../../domain/failure.ts';
import { GOODS } from '../../domain/goods.ts';
import type { Quote } from '../../domain/rows.ts';
import { UNITS } from '../../domain/units.ts';
import { type CsvRow, missingColumn, readCsvText } from '../documents/csv-text.ts';
import type { FeedPage } from '../documents/page.ts';
import { defaultUnit, QUOTES } from '../quotes.ts';
import { type ColumnMap, NO_MAP } from './column-map.ts';
import type { Feed, FeedPrice, FeedRow, Leg, PageReading, Terms } from './feed.ts';
import { RAGGED_ROW, refusedBy, rejected, type Verdict } from './verdicts.ts';

/** Any table of prices: the columns of quotes, or others by a map. */
export function csvFeed(map: ColumnMap): Feed {
  return {
    name: 'csv',
    reads: 'any CSV: the columns of quotes, or others by --map',
    read: (page) => readCsv(page, map),
    partOf: ({ seller }) => seller,
  };
}

/** The columns of quotes as they are (docs/formats.md). */
export const CSV: Feed = csvFeed(NO_MAP);

function readCsv(page: FeedPage, map: ColumnMap): PageReading {
  const { file } = page;
  const reading = readCsvText(page);
  if (reading.fault) return reading;
  const spelling = spellingOf(reading.columns, map);
  const isGiven = (column: string) => spelling.has(column) || Object.hasOwn(map.values, column);
  const missing =
    [...spelling.values()].find((name) => !reading.columns.includes(name)) ??
    ['seller', 'model', ...legsAskedOf(isGiven)].find((column) => !isGiven(column));
  if (missing !== undefined) {
    const expected = `a column ${missing}, or a map that says which one it is`;
    return { fault: missingColumn(page, reading.columns, missing, expected) };
  }
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  for (const row of reading.rows) {
    const read = readRow(row, file, spelling, map);
    rows.push(read.row);
    for (const price of read.prices) prices.push(price);
  }
  const used = new Set(spelling.values());
  const unread = reading.columns.filter((name) => !used.has(name));
  return { rows, prices, warnings: unread.map((name) => unreadColumn(name, file)) };
}

/** How the file spells each column of quotes that it has. */
function spellingOf(columns: readonly string[], map: ColumnMap): Map<string, string> {
  const spelling = new Map(Object.entries(map.columns));
  for (const name of columns) {
    const column = Object.hasOwn(QUOTES.aliases, name) ? (QUOTES.aliases[name] ?? name) : name;
    const isTaken = spelling.has(column) || Object.hasOwn(map.values, column);
    if (QUOTES.columns.includes(column) && !isTaken) spelling.set(column, name);
  }
  return spelling;
}

function readRow(
  { line, cells }: CsvRow,
  file: string,
  spelling: ReadonlyMap<string, string>,
  map: ColumnMap,
): { readonly row: FeedRow; readonly prices: readonly FeedPrice[] } {
  if (!cells) {
    return { row: { id: `line ${line}`, file, line, verdict: RAGGED_ROW }, prices: [] };
  }
  const own: Record<string, string> = {};
  for (const column of QUOTES.columns) {
    const name = spelling.get(column);
    own[column] = map.values[column] ?? (name === undefined ? '' : (cells.get(name) ?? ''));
  }
  const id = [own.seller, own.model].filter(Boolean).join('/') || `line ${line}`;
  const read = termsOf(own, spelling);
  const row = { id, file, line, source: own.source || undefined, verdict: read.verdict };
  const good = read.terms?.good ?? 'token';
  const stated = own.unit || defaultUnit(GOODS[good]);
  const unit = UNITS.includes(stated) ? stated : '';
  const prices = ALL_LEGS.flatMap((leg: Leg): FeedPrice[] => {
    const literal = own[leg] ?? '';
    if (literal === '') return [];
    const price = { row, field: spelling.get(leg) ?? leg, line, literal, unit };
    return read.terms
      ? [{ kind: 'leg', ...price, leg, terms: read.terms }]
      : [{ kind: 'stray', ...price, verdict: read.verdict }];
  });
  return { row, prices };
}

const ALL_LEGS = Object.values(GOODS).flatMap(({ legs }): readonly Leg[] => legs);

/** The legs of the good that a file is about: that of a leg that it has, else tokens. */
function legsAskedOf(isGiven: (column: string) => boolean): readonly string[] {
  const about = Object.values(GOODS).find(({ requiredLegs }) => requiredLegs.every(isGiven));
  return (about ?? GOODS.token).requiredLegs;
}

/** Prices that every check of a price accepts: what a row says beside its prices is asked. */
function somePrices(own: Readonly<Record<string, string>>): Record<string, string> {
  const isToken = (own.good || (own.rate ? 'gpu_hour' : 'token')) === 'token';
  const { requiredLegs } = isToken ? GOODS.token : GOODS.gpu_hour;
  const none = Object.fromEntries(ALL_LEGS.map((leg) => [leg, '']));
  return { ...none, ...Object.fromEntries(requiredLegs.map((leg) => [leg, '1'])) };
}

type Read =
  | { readonly terms: Terms; readonly verdict?: undefined }
  | { readonly terms?: undefined; readonly verdict: Verdict };

/** Prices are for the guards; everything else about a quote is what the schema of quotes says. */
function termsOf(
  own: Readonly<Record<string, string>>,
  spelling: ReadonlyMap<string, string>,
): Read {
  if (own.event === 'withdrawn') {
    return { verdict: rejected('withdrawn', 'the end of an offer is for a person to decide') };
  }
  const [contradiction] = QUOTES.contradictions?.(own, spelling) ?? [];
  if (contradiction) {
    const { code, column, expected } = contradiction;
    return { verdict: rejected(code, `${column}: expected ${expected}`) };
  }
  const isDated = (own.effective_at ?? '') !== '';
  const read = QUOTES.schema.safeParse({
    ...own,
    ...(isDated ? {} : { effective_at: '1970-01-01' }),
    ...somePrices(own),
  });
  if (read.success) return { terms: termsIn(read.data, isDated) };
  return { verdict: refusedBy(read.error) };
}

function termsIn(quote: Quote, isDated: boolean): Terms {
  const { good, seller, venue, model, region, serviceTier, contextFrom, windowUtc } = quote;
  const { currency, lab, basis, validUntilMs, effectiveAtMs, observedAtMs, isReconstructed } =
    quote;
  return {
    ...{ good, seller, venue, model, region, serviceTier, contextFrom, windowUtc, currency },
    ...{ lab, basis, validUntilMs },
    effectiveAtMs: isDated ? effectiveAtMs : null,
    ...(isReconstructed ? {} : { observedAtMs }),
  };
}

function unreadColumn(name: string, file: string): Reject {
  const expected = 'a column of quotes: it was not read';
  return { code: 'unread_column', file, line: 1, column: name, value: name, expected };
}
