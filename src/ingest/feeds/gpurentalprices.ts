import { parseMoment } from '../../domain/dates.ts';
import { readJsonObject, wrongShape } from '../documents/json-text.ts';
import {
  itemsOf,
  type JsonValue,
  literalOf,
  member,
  textIn,
  tokensOf,
} from '../documents/json-value.ts';
import type { FeedPage } from '../documents/page.ts';
import {
  type Feed,
  type FeedPrice,
  type FeedRow,
  type PageReading,
  PLAIN_TERMS,
  type Terms,
} from './feed.ts';
import { NOT_AN_ENTRY, rejected, type Verdict } from './verdicts.ts';

/** gpurentalprices.com: USD per GPU and hour, each offer of a marketplace with its kind. */
export const GPU_RENTAL_PRICES: Feed = {
  name: 'gpurentalprices',
  reads: 'a snapshot of gpurentalprices.com: offers by provider, GPU and kind',
  read: readSnapshot,
  partOf: ({ seller }) => seller,
};

const VENUE = 'gpurentalprices.com';

/** What the site calls a kind, as an offer. A `secure` one is on demand, in a data centre. */
const OFFERS: Readonly<Record<string, string>> = {
  'on-demand': 'on_demand',
  secure: 'on_demand',
  ...{ reserved: 'reserved', spot: 'spot', community: 'community', serverless: 'serverless' },
};

function readSnapshot(page: FeedPage): PageReading {
  const reading = readJsonObject(page);
  if (reading.fault) return reading;
  const { root, duplicates } = reading;
  const offers = member(root, 'offers');
  if (offers?.kind !== 'array') {
    const found = { line: offers?.line ?? root.line, column: 'offers' };
    return { fault: wrongShape(page, found, 'offers: an array of offers') };
  }
  const read = itemsOf(offers).map((offer, index) => readOffer(offer, index, page.file));
  return {
    rows: read.map(({ row }) => row),
    prices: read.flatMap(({ price }) => price ?? []),
    warnings: duplicates,
  };
}

function readOffer(
  offer: JsonValue,
  index: number,
  file: string,
): { readonly row: FeedRow; readonly price?: FeedPrice } {
  const { line } = offer;
  if (offer.kind !== 'object') {
    return { row: { id: `offers[${index}]`, file, line, verdict: NOT_AN_ENTRY } };
  }
  const [seller, gpu, kind] = [
    textIn(offer, 'provider'),
    textIn(offer, 'gpu'),
    textIn(offer, 'kind'),
  ];
  const id = `${seller}/${gpu} ${kind}`;
  const source = textIn(offer, 'source_url') || undefined;
  const read = termsOf(offer, seller, gpu, kind);
  const row = { id, file, line, source, verdict: read.verdict };
  const price = member(offer, 'usd_hr');
  const literal = literalOf(price);
  if (!price || literal === undefined) {
    const verdict = read.verdict ?? rejected('no_price', 'an offer without usd_hr');
    return { row: { ...row, verdict } };
  }
  const published = { row, field: 'usd_hr', line: price.line, literal, unit: 'per_gpu_hour' };
  return {
    row,
    price: read.terms
      ? { kind: 'leg', ...published, leg: 'rate', terms: read.terms }
      : { kind: 'stray', ...published, verdict: read.verdict },
  };
}

type Read =
  | { readonly terms: Terms; readonly verdict?: undefined }
  | { readonly terms?: undefined; readonly verdict: Verdict };

function termsOf(offer: JsonValue, seller: string, gpu: string, kind: string): Read {
  const serviceTier = Object.hasOwn(OFFERS, kind) ? OFFERS[kind] : undefined;
  if (serviceTier === undefined) {
    const known = Object.keys(OFFERS).join(', ');
    return { verdict: rejected('unknown_kind', `kind: one of ${known}, found "${kind}"`) };
  }
  const memoryGb = tokensOf(member(offer, 'vram_gb'));
  if (memoryGb === undefined) {
    return {
      verdict: rejected('unknown_memory', 'vram_gb: a whole number of GB, part of the SKU'),
    };
  }
  const stated = member(offer, 'min_gpus');
  const gpus = stated === undefined ? 1 : tokensOf(stated);
  if (gpus === undefined || gpus < 1) {
    return { verdict: rejected('unknown_node', 'min_gpus: a whole number above 0') };
  }
  const seenAtMs = parseMoment(textIn(offer, 'fetched_at'));
  return {
    terms: {
      ...PLAIN_TERMS,
      ...{ good: 'gpu_hour', seller, venue: VENUE, serviceTier },
      // Where the form is not said the name has none, and is no other SKU's.
      model: gpu.endsWith(`-${memoryGb}`) ? `${gpu}gb` : `${gpu}-${memoryGb}gb`,
      // One GPU is what everybody can rent: a node has a price of its own.
      contextFrom: gpus === 1 ? 0 : gpus,
      ...(seenAtMs === undefined ? {} : { observedAtMs: seenAtMs }),
    },
  };
}
