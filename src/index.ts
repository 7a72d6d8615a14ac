/**
 * mtok as a library: read a book, calculate fixings and series, and use the exact arithmetic and
 * the single rules that they are made of.
 */

// Single rules
export {
  type BasketPeriod,
  chainLevels,
  levelAt,
  quantitiesOf,
  type Ratio,
  referencePrice,
  toDecimal,
  toPlaces,
} from './calculate/aggregate.ts';
export { blend } from './calculate/blend.ts';
export {
  dispersion,
  mean,
  median,
  medianAbsoluteDeviation,
  nearestRank,
  trimmedMean,
  weightedMean,
  weightedMedian,
} from './calculate/estimators.ts';
export { madScreen } from './calculate/screen.ts';
// Exact decimals
export {
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  divideToPlaces,
  dot,
  multiply,
  parseDecimal,
  type RoundingMode,
  roundToDigits,
  roundToPlaces,
  roundToTick,
  subtract,
  sum,
  toFixedText,
  toText,
} from './domain/decimal.ts';
export { describeReject, MtokError, type Reject } from './domain/failure.ts';
// Documents and rows
export { type Fixing, fixingJsonSchema, fixingSchema } from './domain/fixing.ts';
export { type BookRows, EMPTY_BOOK, type FxRate, type Quote, type Usage } from './domain/rows.ts';
export { checkRulebook, type Rulebook } from './domain/rulebook.ts';
export { exp, geometricMean, geometricMeanOfRelatives, ln } from './domain/transcendental.ts';
export { perMtok, UNITS } from './domain/units.ts';
// Calculate
export { backfill, resultsOn, SERIES_COLUMNS, type SeriesRow, series } from './fix/backfill.ts';
export { diffFixings, type FixingDiff } from './fix/diff.ts';
export {
  calculateFixing,
  type FixingOptions,
  type FixingResult,
  type NoFixing,
} from './fix/fixing.ts';
export { type CanonicalInputs, canonicalInputs, canonicalText, digestOf } from './fix/inputs.ts';
export { latestDay } from './fix/latest.ts';
// Read a book
export { type Book, type BookFiles, findBook, NO_FILES, readBook } from './ingest/book.ts';
export { QUOTES } from './ingest/quotes.ts';
export { CORRECTIONS, FX, MODELS, SELLERS } from './ingest/reference.ts';
export { parseRulebook, type RulebookReading } from './ingest/rulebook.ts';
export { type PlacedReading, readTable, type Table } from './ingest/table.ts';
export { USAGE } from './ingest/usage.ts';
export { type Conversion, type FxTable, fxTable, toUsd } from './normalize/currency.ts';
export { type Evidence, evidenceOf } from './normalize/evidence.ts';
export { canonicalJson } from './publish/canonical.ts';
export { renderMethodology } from './publish/methodology/document.ts';
export {
  type CappedShares,
  capLargestAndOthers,
  capShares,
  capWithLabs,
  displayShares,
} from './weigh/caps.ts';
