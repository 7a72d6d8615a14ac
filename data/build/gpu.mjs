// GPU hours: daily minima of one tracker, and the offers of one of its days. Another panel is
// found in another way, and the two are not spliced: it is left out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GPU_HOURS, GPU_RENTAL_PRICES, importFeed, toText } from '../../dist/index.js';
import { byColumns, writeTable } from './tables.mjs';

const TRACKER = 'gpurentalprices.com';
const READ_AT = '2026-08-22T23:00:00Z';
const SNAPSHOT = 'gpurentalprices_2026-08-22.json';

/** @param gpus the table of names that are taken, and of what they mean. */
export function writeGpuQuotes(outDir, realDir, gpus) {
  const names = new Set(gpus.map((row) => row.seller_model));
  const isTaken = (one) => one.venue === TRACKER && names.has(one.model);
  const write = (name, columns, rows) => {
    const path = join(outDir, 'quotes', name);
    const sorted = rows.sort(byColumns('seller', 'model', 'service_tier', 'effective_at'));
    writeTable(path, ['good', 'seller', 'venue', 'model', ...columns, 'rate', 'source'], sorted);
  };
  const minima = imported(GPU_HOURS, join(realDir, 'gpu/gpu_hour_prices.csv'), READ_AT);
  const days = ['service_tier', 'effective_at', 'valid_until'];
  write('gpu-minima.csv', days, runsOf(minima.filter(isTaken)).map(rowOf));
  const file = join(realDir, 'gpu', SNAPSHOT);
  const { generated_at: generatedAt } = JSON.parse(readFileSync(file, 'utf8'));
  const offers = imported(GPU_RENTAL_PRICES, file, generatedAt).filter(isTaken);
  const seen = ['service_tier', 'context_from', 'effective_at', 'observed_at'];
  write('gpu-offers.csv', seen, offers.map(rowOf));
}

/** Rows of models.csv. */
export function gpuModels(gpus) {
  return gpus.map((row) => ({ ...row, open_weights: 'false', seller: '' }));
}

/** Days in a row on which a seller's minimum is the same, as one quote with its end. */
function runsOf(quotes) {
  const runs = [];
  const last = new Map();
  for (const quote of [...quotes].sort((a, b) => a.effectiveAtMs - b.effectiveAtMs)) {
    const key = `${quote.seller} ${quote.model}`;
    const run = last.get(key);
    const goesOn =
      run?.validUntilMs === quote.effectiveAtMs &&
      toText(run.legs.rate) === toText(quote.legs.rate);
    if (goesOn) run.validUntilMs = quote.validUntilMs;
    else {
      last.set(key, { ...quote });
      runs.push(last.get(key));
    }
  }
  return runs;
}

function rowOf(quote) {
  const time = (ms) =>
    ms === null ? '' : new Date(ms).toISOString().replace('T00:00:00.000Z', '');
  return {
    ...{ good: quote.good, seller: quote.seller, venue: quote.venue, model: quote.model },
    ...{ service_tier: quote.serviceTier, context_from: quote.contextFrom || '' },
    ...{ effective_at: time(quote.effectiveAtMs), observed_at: time(quote.observedAtMs) },
    ...{ valid_until: time(quote.validUntilMs), rate: toText(quote.legs.rate) },
    source: quote.source,
  };
}

function imported(feed, file, observedAt) {
  const pages = [{ file, bytes: readFileSync(file) }];
  const { quotes, held, documents } = importFeed(feed, [
    { observedAtMs: Date.parse(observedAt), pages },
  ]);
  const faults = documents.flatMap((one) => one.faults);
  const left = documents.flatMap((one) => one.leftovers);
  if (held.length + faults.length + left.length > 0) throw new Error(`${file}: not all was taken`);
  return quotes;
}
