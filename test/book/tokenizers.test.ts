import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Tokenizers } from '../../src/domain/tokenizers.ts';
import { type Book, findBook, readBook } from '../../src/ingest/book.ts';
import { readTokenizers } from '../../src/ingest/tokenizers.ts';

const CORPUS = 'data/build/tokenizers/corpus';

let tokenizers: Tokenizers;
let book: Book;

beforeAll(async () => {
  tokenizers = await readTokenizers('data/tokenizers.csv', 'data/model-tokenizers.csv');
  book = await readBook(await findBook('data'));
});

describe('the corpus', () => {
  it('is what its digests pin, and what was counted', () => {
    const pinned = readFileSync(`${CORPUS}/SHA256SUMS`, 'utf8').trimEnd().split('\n');
    expect(pinned).toHaveLength(9);
    for (const line of pinned) {
      const [sha256, file = ''] = line.split(/ +/);
      const bytes = readFileSync(`${CORPUS}/${file}`);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      const own = tokenizers.counts.filter(({ part }) => `${part}.txt` === file);
      expect(own).toHaveLength(11);
      for (const { characters, corpusSha256 } of own) {
        expect(corpusSha256).toBe(sha256);
        expect(characters).toBe(BigInt([...bytes.toString('utf8')].length));
      }
    }
  });

  it('has six declarations of a heading and thirty articles', () => {
    for (const part of ['english', 'french', 'spanish', 'russian', 'chinese', 'arabic']) {
      const lines = readFileSync(`${CORPUS}/${part}.txt`, 'utf8').trimEnd().split('\n');
      expect(lines.length, part).toBeGreaterThanOrEqual(90);
      expect(lines.length, part).toBeLessThanOrEqual(92);
    }
  });
});

describe('the counts', () => {
  const tokensOf = (tokenizer: string, part: string) =>
    tokenizers.counts.find((row) => row.tokenizer === tokenizer && row.part === part)?.tokens;

  it('are of versions that a lockfile pins by digest', () => {
    const lock = JSON.parse(readFileSync('data/build/tokenizers/package-lock.json', 'utf8'));
    for (const { package: name, version } of tokenizers.counts) {
      const pinned = lock.packages[`node_modules/${name}`];
      expect(pinned.version, name).toBe(version);
      expect(pinned.integrity, name).toMatch(/^sha512-/);
    }
  });

  it('agree where two tokenizers share their vocabulary: harmony adds control tokens alone', () => {
    for (const { tokens, part, tokenizer } of tokenizers.counts) {
      if (tokenizer === 'o200k') expect(tokensOf('o200k-harmony', part)).toBe(tokens);
    }
  });

  it('show what a larger vocabulary is for: languages other than English', () => {
    expect(tokensOf('o200k', 'english')).toBeGreaterThan(tokensOf('cl100k', 'english')! - 20n);
    expect(tokensOf('o200k', 'arabic')! * 2n).toBeLessThan(tokensOf('cl100k', 'arabic')!);
  });
});

describe('the models', () => {
  it('are models of the book', () => {
    const known = new Set(book.rows.models.map(({ model }) => model));
    expect(tokenizers.models.map(({ model }) => model).filter((one) => !known.has(one))).toEqual(
      [],
    );
  });

  it('of Claude since 3 have no tokenizer: it is not public', () => {
    const claude = tokenizers.models.filter(({ model }) => model.startsWith('claude-'));
    const known = claude.filter(({ tokenizer }) => tokenizer !== '').map(({ model }) => model);
    expect(known).toEqual(['claude-2', 'claude-2.1', 'claude-instant-1.2']);
    expect(claude.length).toBeGreaterThan(20);
  });

  it('say where each of them was read', () => {
    for (const { evidence } of tokenizers.models) expect(evidence.length).toBeGreaterThan(15);
  });
});
