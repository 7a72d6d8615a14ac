import { parseDecimal } from '../../domain/decimal.ts';
import { readJsonObject } from '../documents/json-text.ts';
import {
  type JsonMember,
  type JsonValue,
  literalsIn,
  member,
  membersOf,
  stringOf,
} from '../documents/json-value.ts';
import type { FeedPage } from '../documents/page.ts';
import {
  type Feed,
  type FeedPrice,
  type FeedRow,
  type Leg,
  type PageReading,
  PLAIN_TERMS,
  type Terms,
} from './feed.ts';
import { EXTRA_PRICE, HOUR_CACHE, NOT_AN_ENTRY, rejected, type Verdict } from './verdicts.ts';

/** Portkey's price files: US cents per token, a file for each provider. */
export const PORTKEY: Feed = {
  name: 'portkey',
  reads: 'pricing/<provider>.json of Portkey; the file is named after the provider',
  read: readPortkey,
  partOf: ({ seller }) => seller,
};

function readPortkey(page: FeedPage): PageReading {
  const reading = readJsonObject(page);
  if (reading.fault) return reading;
  const { file } = page;
  const seller = sellerOf(page.path);
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  for (const entry of reading.root.members) {
    const row = { id: entry.key, file, line: entry.line, verdict: scopeOf(entry) };
    rows.push(row);
    const terms = { ...PLAIN_TERMS, seller, venue: 'portkey', model: entry.key };
    for (const price of pricesIn(entry.value, row, terms)) prices.push(price);
  }
  return { rows, prices, warnings: reading.duplicates };
}

const SELLERS: Readonly<Record<string, string>> = {
  bedrock: 'aws-bedrock',
  'azure-openai': 'azure',
};

/**
 * What stands after the date, or where nothing does before it: `2026-08-01_openai.json`,
 * `openai-2026-08-01.json` and `portkey.2026-08-01T114848Z.openai.json` are openai's.
 */
function sellerOf(path: string): string {
  const name = (path.split('/').at(-1) ?? '').replace(/\.json$/, '');
  const [before = '', after] = name.split(DATE);
  const provider = after || before;
  return Object.hasOwn(SELLERS, provider) ? (SELLERS[provider] ?? provider) : provider;
}

const DATE = /(?:^|[._-])\d{4}-\d{2}-\d{2}(?:T[\d-]+Z)?(?:[._-]|$)/;

function scopeOf({ key, value }: JsonMember): Verdict | undefined {
  if (key === 'default') return rejected('template', 'stands for models that have no entry');
  return value.kind === 'object' ? undefined : NOT_AN_ENTRY;
}

/** A way to be charged: for every prompt, or by region, mode and length of prompt. */
const CUSTOM = [
  ...['custom_pricing', 'regions', '([^.]+)', 'execution_modes', '([^.]+)'],
  ...['context_tiers', '([^.]+)', ''],
].join('\\.');
const WAY = new RegExp(`^(?:${CUSTOM})?pricing_config\\.(pay_as_you_go|batch_config)\\.`);
const LEGS: Readonly<Record<string, Leg>> = {
  'request_token.price': 'input',
  'response_token.price': 'output',
  'cache_read_input_token.price': 'cached_input',
  'cache_write_input_token.price': 'cache_write',
};
const MODES = ['standard', 'batch', 'flex', 'priority'];

function pricesIn(entry: JsonValue, row: FeedRow, terms: Terms): FeedPrice[] {
  const literals = membersOf(entry).flatMap(({ key, value }) => literalsIn(value, key));
  const texts = new Map(literals.map(({ path, literal }) => [path, literal]));
  return literals.flatMap(({ path, line, literal }): FeedPrice[] => {
    // Names of currencies and of tiers stand among the prices.
    if (!path.endsWith('.price') && !parseDecimal(literal)) return [];
    const [way = '', regions = 'default', mode = '', tier, config] = WAY.exec(path) ?? [];
    const leg = Object.hasOwn(LEGS, path.slice(way.length)) ? LEGS[path.slice(way.length)] : null;
    const contextFrom = tier === undefined ? 0 : contextStart(entry, tier);
    const serviceTier = config === 'batch_config' ? 'batch' : mode || terms.serviceTier;
    const verdict =
      row.verdict ??
      (way === '' || !leg
        ? strayVerdict(path, way)
        : !MODES.includes(serviceTier)
          ? rejected('tier_unsupported', `${mode} names no tier that is known`)
          : contextFrom === undefined
            ? rejected('context_threshold_unknown', `${tier} is not in context_tier_map`)
            : undefined);
    const isToken = leg !== null || path.endsWith('.cache_write_1h.price');
    const unit = way !== '' && isToken ? 'cents_per_token' : '';
    const price = { row, field: path, line, literal, unit };
    if (verdict || !leg || contextFrom === undefined) {
      const other = verdict ?? strayVerdict(path, way);
      return [{ kind: 'stray', ...price, verdict: other }];
    }
    const currency =
      texts.get(path.replace(/pricing_config\..*$/, 'pricing_config.currency')) ?? terms.currency;
    const [first = terms, ...alsoFor] = regions.split(',').map((region) => ({
      ...{ ...terms, serviceTier, contextFrom, currency },
      region: region === 'default' ? PLAIN_TERMS.region : region,
    }));
    return [{ kind: 'leg', ...price, leg, terms: first, alsoFor }];
  });
}

function strayVerdict(path: string, way: string): Verdict {
  if (way === '') return rejected('unknown_key', `${path.split('.')[0]} is no part of an entry`);
  return path.endsWith('.cache_write_1h.price') ? HOUR_CACHE : EXTRA_PRICE;
}

/** `{"272000": "gt-272k"}` names the tier that begins at 272000 tokens. */
function contextStart(entry: JsonValue, tier: string): number | undefined {
  const map = member(member(entry, 'custom_pricing'), 'context_tier_map');
  const start = membersOf(map).find(({ value }) => stringOf(value) === tier)?.key ?? '';
  return /^\d{1,12}$/.test(start) ? Number(start) : undefined;
}
