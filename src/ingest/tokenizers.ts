import { z } from 'zod';
import { decimal, divideToPlaces, toFixedText } from '../domain/decimal.ts';
import { MtokError, type Reject } from '../domain/failure.ts';
import type { ModelTokenizer, TokenizerCount, Tokenizers } from '../domain/tokenizers.ts';
import { CellFault, cell, name, oneOf, optionalCell, text, wholeNumber } from './cells.ts';
import { describeAll } from './faults.ts';
import { readRowFile } from './row-files.ts';
import type { PlacedRow, Table } from './table.ts';

const RATIO_PLACES = 4;

function aboveZero(value: string): bigint | CellFault {
  const number = wholeNumber(value);
  return number === 0n ? new CellFault('zero_count', 'a whole number above 0') : number;
}

function digest(value: string): string | CellFault {
  return /^[0-9a-f]{64}$/.test(value) ? value : new CellFault('bad_digest', 'a SHA-256 in hex');
}

const countCells = z.object({
  tokenizer: cell(name),
  family: optionalCell(name, ''),
  package: optionalCell(name, ''),
  version: optionalCell(name, ''),
  part: cell(name),
  characters: cell(aboveZero),
  tokens: cell(aboveZero),
  characters_per_token: optionalCell(text, ''),
  corpus_sha256: cell(digest),
});

/** Characters per token (docs/reading.md): a row per tokenizer and part of the corpus. */
export const TOKENIZER_COUNTS: Table<TokenizerCount> = {
  kind: 'tokenizers',
  columns: Object.keys(countCells.shape),
  required: ['tokenizer', 'part', 'characters', 'tokens', 'corpus_sha256'],
  aliases: {},
  schema: countCells.transform((row, context): TokenizerCount => {
    const { characters, tokens, characters_per_token: stated, corpus_sha256, ...rest } = row;
    const ratio = divideToPlaces(decimal(characters), decimal(tokens), RATIO_PLACES, 'half_even');
    const expected = toFixedText(ratio, RATIO_PLACES);
    if (stated !== '' && stated !== expected) {
      context.addIssue({
        ...{ code: 'custom', path: ['characters_per_token'] },
        message: `characters / tokens, which is ${expected}`,
        params: { code: 'wrong_ratio' },
      });
    }
    return { ...rest, characters, tokens, corpusSha256: corpus_sha256 };
  }),
};

const modelCells = z.object({
  model: cell(name),
  tokenizer: optionalCell(name, ''),
  basis: cell(oneOf(['stated', 'inferred'], 'bad_value')),
  evidence: cell(text),
});

/** Which model has which tokenizer, with the evidence. */
export const MODEL_TOKENIZERS: Table<ModelTokenizer> = {
  kind: 'model tokenizers',
  columns: Object.keys(modelCells.shape),
  required: ['model', 'tokenizer', 'basis', 'evidence'],
  aliases: {},
  schema: modelCells,
};

/**
 * Reads both files of tokenizers.
 *
 * @throws {MtokError} with every row that is wrong, or said twice, or names what was not counted.
 */
export async function readTokenizers(countsPath: string, modelsPath: string): Promise<Tokenizers> {
  const counts = await readRowFile(TOKENIZER_COUNTS, countsPath, {});
  const models = await readRowFile(MODEL_TOKENIZERS, modelsPath, {});
  const known = new Set(counts.rows.map(({ row }) => row.tokenizer));
  const rejects = [
    ...counts.rejects,
    ...twice(counts.rows, ({ tokenizer, part }) => `${tokenizer} ${part}`, 'part'),
    ...otherCorpus(counts.rows),
    ...models.rejects,
    ...twice(models.rows, ({ model }) => model, 'model'),
    ...models.rows
      .filter(({ row }) => row.tokenizer !== '' && !known.has(row.tokenizer))
      .map(({ row, file, line }) => {
        const expected = `a tokenizer of ${[...known].join(', ') || 'the counts'}, or none`;
        const place = { file, line, column: 'tokenizer' };
        return { code: 'unknown_tokenizer', ...place, value: row.tokenizer, expected };
      }),
  ];
  if (rejects.length > 0) throw new MtokError('data', describeAll(rejects), rejects);
  return {
    counts: counts.rows.map(({ row }) => row),
    models: models.rows.map(({ row }) => row),
  };
}

/** Rows that say again what a row before them says. */
function twice<Row>(
  rows: readonly PlacedRow<Row>[],
  keyOf: (row: Row) => string,
  column: string,
): Reject[] {
  const first = new Map<string, number>();
  return rows.flatMap(({ row, file, line }): Reject[] => {
    const key = keyOf(row);
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, line);
      return [];
    }
    const expected = `one row of ${key}: line ${before} is another`;
    return [{ code: 'duplicate_row', file, line, column, value: key, expected }];
  });
}

/** Counts of one part can be compared only where they are of the same text. */
function otherCorpus(rows: readonly PlacedRow<TokenizerCount>[]): Reject[] {
  const first = new Map<string, TokenizerCount>();
  return rows.flatMap(({ row, file, line }): Reject[] => {
    const { part, corpusSha256, characters } = row;
    const before = first.get(part) ?? row;
    first.set(part, before);
    if (before.corpusSha256 === corpusSha256 && before.characters === characters) return [];
    const expected = `the text of the other rows of ${part} (${before.corpusSha256})`;
    const place = { file, line, column: 'corpus_sha256' };
    return [{ code: 'other_corpus', ...place, value: corpusSha256, expected }];
  });
}
