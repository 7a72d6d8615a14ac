// Turns the five dated price files into one list of events of one shape. An event is what one
// source says about one name of one seller from one day on; whether it is taken is decided later.
import { join } from 'node:path';
import { normalizePrice, readTable } from './tables.mjs';

const FILES = [
  { source: 'curated', file: 'prices/token_prices.csv' },
  { source: 'facts', file: 'prices/dated_facts.csv' },
  { source: 'models.dev', file: 'prices/modelsdev_price_events.csv' },
  { source: 'litellm', file: 'prices/litellm_price_events.csv' },
];

/** Order of trust where sources speak of the same day. */
export const TRUST = ['curated', 'facts', 'models.dev', 'litellm'];

export function readEvents(realDir) {
  return FILES.flatMap(({ source, file }) =>
    readTable(join(realDir, file)).map((row, index) => toEvent(source, row, index)),
  );
}

function toEvent(source, row, sequence) {
  const contextual = row.model.endsWith('-272k');
  return {
    source,
    sequence,
    vendor: row.vendor,
    quotedName: contextual ? row.model.slice(0, -'-272k'.length) : row.model,
    contextFrom: contextual ? '272000' : '',
    date: row.effective_date,
    input: normalizePrice(row.input_usd_per_mtok),
    output: normalizePrice(row.output_usd_per_mtok),
    cached: normalizePrice(row.cached_input_usd_per_mtok),
    event: row.event ?? 'changed',
    cite: citation(source, row.source),
  };
}

// models.dev cites whole commits; ten digits find them.
function citation(source, text) {
  const short = text.replace(/@([0-9a-f]{10})[0-9a-f]{30}$/, '@$1');
  return source === 'facts' ? `dated fact: ${short}` : short;
}
