import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MtokError } from '../../src/domain/failure.ts';
import { readTokenizers } from '../../src/ingest/tokenizers.ts';

const COUNTS = 'tokenizer,part,characters,tokens,characters_per_token,corpus_sha256';
const MODELS = 'model,tokenizer,basis,evidence';
const TEXT = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const GOOD = `${COUNTS}\nx,english,10,4,2.5000,${TEXT}\n`;

async function read(counts: string, models: string) {
  const place = mkdtempSync(join(tmpdir(), 'mtok-tokenizers-'));
  const paths = [join(place, 'tokenizers.csv'), join(place, 'model-tokenizers.csv')] as const;
  writeFileSync(paths[0], counts);
  writeFileSync(paths[1], models);
  return readTokenizers(...paths);
}

describe('files of tokenizers', () => {
  it('give counts and models', async () => {
    const { counts, models } = await read(
      GOOD,
      `${MODELS}\nalpha,x,stated,its lab\nbeta,,stated,none\n`,
    );
    expect(counts).toMatchObject([{ tokenizer: 'x', characters: 10n, tokens: 4n }]);
    expect(models.map(({ tokenizer }) => tokenizer)).toEqual(['x', '']);
  });

  it.each([
    ['a ratio that is another', `${COUNTS}\nx,english,10,4,2.6,${TEXT}\n`, '', 'wrong_ratio'],
    ['no tokens', `${COUNTS}\nx,english,10,0,,${TEXT}\n`, '', 'zero_count'],
    ['half a token', `${COUNTS}\nx,english,10,1.5,,${TEXT}\n`, '', 'not_a_number'],
    ['less than nothing', `${COUNTS}\nx,english,-10,4,,${TEXT}\n`, '', 'not_a_number'],
    ['a digest that is none', `${COUNTS}\nx,english,10,4,,abc\n`, '', 'bad_digest'],
    ['no part', `${COUNTS}\nx,,10,4,,${TEXT}\n`, '', 'missing_value'],
    ['a part twice', `${GOOD}x,english,10,5,,${TEXT}\n`, '', 'duplicate_row'],
    ['another text', `${GOOD}y,english,10,5,,${OTHER}\n`, '', 'other_corpus'],
    ['other characters', `${GOOD}y,english,11,5,,${TEXT}\n`, '', 'other_corpus'],
    ['no rows', `${COUNTS}\n`, '', 'no_rows'],
    ['nothing', '', '', 'empty_file'],
    ['a column that is not known', `${COUNTS},price\n`, '', 'unknown_column'],
    ['a tokenizer that was not counted', GOOD, 'alpha,z,stated,its lab\n', 'unknown_tokenizer'],
    ['a guess', GOOD, 'alpha,x,guessed,a hunch\n', 'bad_value'],
    ['no evidence', GOOD, 'alpha,x,stated,\n', 'missing_value'],
    ['a model twice', GOOD, 'alpha,x,stated,a\nalpha,x,stated,b\n', 'duplicate_row'],
  ])('are refused with %s', async (_, counts, models, code) => {
    const rows = models === '' ? 'alpha,x,stated,its lab\n' : models;
    const error = await read(counts, `${MODELS}\n${rows}`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MtokError);
    expect((error as MtokError).kind).toBe('data');
    expect((error as MtokError).message).toContain(`[${code}]`);
  });
});
