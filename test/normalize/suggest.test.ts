import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decimal } from '../../src/domain/decimal.ts';
import { EMPTY_BOOK, type ModelAlias, type Quote, type Usage } from '../../src/domain/rows.ts';
import { type Book, findBook, readBook } from '../../src/ingest/book.ts';
import { overlappingAliases } from '../../src/ingest/conflicts.ts';
import { catalogueOf } from '../../src/normalize/catalogue.ts';
import { nameForms } from '../../src/normalize/name-forms.ts';
import { suggestAliases } from '../../src/normalize/suggest.ts';
import { unmappedNames } from '../../src/normalize/unmapped.ts';
import { alias, quote } from './rows.ts';

const OPUS = 'anthropic.claude-opus-4-5-20251101-v1:0';
const MODELS = [
  alias(OPUS, 'claude-opus-4-5', { seller: 'aws-bedrock' }),
  alias('claude-opus-4-5', 'claude-opus-4-5', { seller: 'acme' }),
  alias('gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'),
  alias('gpt-4o-2024-08-06', 'gpt-4o-2024-08-06'),
  alias('gpt-4o', 'gpt-4o-2024-05-13', { until: '2024-10-02' }),
  alias('gpt-4o', 'gpt-4o-2024-08-06', { from: '2024-10-02' }),
  alias('llama-3.1-8b', 'llama-3.1-8b'),
  alias('kimi-latest', 'kimi-k2', { until: '2025-01-01' }),
];

function sold(seller: string, model: string, input = '5', output = '25'): Quote {
  const legs = { input: decimal(input), output: decimal(output) };
  return quote('2026-07-01', input, { seller, venue: seller, model, legs });
}

/** `model sure: reason` for one name, or its candidates. */
function meaning(name: Quote, ...others: Quote[]): string {
  const { suggestions, undecided } = suggestAliases({
    ...{ ...EMPTY_BOOK, models: MODELS },
    quotes: [name, ...others],
  });
  const [found] = suggestions;
  if (found) return `${found.alias.model} ${found.sure}: ${found.reason}`;
  return `? ${undecided[0]?.candidates.join(' ')}`.trim();
}

