import type { Day } from '../domain/dates.ts';
import { compare, decimal, divide, toFixedText } from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import type { StudyTable } from '../domain/study.ts';
import type { Tokenizers } from '../domain/tokenizers.ts';
import { countColumn, dayColumn, decimalColumn, textColumn } from './columns.ts';
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
      dayColumn('The day of the fixing'),
      textColumn('part', 'Part of the corpus: a language, code, json or numbers'),
      decimalColumn(
        'usd_per_mchar',
        PRICE_UNIT,
        'A million characters, where tokenizers are known',
      ),
      decimalColumn('usd_per_mtok', 'USD/MTok', 'Of the same constituents'),
      decimalColumn('characters_per_token', undefined, 'The second divided by the first'),
      decimalColumn('known_share', undefined, "Of the basket's value, with a known tokenizer"),
      decimalColumn('stated_share', undefined, 'The same without tokenizers that are inferred'),
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
      textColumn('constituent', 'As the index names it'),
      decimalColumn('share', undefined, "Of the basket's value"),
      decimalColumn('usd_per_mtok', 'USD/MTok', 'Its price'),
      textColumn('tokenizer', 'As tokenizers.csv names it; empty: not known'),
      textColumn('basis', 'stated or inferred'),
      textColumn('evidence', 'By which its tokenizer is known, or is said not to be public'),
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
      textColumn('tokenizer', 'Its name here'),
      textColumn('part', 'Part of the corpus'),
      countColumn('characters', 'Unicode code points'),
      countColumn('tokens', 'Without tokens that no text has'),
      decimalColumn('characters_per_token', undefined, 'The one divided by the other'),
      textColumn('package', 'What counted them, with its version'),
    ],
    rows: rows.map((row) => [
      ...[row.tokenizer, row.part, String(row.characters), String(row.tokens)],
      toFixedText(divide(decimal(row.characters), decimal(row.tokens)), RATIO_PLACES),
      row.package === '' ? '' : `${row.package} ${row.version}`,
    ]),
  };
}
