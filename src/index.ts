/**
 * mtok as a library: read a book, calculate fixings and series, and use the exact arithmetic and
 * the single rules that they are made of.
 */

// Single rules
export {
  type BasketPeriod,
  chainLevels,
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
// Index formulas over matched prices and quantities, for analysts
export {
  BILATERAL_FORMULAS,
  type BilateralName,
} from './calculate/formulas/catalogue.ts';
export { lloydMoulton } from './calculate/formulas/constant-elasticity.ts';
export {
  fisherContributions,
  laspeyresContributions,
  tornqvistContributions,
} from './calculate/formulas/contributions.ts';
export { bmw, carli, cswd, dutot, harmonic, jevons } from './calculate/formulas/elementary.ts';
export {
  aggregateElementary,
  imputePrices,
  type Sample,
  type SampledPrice,
} from './calculate/formulas/elementary-aggregation.ts';
export {
  gearyKhamisBilateral,
  laspeyres,
  lowe,
  marshallEdgeworth,
  paasche,
  walsh,
} from './calculate/formulas/fixed-basket.ts';
export { gearyKhamis } from './calculate/formulas/geary-khamis.ts';
export { geks, type Multilateral } from './calculate/formulas/geks.ts';
export {
  geometricLaspeyres,
  geometricPaasche,
  geometricYoung,
  tornqvist,
  walsh2,
} from './calculate/formulas/geometric.ts';
export { aggregateUp, type ElementaryAggregate } from './calculate/formulas/hierarchy.ts';
export { decimals, type Matched, matchedOf } from './calculate/formulas/matched.ts';
export {
  fixedCutoff,
  hidiroglouBerthelot,
  kimber,
  quantile,
  quartileMethod,
  resistantFences,
  robustZ,
  tukey,
} from './calculate/formulas/outliers.ts';
export { matchPeriods, type Observation, type Panel, panelOf } from './calculate/formulas/panel.ts';
export { harmonicLaspeyres, palgrave, young } from './calculate/formulas/relatives.ts';
export {
  chainedSeries,
  fixedBaseSeries,
  fixedWeightSeries,
} from './calculate/formulas/series.ts';
export { rollingWindows, type Splice, splice } from './calculate/formulas/splice.ts';
export { drobisch, fisher, stuvel } from './calculate/formulas/superlative.ts';
export { timeProductDummy } from './calculate/formulas/time-product-dummy.ts';
export { montgomeryVartia, satoVartia } from './calculate/formulas/vartia.ts';
export { madScreen, previousPriceScreen } from './calculate/screen.ts';
// Contracts and their settlement
export { type Contract, checkContract } from './domain/contract.ts';
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
export {
  type Settlement,
  settlementJsonSchema,
  settlementSchema,
} from './domain/settlement.ts';
export { type Study, type StudyTable, studySchema } from './domain/study.ts';
// Studies: research on prices, no fixing depends on it
export type { ReferenceSystem } from './domain/system.ts';
export { exp, geometricMean, geometricMeanOfRelatives, ln } from './domain/transcendental.ts';
export { perMtok, UNITS } from './domain/units.ts';
// Calculate
export { asPublished } from './fix/as-published.ts';
export { backfill, resultsOn, SERIES_COLUMNS, type SeriesRow, series } from './fix/backfill.ts';
export { type CanonicalRows, canonicalText, digestOf } from './fix/canonical-rows.ts';
export {
  type Comparison,
  type ComparisonResult,
  compareRulebooks,
} from './fix/compare.ts';
export { diffFixings, type FixingDiff } from './fix/diff.ts';
export { type Explanation, type ExplanationResult, explain } from './fix/explain.ts';
export {
  calculateFixing,
  type FixingOptions,
  type FixingResult,
  type NoFixing,
} from './fix/fixing.ts';
export { type CanonicalInputs, canonicalInputs, type Scoped } from './fix/inputs.ts';
export { latestDay } from './fix/latest.ts';
export { type ProForma, type ProFormaResult, proForma } from './fix/pro-forma.ts';
export { type Review, type ReviewResult, review } from './fix/review.ts';
export { type Sensitivity, sensitivity } from './fix/sensitivity.ts';
// Read a book
export { type Book, type BookFiles, findBook, NO_FILES, readBook } from './ingest/book.ts';
export { type ContractReading, parseContract } from './ingest/contract.ts';
export { CALENDAR, HOLDS, JUDGEMENTS, REVISIONS, SUCCESSION } from './ingest/decisions.ts';
export { readFeedFiles } from './ingest/documents/directory.ts';
export { type FileHistory, fileHistory } from './ingest/documents/git.ts';
export {
  type FeedDocument,
  type FeedFile,
  type FeedPage,
  observedAtInName,
} from './ingest/documents/page.ts';
// Import a feed
export { AWS_BEDROCK } from './ingest/feeds/aws-bedrock.ts';
export { AZURE_RETAIL } from './ingest/feeds/azure-retail.ts';
export { FEEDS, feedNamed, ROW_FEEDS } from './ingest/feeds/catalogue.ts';
export { type ColumnMap, parseColumnMap, readColumnMap } from './ingest/feeds/column-map.ts';
export { CSV, csvFeed } from './ingest/feeds/csv.ts';
export type {
  Feed,
  FeedPrice,
  FeedRow,
  LongContext,
  PageReading,
  ReadingContext,
} from './ingest/feeds/feed.ts';
export { ECB_RATES } from './ingest/feeds/fx.ts';
export { GENAI_PRICES } from './ingest/feeds/genai-prices.ts';
export { GPU_HOURS } from './ingest/feeds/gpu-hours.ts';
export { GPU_RENTAL_PRICES } from './ingest/feeds/gpurentalprices.ts';
export { LITELLM } from './ingest/feeds/litellm.ts';
export { LLM_PRICES } from './ingest/feeds/llm-prices.ts';
export { readLongContext } from './ingest/feeds/long-context.ts';
export { MODELS_DEV } from './ingest/feeds/models-dev.ts';
export { OPENROUTER } from './ingest/feeds/openrouter.ts';
export { OPENROUTER_RANKINGS } from './ingest/feeds/openrouter-rankings.ts';
export { PORTKEY } from './ingest/feeds/portkey.ts';
export type { FxFeed, UsageFeed } from './ingest/feeds/row-feed.ts';
export type { Verdict } from './ingest/feeds/verdicts.ts';
// Fetch a feed
export type { Document, Surroundings } from './ingest/fetch/client.ts';
export type { Asked, FeedSource } from './ingest/fetch/source.ts';
export { SOURCES, sourceNamed } from './ingest/fetch/sources.ts';
export { type Fetched, fetchFeed, type RawFile } from './ingest/fetch/walk.ts';
export { PUBLIC_WIRE, type Wire } from './ingest/fetch/wire.ts';
export { type FixingFile, readFixings } from './ingest/fixings.ts';
export {
  type Decisions,
  type HeldQuote,
  type ReviewReading,
  readReview,
} from './ingest/import/review.ts';
export {
  type DocumentReport,
  type FeedImport,
  type ImportRun,
  importFeed,
  type Known,
  startImport,
} from './ingest/import/run.ts';
export {
  importRates,
  importUsage,
  type RowDocument,
  type RowImport,
} from './ingest/import/run-rows.ts';
export { QUOTES } from './ingest/quotes.ts';
export { CORRECTIONS, FX, MODELS, SELLERS } from './ingest/reference.ts';
export { parseRulebook, type RulebookReading } from './ingest/rulebook.ts';
export { parseSystem } from './ingest/system.ts';
export { type PlacedReading, readTable, type Table } from './ingest/table.ts';
export { USAGE } from './ingest/usage.ts';
export { type Conversion, type FxTable, fxTable, toUsd } from './normalize/currency.ts';
export { type Evidence, evidenceOf } from './normalize/evidence.ts';
export {
  type Suggestion,
  type Suggestions,
  suggestAliases,
  type Undecided,
} from './normalize/suggest.ts';
export { type UnmappedName, unmappedNames } from './normalize/unmapped.ts';
export { canonicalJson } from './publish/canonical.ts';
export { importDocument, quotesCsv, reportDocument, reviewCsv } from './publish/import.ts';
export { ratesCsv, rowReportDocument, usageCsv } from './publish/import-rows.ts';
// Publish
export { type Signer, signerOf } from './publish/log/keys.ts';
export { renderMethodology } from './publish/methodology/document.ts';
export { calculated } from './publish/publication/calculated.ts';
export type { FixingDraft, PublishRequest } from './publish/publication/plan.ts';
export { type Published, publish } from './publish/publication/publish.ts';
export { type RawPair, type RawRecord, rawPairs } from './publish/raw.ts';
// Compare quote sources
export { reconciliationDocument, trustedCsv } from './publish/reconcile.ts';
export {
  type PairAgreement,
  type QuoteSource,
  type ReconciledLeg,
  type ReconciledOffer,
  type Reconciliation,
  reconcile,
} from './select/reconcile.ts';
export { trustedQuotes } from './select/trust.ts';
export { dailyHorizons } from './settle/daily.ts';
export { type Period, periodsOf } from './settle/period.ts';
export type { PublishedFixing } from './settle/prints.ts';
export {
  type SettlementInputs,
  type SettlementOptions,
  type SettlementResult,
  settle,
} from './settle/settle.ts';
export { settleAgain } from './settle/settle-again.ts';
export { type Target, targetOf } from './settle/target.ts';
export { type TieRule, toTick } from './settle/tick.ts';
export { impliedPrice, type Run } from './study/implied-price.ts';
export { indexLevels, type Levels } from './study/levels.ts';
export { type SpreadDay, type SpreadOf, spreadStudy } from './study/spread.ts';
export { type StatsAsked, statsStudy } from './study/stats.ts';
export { type Tracked, trackerStudy } from './study/tracker.ts';
// Verify
export { openBundle } from './verify/bundle.ts';
export { directorySource } from './verify/directory.ts';
export { httpSource } from './verify/http.ts';
export type { Source } from './verify/source.ts';
export type { Step } from './verify/steps.ts';
export { parseVerifierKey, type VerifierKey } from './verify/verifier-key.ts';
export { type Seen, type Verification, type VerifyRequest, verify } from './verify/verify.ts';
export {
  type CappedShares,
  capLargestAndOthers,
  capShares,
  capWithLabs,
  displayShares,
} from './weigh/caps.ts';
