import type { Day } from '../domain/dates.ts';
import { compare, decimal, divide, toFixedText } from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import type { StudyTable } from '../domain/study.ts';
import type { Tokenizers } from '../domain/tokenizers.ts';
import { column } from './column.ts';
import type { CharacterPrice, Tokenized } from './per-character.ts';

/** The tables of a price per character. */

export interface CharacterDay extends CharacterPrice {
  readonly day: Day;
}

export const PRICE_UNIT = 'USD/Mchar';
const RATIO_PLACES = 4;

export function seriesTable(days: readonly CharacterDay[], places: number): StudyTable {
  return {
    name: 'series',
    title: 'Price by day and part of the corpus',
    columns: [
      column('date', 'day', 'The day of the fixing'),
      column('part', 'text', 'Part of the corpus: a language, code, json or numbers'),
      column(
        'usd_per_mchar',
        'decimal',
        'A million characters, where tokenizers are known',
        PRICE_UNIT,
      ),
      column('usd_per_mtok', 'decimal', 'Of the same constituents', 'USD/MTok'),
      column('characters_per_token', 'decimal', 'The second divided by the first'),
      column('known_share', 'decimal', "Of the basket's value, with a known tokenizer"),
      column('stated_share', 'decimal', 'The same without tokenizers that are inferred'),
    ],
    rows: days.map(({ day, part, perMchar, perMtok, knownShare, statedShare }) => [
      ...[day, part, toFixedText(perMchar, places), toFixedText(perMtok, places)],
      toFixedText(divide(perMtok, perMchar), RATIO_PLACES),
      ...[toFixedText(knownShare, RATIO_PLACES), toFixedText(statedShare, RATIO_PLACES)],
    ]),
  };
}

export function constituentsTable(held: readonly Tokenized[], lastDay: Day): StudyTable {
  const byShare = [...held].sort(
    (a, b) => compare(b.holding.share, a.holding.share) || byCodePoint(a.holding.id, b.holding.id),
  );
  return {
    name: 'constituents',
    title: `What the index holds on ${lastDay}, and what is known of its tokenizers`,
    columns: [
      column('constituent', 'text', 'As the index names it'),
      column('share', 'decimal', "Of the basket's value"),
      column('usd_per_mtok', 'decimal', 'Its price', 'USD/MTok'),
      column('tokenizer', 'text', 'As tokenizers.csv names it; empty: not known'),
      column('basis', 'text', 'stated or inferred'),
      column('evidence', 'text', 'By which its tokenizer is known, or is said not to be public'),
    ],
    rows: byShare.map(({ holding, row }) => [
      ...[holding.id, toFixedText(holding.share, RATIO_PLACES)],
      toFixedText(holding.standing.price, RATIO_PLACES),
      ...[row?.tokenizer ?? '', row?.tokenizer ? row.basis : '', row?.evidence ?? ''],
    ]),
  };
}

/** The counts of the tokenizers that a basket's constituents have. */
export function tokenizersTable(
  held: readonly Tokenized[],
  parts: readonly string[],
  { counts }: Tokenizers,
): StudyTable {
  const used = new Set(held.map(({ row }) => row?.tokenizer));
  const rows = counts.filter(({ part, tokenizer }) => parts.includes(part) && used.has(tokenizer));
  return {
    name: 'tokenizers',
    title: 'Characters per token',
    columns: [
      column('tokenizer', 'text', 'Its name here'),
      column('part', 'text', 'Part of the corpus'),
      column('characters', 'integer', 'Unicode code points'),
      column('tokens', 'integer', 'Without tokens that no text has'),
      column('characters_per_token', 'decimal', 'The one divided by the other'),
      column('package', 'text', 'What counted them, with its version'),
    ],
    rows: rows.map((row) => [
      ...[row.tokenizer, row.part, String(row.characters), String(row.tokens)],
      toFixedText(divide(decimal(row.characters), decimal(row.tokens)), RATIO_PLACES),
      row.package === '' ? '' : `${row.package} ${row.version}`,
    ]),
  };
}
