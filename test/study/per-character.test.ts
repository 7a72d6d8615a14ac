import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, decimal, divide, multiply, ONE, subtract, toText } from '../../src/domain/decimal.ts';
import type { RulebookRules } from '../../src/domain/rulebook.ts';
import type { ModelTokenizer, Tokenizers } from '../../src/domain/tokenizers.ts';
import { modelOf, perCharacter, type Tokenized } from '../../src/study/per-character.ts';

/** What is read of the rules: how prices are put together, and what a constituent is. */
function rules(formula: 'laspeyres' | 'jevons', aggregate = 'weighted_mean') {
  return {
    ...{ formula, aggregate, price: { trim: decimal('0.25'), constituent: 'model' } },
  } as unknown as RulebookRules;
}

function tokenizersOf(counts: Readonly<Record<string, readonly [bigint, bigint]>>): Tokenizers {
  return {
    counts: Object.entries(counts).map(([tokenizer, [characters, tokens]]) => ({
      ...{ tokenizer, family: '', package: '', version: '', part: 'english' },
      ...{ characters, tokens, corpusSha256: '' },
    })),
    models: [],
  };
}

function member(
  id: string,
  [weight, price, share]: readonly [string, string, string],
  tokenizer: string,
  basis: ModelTokenizer['basis'] = 'stated',
): Tokenized {
  return {
    holding: {
      ...{ id, weight: decimal(weight), share: decimal(share) },
      standing: { price: decimal(price) },
    },
    row: tokenizer === '' ? undefined : { model: id, tokenizer, basis, evidence: 'its lab' },
  };
}

describe('a price per character', () => {
  // Four characters a token of x, two of y.
  const tokenizers = tokenizersOf({ x: [40n, 10n], y: [20n, 10n] });

  it('of an arithmetic mean is the money over the characters that it buys', () => {
    const held = [
      member('alpha', ['0.75', '2', '0.6'], 'x'),
      member('beta', ['0.25', '4', '0.4'], 'y'),
    ];
    const found = perCharacter(held, 'english', rules('laspeyres'), tokenizers);
    // (0.75·2 + 0.25·4) USD buy 0.75·4 + 0.25·2 million characters: 2.5 / 3.5.
    expect(toText(found!.perMchar).slice(0, 12)).toBe('0.7142857142');
    expect(toText(found!.perMtok)).toBe('2.5');
    expect(toText(found!.knownShare)).toBe('1');
  });

  it('of a geometric mean is the mean of prices over characters', () => {
    const held = [
      member('alpha', ['0.5', '2', '0.5'], 'x'),
      member('beta', ['0.5', '4', '0.5'], 'y', 'inferred'),
    ];
    const found = perCharacter(held, 'english', rules('jevons'), tokenizers);
    // √(2/4 · 4/2) = 1.
    expect(toText(found!.perMchar)).toBe('1');
    expect(toText(found!.statedShare)).toBe('0.5');
  });

  it('leaves out what has no known tokenizer, and says so by its share', () => {
    const held = [
      member('alpha', ['0.5', '2', '0.2'], 'x'),
      member('beta', ['0.5', '8', '0.8'], ''),
    ];
    const found = perCharacter(held, 'english', rules('laspeyres'), tokenizers);
    expect(toText(found!.perMchar)).toBe('0.5');
    expect(toText(found!.knownShare)).toBe('0.2');
  });

  it('of a median is one that a constituent has', () => {
    const held = ['1', '2', '12'].map((price, at) =>
      member(`m${at}`, ['0.3', price, '0.3'], at === 2 ? 'x' : 'y'),
    );
    const found = perCharacter(held, 'english', rules('laspeyres', 'weighted_median'), tokenizers);
    // 0.5, 1 and 3 USD; the third has twice the characters of each other, half of all of them.
    expect(toText(found!.perMchar)).toBe('1');
  });

  it('is none where nothing is known, or the part was not counted', () => {
    const unknown = [member('alpha', ['1', '2', '1'], '')];
    expect(perCharacter(unknown, 'english', rules('laspeyres'), tokenizers)).toBeUndefined();
    const known = [member('alpha', ['1', '2', '1'], 'x')];
    expect(perCharacter(known, 'klingon', rules('laspeyres'), tokenizers)).toBeUndefined();
  });

  it('is the price per token over the characters where all have one tokenizer', () => {
    const positive = fc.integer({ min: 1, max: 10_000 }).map(String);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(positive, positive), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 99 }),
        fc.constantFrom('laspeyres' as const, 'jevons' as const),
        (members, characters, formula) => {
          const held = members.map(([weight, price], at) =>
            member(`m${at}`, [weight, price, '0'], 'z'),
          );
          const one = tokenizersOf({ z: [BigInt(characters), 10n] });
          const found = perCharacter(held, 'english', rules(formula), one)!;
          const each = divide(decimal(characters), decimal(10));
          const off = subtract(divide(multiply(found.perMchar, each), found.perMtok), ONE);
          expect(Math.abs(Number(toText(off)))).toBeLessThan(1e-30);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('falls as tokens hold more characters', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 1000n), fc.bigInt(1n, 1000n), (characters, more) => {
        const price = (count: bigint) => {
          const held = [
            member('alpha', ['0.4', '3', '0.5'], 'v'),
            member('beta', ['0.6', '5', '0.5'], 'x'),
          ];
          const both = tokenizersOf({ v: [count, 10n], x: [40n, 10n] });
          return perCharacter(held, 'english', rules('laspeyres'), both)!.perMchar;
        };
        const [few, many] = [price(characters), price(characters + more)];
        expect(add(few, decimal('-1e-50'))).not.toEqual(many);
        expect(Number(toText(many))).toBeLessThan(Number(toText(few)));
      }),
      { numRuns: 40 },
    );
  });
});

describe('the model of a constituent', () => {
  it('is its id, or what stands behind its seller', () => {
    expect(modelOf('org/model', rules('laspeyres'))).toBe('org/model');
    const bySeller = { price: { constituent: 'seller_model' } } as RulebookRules;
    expect(modelOf('host%2Fa/org/model', bySeller)).toBe('org/model');
  });
});