describe('the forms of a name', () => {
  it.each([
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 'claude-opus-4-5'],
    ['global.anthropic.claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['bedrock/us-gov-west-1/amazon.nova-pro-v1:0', 'nova-pro'],
    ['azure/eu/gpt-4o-2024-08-06', 'gpt-4o'],
    ['vertex_ai/claude-3-5-haiku@20241022', 'claude-3-5-haiku'],
    ['accounts/fireworks/models/llama-v3p1-8b-instruct', 'llama-3-1-8b'],
    ['Qwen/Qwen3-32B-FP8', 'qwen3-32b'],
    ['gpt-3.5-turbo-0613', 'gpt-3-5-turbo-0613'],
    ['us.', 'us'],
    ['claude-2', 'claude-2'],
  ])('of %s end in %s', (name, last) => {
    expect(nameForms(name).at(-1)?.text).toBe(last);
  });

  it.each(['openai/gpt-oss-20b:free', 'qwen/qwen-plus:thinking', '---', ''])(
    'of "%s" are none',
    (name) => {
      expect(nameForms(name)).toEqual([]);
    },
  );

  it('are found in no time, whatever the name', () => {
    const names = fc.oneof(
      fc.string({ maxLength: 200, unit: 'binary' }),
      fc.stringMatching(/^[a-z0-9./:@_-]{0,200}$/),
    );
    fc.assert(
      fc.property(names, (name) => {
        for (const { text } of nameForms(name)) expect(text).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      }),
    );
    const started = performance.now();
    for (const piece of ['a.', 'us.', 'a/', '-v1:0', '2020-', 'a-', '_it']) {
      nameForms(piece.repeat(20_000 / piece.length));
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a proposal', () => {
  it.each([
    ['a regional prefix', sold('aws-bedrock', `us.${OPUS}`), 'claude-opus-4-5 high'],
    ['a path', sold('router', 'anthropic/claude-opus-4.5'), 'claude-opus-4-5 high'],
    ['a date', sold('router', 'claude-opus-4-5-20251101'), 'claude-opus-4-5 high'],
    ['another date', sold('router', 'claude-opus-4-5-20990101'), 'claude-opus-4-5 medium'],
    ['packaging', sold('host', 'Llama-3.1-8B-Instruct-FP8'), 'llama-3.1-8b low'],
    ['a name that moves', sold('host', 'kimi_latest'), 'kimi-k2 low'],
  ])('sees through %s', (_, name, expected) => {
    expect(meaning(name)).toContain(`${expected}:`);
  });

  it('says which name it rests on, and what is different', () => {
    expect(meaning(sold('aws-bedrock', `us.${OPUS}`))).toBe(
      `claude-opus-4-5 high: ${OPUS} but for its region`,
    );
  });

  it('is more sure at the same price, and less at another of the same seller', () => {
    const name = sold('acme', 'claude-opus-4-5-20990101');
    expect(meaning(name, sold('acme', 'claude-opus-4-5'))).toMatch(
      /^claude-opus-4-5 high: .*; at the price of claude-opus-4-5$/,
    );
    expect(meaning(name, sold('acme', 'claude-opus-4-5', '15', '75'))).toMatch(
      /^claude-opus-4-5 low: .*; not at the price of claude-opus-4-5 \(5\/25, 15\/75\)$/,
    );
  });

  it('of packaging is never high: an instruct model can be another one', () => {
    const name = sold('acme', 'llama-3.1-8b-instruct');
    expect(meaning(name, sold('acme', 'llama-3.1-8b'))).toContain('llama-3.1-8b medium:');
  });

  it('is not made between several models, nor without any', () => {
    expect(meaning(sold('azure', 'gpt-4o-2024-11-20'))).toBe(
      '? gpt-4o-2024-05-13 gpt-4o-2024-08-06',
    );
    expect(meaning(sold('azure', 'o7-mini'))).toBe('?');
    expect(meaning(sold('azure', 'gpt-4o:free'))).toBe('?');
  });

  it('takes the facts of the model, so that a row can be appended as it is', () => {
    const quotes = [sold('a', 'x/claude-opus-4.5'), sold('b', 'LLAMA-3.1-8b')];
    const { suggestions } = suggestAliases({ ...EMPTY_BOOK, models: MODELS, quotes });
    const models = [...MODELS, ...suggestions.map((one) => one.alias)];
    expect(overlappingAliases(models.map((row) => ({ row, file: '', line: 0 })))).toEqual([]);
    expect(unmappedNames({ ...EMPTY_BOOK, models, quotes })).toEqual([]);
  });
});

describe('on the shipped catalogue', () => {
  let book: Book;
  beforeAll(async () => {
    book = await readBook(await findBook('data'));
  });

  /** The names that one of ten parts of the catalogue is about, asked of the other nine. */
  function heldOut(part: number): { right: number; wrong: string[]; asked: number } {
    const { models, quotes } = book.rows;
    const out = new Set(
      models.filter(
        (row, index) =>
          index % 10 === part && row.seller !== '' && row.fromMs === null && row.untilMs === null,
      ),
    );
    const rest = models.filter((row) => !out.has(row));
    const known = catalogueOf(rest);
    const asked = [...out].filter((row) => !known.isMapped(row.seller, row.sellerModel));
    const { suggestions } = suggestAliases({ quotes, usage: asked.map(used), models: rest });
    const keyOf = ({ seller, sellerModel }: ModelAlias) => `${seller} ${sellerModel}`;
    const meant = new Map(asked.map((row) => [keyOf(row), row.model]));
    const found = suggestions.filter(({ alias: row }) => meant.has(keyOf(row)));
    const wrong = found.filter(({ alias: row }) => meant.get(keyOf(row)) !== row.model);
    return {
      right: found.length - wrong.length,
      wrong: wrong.map(({ alias: row }) => keyOf(row)),
      asked: asked.length,
    };
  }

  it('finds five of six names that are held out of it, and none wrong', () => {
    const parts = Array.from({ length: 10 }, (_, part) => heldOut(part));
    const total = (pick: (part: (typeof parts)[number]) => number) =>
      parts.reduce((sum, part) => sum + pick(part), 0);
    expect(parts.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(total(({ right }) => right) / total(({ asked }) => asked)).toBeGreaterThan(5 / 6);
  });
});

function used({ seller, sellerModel }: ModelAlias): Usage {
  const period = { periodStartMs: 0, periodEndMs: 1, publishedAtMs: 1 };
  return {
    seller,
    model: sellerModel,
    ...period,
    tokens: { kind: 'total', total: 1n },
    source: '',
  };
}
