import { aggregateOf, type Ratio, referencePrice, type Weighted } from '../calculate/aggregate.ts';
import type { Holding } from '../calculate/influence.ts';
import { type Decimal, decimal, divide, isPositive, multiply, sum } from '../domain/decimal.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { ModelTokenizer, Tokenizers } from '../domain/tokenizers.ts';

/** A constituent with what is known of its model's tokenizer. */
export interface Tokenized {
  readonly holding: Pick<Holding, 'id' | 'weight' | 'share'> & {
    readonly standing: { readonly price: Decimal };
  };
  readonly row: ModelTokenizer | undefined;
}

/** What the constituents with known tokenizers cost, for one part of the corpus. */
export interface CharacterPrice {
  readonly part: string;
  /** USD per million characters. */
  readonly perMchar: Decimal;
  /** USD/MTok of the same constituents. */
  readonly perMtok: Decimal;
  /** Share of the basket's value whose tokenizer is known; and is stated rather than inferred. */
  readonly knownShare: Decimal;
  readonly statedShare: Decimal;
}

/** The constituents of a day, each with its tokenizer. */
export function tokenized(
  held: readonly Holding[],
  rules: RulebookRules,
  { models }: Tokenizers,
): Tokenized[] {
  const byModel = new Map(models.map((row) => [row.model, row]));
  return held.map((holding) => ({ holding, row: byModel.get(modelOf(holding.id, rules)) }));
}

/** The model of a constituent: its id, or what stands behind its seller's name. */
export function modelOf(id: string, { price }: RulebookRules): string {
  return price.constituent === 'model' ? id : id.slice(id.indexOf('/') + 1);
}

/** How many characters a token has in a part; `undefined` where it was not counted. */
export function charactersPerToken(
  tokenizer: string,
  part: string,
  { counts }: Tokenizers,
): Ratio | undefined {
  const count = counts.find((row) => row.tokenizer === tokenizer && row.part === part);
  if (!count) return undefined;
  return { numerator: decimal(count.characters), denominator: decimal(count.tokens) };
}

/**
 * USD per million characters of one part of the corpus, put together as the index puts its prices
 * together. Under an arithmetic mean that is Σ q·p / Σ q·c, with quantities q in tokens and c
 * characters per token; under a geometric one exp(Σ w ln(p/c) / Σ w).
 *
 * @returns `undefined` where no constituent's tokenizer is known.
 */
export function perCharacter(
  held: readonly Tokenized[],
  part: string,
  rules: RulebookRules,
  tokenizers: Tokenizers,
): CharacterPrice | undefined {
  const aggregate = aggregateOf(rules);
  const tokens: Weighted[] = [];
  const characters: Weighted[] = [];
  const [knownShares, statedShares]: [Decimal[], Decimal[]] = [[], []];
  for (const { holding, row } of held) {
    const ratio = row && charactersPerToken(row.tokenizer, part, tokenizers);
    if (!row || !ratio) continue;
    const { weight, standing, share } = holding;
    tokens.push([weight, standing.price]);
    // A quantity of tokens is so many characters; an exponent is a share of value, and stays one.
    const quantity = aggregate === 'geometric' ? weight : times(weight, ratio);
    characters.push([quantity, times(standing.price, inverse(ratio))]);
    knownShares.push(share);
    if (row.basis === 'stated') statedShares.push(share);
  }
  if (!isPositive(sum(tokens.map(([weight]) => weight)))) return undefined;
  return {
    part,
    perMchar: quotient(referencePrice(characters, aggregate)),
    perMtok: quotient(referencePrice(tokens, aggregate)),
    knownShare: sum(knownShares),
    statedShare: sum(statedShares),
  };
}

function times(value: Decimal, { numerator, denominator }: Ratio): Decimal {
  return divide(multiply(value, numerator), denominator);
}

function inverse({ numerator, denominator }: Ratio): Ratio {
  return { numerator: denominator, denominator: numerator };
}

function quotient({ numerator, denominator }: Ratio): Decimal {
  return divide(numerator, denominator);
}
