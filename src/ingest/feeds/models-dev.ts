import type { Reject } from '../../domain/failure.ts';
import { readJsonObject, wrongShape } from '../documents/json-text.ts';
import {
  itemsOf,
  type JsonObject,
  type JsonValue,
  mayBeText,
  member,
  stringOf,
} from '../documents/json-value.ts';
import type { FeedPage } from '../documents/page.ts';
import { readToml } from '../documents/toml-text.ts';
import {
  type Feed,
  type FeedPrice,
  type FeedRow,
  type PageReading,
  PLAIN_TERMS,
  type ReadingContext,
} from './feed.ts';
import { costsIn } from './models-dev-cost.ts';
import { NO_TEXT, NOT_AN_ENTRY, rejected } from './verdicts.ts';

/** models.dev: USD per million tokens, one TOML file for each offer, or all of them in api.json. */
export const MODELS_DEV: Feed = {
  name: 'models-dev',
  reads: 'a checkout of models.dev (a directory), files of it, or its api.json',
  read: (page, context) => (page.path.endsWith('.toml') ? readFile(page, context) : readApi(page)),
  partOf: ({ seller }) => seller,
  isPage: (path) => /^(?:providers\/[^/]+\/)?models\/.+\.toml$/.test(path),
};

const OFFER_FILE = /^(.*\/)?providers\/([^/]+)\/models\/(.+)\.toml$/;
const BASE_FILE = /^(?:.*\/)?models\/.+\.toml$/;

/** The path of a file says what it is of. One that is no TOML is one offer less, and says so. */
function readFile(page: FeedPage, context: ReadingContext): PageReading {
  const [, root = '', provider = '', model = ''] = OFFER_FILE.exec(page.path) ?? [];
  if (model === '') {
    // What models have in common: never a price.
    if (BASE_FILE.test(page.path)) return { rows: [], prices: [], warnings: [] };
    const expected = 'a file at providers/PROVIDER/models/MODEL.toml';
    return { fault: wrongShape(page, { line: 0, column: '' }, expected) };
  }
  const id = `${provider}/${model}`;
  const reading = readToml(page.text, page.file);
  if (reading.root?.kind !== 'object') {
    const { fault } = reading;
    const reason = fault ? `expected ${fault.expected}` : 'no table';
    const verdict = rejected(fault?.code ?? 'malformed_toml', reason);
    const row = { id, file: page.file, line: fault?.line ?? 1, verdict };
    return { rows: [row], prices: [], warnings: [] };
  }
  const { entry, omitted, warnings } = withBase(reading.root, root, page, context);
  const line = member(entry, 'cost')?.line ?? 1;
  const offer = readOffer(entry, { provider, model, file: page.file, line, omitted });
  return { ...offer, warnings: [...warnings, ...offer.warnings] };
}

function readApi(page: FeedPage): PageReading {
  const reading = readJsonObject(page);
  if (reading.fault) return reading;
  const { file } = page;
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  const warnings: Reject[] = [...reading.duplicates];
  for (const { key: provider, line, value } of reading.root.members) {
    const models = member(value, 'models');
    if (models?.kind !== 'object') {
      const verdict = rejected('not_an_entry', 'a provider without an object of models');
      rows.push({ id: provider, file, line, verdict });
      continue;
    }
    for (const { key: model, line, value: entry } of models.members) {
      const offer = readOffer(entry, { provider, model, file, line, omitted: [] });
      rows.push(...offer.rows);
      for (const price of offer.prices) prices.push(price);
      for (const warning of offer.warnings) warnings.push(warning);
    }
  }
  return { rows, prices, warnings };
}

interface OfferPlace {
  readonly provider: string;
  readonly model: string;
  readonly file: string;
  readonly line: number;
  readonly omitted: readonly string[];
}

/** They have a monthly fee: what they list per token is what another seller charges. */
const SUBSCRIPTION = /^github-copilot$|-(?:coding|token)-plan$/;

function readOffer(entry: JsonValue, { provider, model, file, line, omitted }: OfferPlace) {
  const id = `${provider}/${model}`;
  if (entry.kind !== 'object') {
    return { rows: [{ id, file, line, verdict: NOT_AN_ENTRY }], prices: [], warnings: [] };
  }
  const hasFee = SUBSCRIPTION.test(provider);
  const row: FeedRow = {
    ...{ id, file, line },
    verdict: mayBeText(member(member(entry, 'modalities'), 'output')) ? undefined : NO_TEXT,
    note: hasFee ? 'not_pay_per_token' : undefined,
  };
  const seller = provider === 'amazon-bedrock' ? 'aws-bedrock' : provider;
  const terms = { ...PLAIN_TERMS, seller, venue: 'models-dev', model };
  const { prices, warnings } = costsIn(entry, row, terms, omitted);
  if (hasFee && prices.length > 0) {
    const expected = 'a seller who is paid by the token, not by the month';
    const place = { file, line, column: id, value: provider };
    warnings.push({ code: 'not_pay_per_token', ...place, expected });
  }
  return { rows: [row], prices, warnings };
}

/**
 * An entry over the base that it names: a table of its own replaces the base's, and then the paths
 * of `base_model_omit` are left out. Prices never come from the base.
 */
function withBase(own: JsonObject, root: string, { file }: FeedPage, { pages }: ReadingContext) {
  const omitted = itemsOf(member(own, 'base_model_omit')).flatMap((one) => stringOf(one) ?? []);
  const name = stringOf(member(own, 'base_model'));
  if (name === undefined) return { entry: own, omitted: [], warnings: [] };
  const page = pages.get(`${root}models/${name}.toml`);
  const base = page && readToml(page.text, page.file).root;
  if (base?.kind !== 'object') {
    const expected = `models/${name}.toml beside it, to inherit from`;
    const place = { file, line: own.line, column: 'base_model', value: name };
    return { entry: own, omitted, warnings: [{ code: 'base_not_found', ...place, expected }] };
  }
  const ownKeys = new Set(own.members.map(({ key }) => key));
  const inherited = base.members.filter(({ key }) => !ownKeys.has(key) && !PRICED.includes(key));
  const merged = { ...own, members: [...inherited, ...own.members] };
  const isLeftOut = (key: string) => omitted.includes(key) && !PRICED.includes(key);
  const members = merged.members.filter(({ key }) => !isLeftOut(key));
  return { entry: { ...merged, members }, omitted, warnings: [] };
}

/** Where prices stand. */
const PRICED = ['cost', 'experimental'];
