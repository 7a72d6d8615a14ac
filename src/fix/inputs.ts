import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Day, dayOf, dayToMs, formatMoment } from '../domain/dates.ts';
import { toText } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import { TOKEN } from '../domain/good.ts';
import { groupBy } from '../domain/group.ts';
import { offerKey } from '../domain/offer.ts';
import type { Correction, FxRate, ModelAlias, Quote, SellerOwner, Usage } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { correctionsByQuote } from '../normalize/corrections.ts';
import type { Evidence, Offer } from '../normalize/evidence.ts';
import { changePoints } from '../normalize/reduce.ts';
import type { Horizon } from '../select/in-force.ts';
import { type Candidate, isEffective, isKnown } from '../select/scope.ts';
import { usageWindowBounds } from '../weigh/usage.ts';

/** Canonical rows of one kind: a CSV that mtok reads again. */
export interface CanonicalRows {
  readonly header: string;
  /** In UTF-16 order. */
  readonly lines: readonly string[];
}

export type InputKind = keyof Fixing['inputs'];
export type CanonicalInputs = Readonly<Record<InputKind, CanonicalRows>>;

/**
 * The rows that a fixing rests on: those that can affect the index and are known at its horizon,
 * reduced, in a canonical form that does not depend on the files they came in or on their order.
 */
export function canonicalInputs(
  rules: RulebookRules,
  evidence: Evidence,
  candidates: ReadonlyMap<string, Candidate>,
  day: Day,
  horizon: Horizon,
): CanonicalInputs {
  const scope = scopeOf(rules, evidence, candidates, horizon);
  const usage = usageRows(rules, evidence.rows.usage, day, horizon);
  const names = new Set([...scope.names, ...usage.map(({ model }) => model)]);
  const { rows } = evidence;
  const corrections = rows.corrections.filter(
    (row) =>
      scope.offers.has(nameOf(row)) &&
      row.effectiveAtMs <= horizon.cutoffMs &&
      (row.knownSinceMs ?? 0) <= horizon.knownAtMs,
  );
  const correctionOf = correctionsByQuote(corrections);
  const quotes = [...groupBy(scope.quotes, offerKey).values()].flatMap((ofOffer) =>
    changePoints(ofOffer, (quote) => correctionOf(quote) !== undefined),
  );
  return {
    quotes: canonical(QUOTE_COLUMNS, quotes, quoteCells),
    usage: canonical(USAGE_COLUMNS, usage, usageCells),
    fx: canonical(FX_COLUMNS, ratesFor(quotes, rows.fx, day), fxCells),
    models: canonical(
      MODEL_COLUMNS,
      rows.models.filter((row) => scope.models.has(row.model) || names.has(row.sellerModel)),
      modelCells,
    ),
    sellers: canonical(
      SELLER_COLUMNS,
      rows.sellers.filter(({ seller }) => scope.sellers.has(seller)),
      sellerCells,
    ),
    corrections: canonical(CORRECTION_COLUMNS, corrections, correctionCells),
  };
}

/** SHA-256 of the canonical file: header and lines, each ended by a line feed. */
export function digestOf({ header, lines }: CanonicalRows): { sha256: string; count: number } {
  const text = canonicalText({ header, lines });
  return { sha256: bytesToHex(sha256(utf8ToBytes(text))), count: lines.length };
}

export function canonicalText({ header, lines }: CanonicalRows): string {
  return [header, ...lines].map((line) => `${line}\n`).join('');
}

/** The quotes that can affect an index as they are known at a horizon, and what they name. */
interface Scope {
  readonly quotes: readonly Quote[];
  /** Seller and name. */
  readonly offers: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly sellers: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
}

/**
 * Nothing that is known later may show here: the scope is found from the quotes that are known. A
 * rule of age counts from the first quote at any seller, so it brings those of every seller in.
 */
function scopeOf(
  rules: RulebookRules,
  evidence: Evidence,
  candidates: ReadonlyMap<string, Candidate>,
  horizon: Horizon,
): Scope {
  const { min_history_days, max_model_age_days } = rules.universe;
  const byAge = min_history_days > 0 || max_model_age_days !== null;
  const known = [...candidates.values()].filter((candidate) => isKnown(candidate, horizon));
  const models = new Set(known.map(({ model }) => model));
  const offers = new Set(known.flatMap((candidate) => candidate.offers.map(nameOf)));
  const ages = byAge ? evidence.offers.filter((offer) => everMeans(evidence, offer, models)) : [];
  for (const offer of ages) offers.add(nameOf(offer));
  const quotes = evidence.quotes.filter(
    (quote) => offers.has(nameOf(quote)) && isEffective(quote, horizon),
  );
  return {
    quotes,
    offers,
    models,
    names: new Set([...models, ...quotes.map(({ model }) => model)]),
    sellers: new Set(quotes.map(({ seller }) => seller)),
  };
}

