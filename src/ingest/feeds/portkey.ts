import { parseDecimal } from '../../domain/decimal.ts';
import {
  type JsonMember,
  type JsonObject,
  literalsIn,
  member,
  notAn,
  readJson,
  stringOf,
} from '../documents/json-text.ts';
import {
  type Feed,
  type FeedPage,
  type FeedPrice,
  type FeedRow,
  type Leg,
  type PageReading,
  PLAIN_TERMS,
  rejected,
  type Terms,
  unusedLeg,
  type Verdict,
} from './feed.ts';

/** Portkey's price files: US cents per token, a file for each provider. */
export const PORTKEY: Feed = {
  name: 'portkey',
  reads: 'pricing/<provider>.json of Portkey; the file is named after the provider',
  read: readPortkey,
  isPartial: true,
};

function readPortkey({ file, text }: FeedPage): PageReading {
  const reading = readJson(text, file);
  if (!reading.root) return reading;
  if (reading.root.kind !== 'object') return { fault: notAn('object', reading.root, file) };
  const seller = sellerOf(file);
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  for (const entry of reading.root.members) {
    const verdict = scopeOf(entry);
    const row = { id: entry.key, file, line: entry.line, ...(verdict ? { verdict } : {}) };
    rows.push(row);
    const terms = { ...PLAIN_TERMS, seller, venue: 'portkey', model: entry.key };
    if (entry.value.kind !== 'object') continue;
    for (const price of pricesIn(entry.value, row, terms)) prices.push(price);
  }
  return { rows, prices, warnings: reading.duplicates };
}

const SELLERS: Readonly<Record<string, string>> = {
  bedrock: 'aws-bedrock',
  'azure-openai': 'azure',
};

/** `raw/2026-08-01_openai.json` is openai's. */
function sellerOf(file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? '';
  const provider = name
    .replace(/@[0-9a-f]+$/, '')
    .replace(/\.json$/, '')
    .replace(/(?:^|[._-])\d{4}-\d{2}-\d{2}(?:T[\d-]+Z)?(?:[._-]|$)/, '');
  return Object.hasOwn(SELLERS, provider) ? (SELLERS[provider] ?? provider) : provider;
}

function scopeOf({ key, value }: JsonMember): Verdict | undefined {
  if (key === 'default') return rejected('template', 'stands for models that have no entry');
  if (value.kind !== 'object') return rejected('not_an_entry', 'a value that is no object');
  return undefined;
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

function pricesIn(entry: JsonObject, row: FeedRow, terms: Terms): FeedPrice[] {
  const literals = entry.members.flatMap(({ key, value }) => literalsIn(value, key));
  const texts = new Map(literals.map(({ path, literal }) => [path, literal]));
  return literals.flatMap(({ path, line, literal }): FeedPrice[] => {
    // Names of currencies and of tiers stand among the prices.
    if (!path.endsWith('.price') && !parseDecimal(literal)) return [];
    const [way = '', regions = 'default', mode = '', tier, config] = WAY.exec(path) ?? [];
    const leg = Object.hasOwn(LEGS, path.slice(way.length)) ? LEGS[path.slice(way.length)] : null;
    const price = { row, field: path, line, literal };
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
    if (verdict || !leg || contextFrom === undefined) {
      const other = verdict ?? strayVerdict(path, way);
      return [{ kind: 'stray', ...price, unit, verdict: other }];
    }
    const currency =
      texts.get(path.replace(/pricing_config\..*$/, 'pricing_config.currency')) ?? terms.currency;
    const [first = terms, ...alsoFor] = regions.split(',').map((region) => ({
      ...{ ...terms, serviceTier, contextFrom, currency },
      region: region === 'default' ? PLAIN_TERMS.region : region,
    }));
    return [{ kind: 'leg', ...price, unit, leg, terms: first, alsoFor }];
  });
}

function strayVerdict(path: string, way: string): Verdict {
  if (way === '') return rejected('unknown_key', `${path.split('.')[0]} is no part of an entry`);
  return path.endsWith('.cache_write_1h.price')
    ? unusedLeg('cache_write_1h', 'cache writes for an hour are not the default ones')
    : unusedLeg('extra_price', 'a quote has no leg for it');
}

/** `{"272000": "gt-272k"}` names the tier that begins at 272000 tokens. */
function contextStart(entry: JsonObject, tier: string): number | undefined {
  const custom = member(entry, 'custom_pricing');
  const map = custom?.kind === 'object' ? member(custom, 'context_tier_map') : undefined;
  if (map?.kind !== 'object') return undefined;
  const start = map.members.find(({ value }) => stringOf(value) === tier)?.key ?? '';
  return /^\d{1,12}$/.test(start) ? Number(start) : undefined;
}
