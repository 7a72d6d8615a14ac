import type { Reject } from '../../domain/failure.ts';
import { readJsonArray } from '../documents/json-text.ts';
import {
  type JsonValue,
  literalsIn,
  member,
  membersOf,
  type PlacedLiteral,
  textIn,
  tokensOf,
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
import { periodsOf } from './genai-periods.ts';
import { EXTRA_PRICE, HOUR_CACHE, rejected, UNKNOWN_LENGTH, type Verdict } from './verdicts.ts';

/** Pydantic's genai-prices: USD per million tokens, by day and hour, with tiers. */
export const GENAI_PRICES: Feed = {
  name: 'genai-prices',
  reads: 'prices/new_data/v2/data.json of genai-prices',
  read: readGenaiPrices,
};

function readGenaiPrices(page: FeedPage): PageReading {
  const reading = readJsonArray(page);
  if (reading.fault) return reading;
  const { file } = page;
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  const warnings: Reject[] = [...reading.duplicates];
  for (const provider of reading.root.items) {
    const id = textIn(provider, 'id');
    const models = member(provider, 'models');
    if (models?.kind !== 'array') {
      const verdict = rejected('not_an_entry', 'a provider without models');
      rows.push({ id, file, line: provider.line, verdict });
      continue;
    }
    warnings.push(...commentOn(provider, id, file));
    for (const model of models.items) {
      const name = textIn(model, 'id');
      const row = { id: `${id}/${name}`, file, line: model.line };
      rows.push(row);
      for (const price of pricesOf(model, row, termsOf(id, name))) prices.push(price);
    }
  }
  return { rows, prices, warnings };
}

const SELLERS: Readonly<Record<string, string>> = { aws: 'aws-bedrock', 'x-ai': 'xai' };

function termsOf(provider: string, model: string): Terms {
  const seller = Object.hasOwn(SELLERS, provider) ? (SELLERS[provider] ?? provider) : provider;
  // The data names no region where the price is that of one.
  const isRegional = provider === 'aws' && model.startsWith('regional.');
  const region = isRegional ? 'regional' : PLAIN_TERMS.region;
  return { ...PLAIN_TERMS, seller, venue: 'genai-prices', model, region };
}

/** What its authors could not say to a machine: time zones, and prices converted by a guess. */
function commentOn(provider: JsonValue, id: string, file: string): Reject[] {
  const value = textIn(provider, 'price_comments');
  if (value === '') return [];
  const isConverted = /\bCNY\b/.test(value) && /converted|equivalent/i.test(value);
  const code = isConverted ? 'converted' : 'price_comment';
  const expected = isConverted ? "the vendor's own currency" : 'prices that need no comment';
  return [{ code, file, line: provider.line, column: id, value, expected }];
}

/** One object, or a list of them with constraints. */
function pricesOf(model: JsonValue, row: FeedRow, terms: Terms): FeedPrice[] {
  const found = member(model, 'prices');
  if (found?.kind !== 'array') return found ? pricesIn(found, 'prices', row, () => terms) : [];
  const entries = found.items.map((item) => {
    const prices = member(item, 'prices') ?? item;
    return { prices, constraint: member(item, 'constraint'), starts: startsIn(prices) };
  });
  const periods = periodsOf(entries);
  return entries.flatMap(({ prices }, index) => {
    const period = periods[index];
    const path = `prices[${index}]`;
    if (period?.verdict) {
      const { verdict } = period;
      return literalsIn(prices, path)
        .filter(isPrice)
        .map((one) => stray(row, one, 'per_mtok', verdict));
    }
    return pricesIn(prices, path, row, (start) => ({ ...terms, ...period?.at(start) }));
  });
}

const LEGS: Readonly<Record<string, Leg>> = {
  input_mtok: 'input',
  output_mtok: 'output',
  cache_read_mtok: 'cached_input',
  cache_write_mtok: 'cache_write',
  cache_write_5m_mtok: 'cache_write',
};

function pricesIn(
  prices: JsonValue,
  path: string,
  row: FeedRow,
  termsFrom: (contextFrom: number) => Terms,
): FeedPrice[] {
  const starts = startsIn(prices);
  return membersOf(prices).flatMap(({ key, value }): FeedPrice[] => {
    const leg = Object.hasOwn(LEGS, key) ? LEGS[key] : undefined;
    if (!leg) {
      const unit = key.endsWith('_mtok') ? 'per_mtok' : '';
      const literals = literalsIn(value, `${path}.${key}`).filter(isPrice);
      return literals.map((one) => stray(row, one, unit, strayVerdict(key, unit)));
    }
    const tiers = tiersIn(value, `${path}.${key}`);
    return tiers.map(({ start, ...price }): FeedPrice => {
      if (start === undefined) {
        return stray(row, price, 'per_mtok', UNKNOWN_LENGTH);
      }
      // A leg that has no tier at some start costs there what it costs below.
      const reaches = (other: number) =>
        other > start &&
        !tiers.some(
          (tier) => tier.start !== undefined && tier.start > start && tier.start <= other,
        );
      const alsoFor = starts.filter(reaches).map((other) => at(other));
      const { path: field, line, literal } = price;
      const published = { row, field, line, literal, unit: 'per_mtok' };
      return { kind: 'leg', ...published, leg, terms: at(start), alsoFor };
    });
  });

  function at(contextFrom: number): Terms {
    return { ...termsFrom(contextFrom), contextFrom };
  }
}

interface Tier extends PlacedLiteral {
  /** `undefined` where nobody can tell. */
  readonly start: number | undefined;
}

/** `5`, or `{base: 5, tiers: [{start: 200000, price: 10}]}`. */
function tiersIn(value: JsonValue, path: string): Tier[] {
  const one = (found: JsonValue | undefined, at: string, start: number | undefined) =>
    found ? literalsIn(found, at).map((literal) => ({ ...literal, start })) : [];
  if (value.kind !== 'object') return one(value, path, value.kind === 'array' ? undefined : 0);
  return value.members.flatMap(({ key, value: found }) => {
    const at = `${path}.${key}`;
    if (key === 'base') return one(found, at, 0);
    if (key !== 'tiers' || found.kind !== 'array') return one(found, at, undefined);
    return found.items.flatMap((tier, index) => {
      if (tier.kind !== 'object') return one(tier, `${at}[${index}]`, undefined);
      const start = tokensOf(member(tier, 'start'));
      return tier.members
        .filter((part) => part.key !== 'start')
        .flatMap((part) => one(part.value, `${at}[${index}].${part.key}`, start));
    });
  });
}

/** Every length of prompt at which some leg has a price of its own. */
function startsIn(prices: JsonValue): number[] {
  const starts = membersOf(prices)
    .filter(({ key }) => Object.hasOwn(LEGS, key))
    .flatMap(({ value }) => tiersIn(value, '').flatMap(({ start }) => start ?? []));
  return [...new Set(starts)].sort((a, b) => a - b);
}

function isPrice({ path }: PlacedLiteral): boolean {
  return !path.endsWith('.start');
}

function stray(
  row: FeedRow,
  { path: field, line, literal }: PlacedLiteral,
  unit: string,
  verdict: Verdict,
): FeedPrice {
  return { kind: 'stray', row, field, line, literal, unit, verdict };
}

function strayVerdict(key: string, unit: string): Verdict {
  if (unit === '') return rejected('unit_not_tokens', `${key} counts something other than tokens`);
  return key === 'cache_write_1h_mtok' ? HOUR_CACHE : EXTRA_PRICE;
}