function everMeans(evidence: Evidence, { seller, model }: Offer, models: ReadonlySet<string>) {
  return evidence.catalogue.everMeant(seller, model).some((meant) => models.has(meant));
}

function nameOf({ seller, model }: { readonly seller: string; readonly model: string }): string {
  return `${seller}\u0000${model}`;
}

/** Rates by which a currency of the quotes may reach the dollar. */
function ratesFor(quotes: readonly Quote[], rates: readonly FxRate[], day: Day): FxRate[] {
  const foreign = new Set(quotes.map(({ currency }) => currency));
  foreign.delete('USD');
  if (foreign.size === 0) return [];
  const across = new Set(rates.filter(({ quote }) => foreign.has(quote)).map(({ base }) => base));
  return rates.filter(
    ({ date, base, quote }) =>
      date <= day &&
      (foreign.has(quote) || (quote === 'USD' && (foreign.has(base) || across.has(base)))),
  );
}

/** Usage of the windows from the base date to the day, as far as it is published. */
function usageRows(
  rules: RulebookRules,
  rows: readonly Usage[],
  day: Day,
  horizon: Horizon,
): readonly Usage[] {
  if (rules.weights.method !== 'usage') return [];
  const [startMs] = usageWindowBounds(dayToMs(rules.base.date), rules);
  const [, endMs] = usageWindowBounds(dayToMs(day), rules);
  return rows.filter(
    (row) =>
      row.publishedAtMs <= horizon.knownAtMs &&
      row.periodStartMs < endMs &&
      row.periodEndMs > startMs,
  );
}

function canonical<Row extends object>(
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
  const line = cells(row).map(csvCell).join(',');
  remembered.set(row, line);
  return line;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const moment = (ms: number | null): string => (ms === null ? '' : formatMoment(ms));

const QUOTE_COLUMNS = [
  ...['seller', 'model', 'lab', 'venue', 'region', 'service_tier', 'context_from'],
  ...['window_utc', 'effective_at', 'observed_at', 'valid_until', 'event', 'basis', 'currency'],
  ...TOKEN.legs,
];

function quoteCells(row: Quote): string[] {
  return [
    ...[row.seller, row.model, row.lab, row.venue, row.region, row.serviceTier],
    ...[String(row.contextFrom), row.windowUtc, moment(row.effectiveAtMs)],
    row.isReconstructed ? '' : moment(row.observedAtMs),
    ...[moment(row.validUntilMs), row.event, row.basis, row.currency],
    ...TOKEN.legs.map((leg) => {
      const price = row.legs[leg];
      return price ? toText(price) : '';
    }),
  ];
}

const USAGE_COLUMNS = [
  ...['model', 'seller', 'period_start', 'period_end', 'published_at'],
  ...['input_tokens', 'cached_tokens', 'output_tokens', 'total_tokens'],
];

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

const FX_COLUMNS = ['date', 'base', 'quote', 'rate'];

function fxCells({ date, base, quote, rate }: FxRate): string[] {
  return [date, base, quote, toText(rate)];
}

const MODEL_COLUMNS = [
  ...['model', 'lab', 'class', 'open_weights', 'seller', 'seller_model', 'from', 'until'],
];

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

function sellerCells({ seller, owner }: SellerOwner): string[] {
  return [seller, owner];
}

const CORRECTION_COLUMNS = [
  ...['seller', 'model', 'effective_at', 'was_input', 'was_output', 'was_cached_input'],
  ...['input', 'output', 'cached_input', 'reason', 'known_since'],
];

function correctionCells(row: Correction): string[] {
  const legs = ['input', 'output', 'cached_input'];
  const text = (of: Correction['was'] | null) =>
    legs.map((leg) => {
      const price = of?.[leg];
      return price ? toText(price) : '';
    });
  return [
    ...[row.seller, row.model, moment(row.effectiveAtMs), ...text(row.was), ...text(row.is)],
    ...[row.reason, moment(row.knownSinceMs)],
  ];
}
