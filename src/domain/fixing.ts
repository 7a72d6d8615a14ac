import { z } from 'zod';
import { count, dayText, decimalText, id, momentText, sha256Text } from './document-text.ts';
import { GOODS, type GoodId, goodOfUnit } from './goods.ts';

/**
 * The fixing document (docs/formats.md). Every decimal is a string; published values print all
 * their places, constituents their 40-digit decimals.
 */
const legsOfGood = {
  token: z.strictObject({ input: decimalText, cached_input: decimalText, output: decimalText }),
  gpu_hour: z.strictObject({ rate: decimalText }),
} as const satisfies Record<GoodId, z.ZodType>;

/** By leg: those of the fixing's good are there, and no other. */
export type LegTexts = Partial<Record<(typeof GOODS)[GoodId]['valueLegs'][number], string>>;

const legs: z.ZodType<LegTexts> = z.union(Object.values(legsOfGood));
const price = { price: decimalText };

/** The reference price and its legs, which are those of the good. */
export const valueSchema: z.ZodType<LegTexts & { price: string }> = z.union(
  Object.values(legsOfGood).map((of) => of.extend(price)),
);

const constituent = z.strictObject({
  id,
  lab: id,
  class: z.string(),
  price: decimalText.describe('Of the reference workload, in the unit'),
  legs: legs.describe('Of each leg of the good, in the unit'),
  weight: decimalText.describe('Share of quantity; under a geometric formula the exponent'),
  share: decimalText.describe("Share of the basket's value; under a geometric formula the weight"),
  effect_of_10_percent: decimalText.describe(
    'How the reference price moves, as a share of it, where this price rises by 10%',
  ),
  contribution: decimalText.describe('What it contributes to the reference price, in its unit'),
  sellers: z.array(z.strictObject({ seller: id, venue: id, quoted_as: id, price: decimalText })),
  evidence: z.enum([
    ...(['observed', 'unconfirmed', 'held', 'carried_forward'] as const),
    ...(['other_venue', 'judgement', 'imputed'] as const),
  ]),
  quoted_on: dayText.optional().describe('Last day of a quote, where a fallback gives the price'),
  successor: id.optional().describe('The comparable successor whose price it is, times the factor'),
});

const decision = z.strictObject({
  constituent: id,
  seller: id,
  quoted_as: id,
  venue: id.optional().describe('Where it speaks of the quote at one venue only'),
  effective_at: momentText.describe('Of the quote'),
  decision: z.enum(['hold', 'release', 'reject']),
  rationale: z.string(),
  approvers: z.array(id).min(2),
  decided_at: momentText,
});

const inputs = z.strictObject({ sha256: sha256Text, count });
const rulebookName = z.strictObject({ version: id, sha256: sha256Text });

export const fixingSchema = z
  .strictObject({
    schema: z.literal('mtok.fixing/1'),
    index: id,
    title: id,
    date: dayText,
    revision: count,
    status: z.enum(['published', 'withheld']),
    withheld: z
      .array(z.string())
      .describe('Why the day has no value of its own: failed gates and other reasons'),
    repeats: dayText.optional().describe('The day whose values are published again'),
    mode: z.enum(['research', 'settlement']),
    basis: z.enum(['live', 'reconstructed']),
    unit: id.describe('USD/MTok, USD/GPU-hour'),
    series: z.strictObject({
      number: z.int().min(1),
      first_day: dayText,
      roll_spread: decimalText
        .nullable()
        .describe(
          'Step in price from the series before, at the link, in the unit; null for the first',
        ),
      replaced: z
        .array(z.strictObject({ predecessor: id, successor: id, step: decimalText }))
        .describe('Members that left for a successor; the step in price that no level measures'),
      frozen: z.literal(true).optional().describe('Priced on without the rebalances after it'),
    }),
    value: valueSchema.nullable().describe('In the unit; null where withheld'),
    level: decimalText.nullable().describe('Chained level; null where withheld'),
    coverage: decimalText.describe('Share of link value that is quoted or carried forward'),
    constituents: z.array(constituent),
    excluded: z
      .array(z.strictObject({ constituent: id, seller: id, quoted_as: id, reason: id }))
      .describe('Quotes of the universe that are not used'),
    excluded_counts: z
      .record(z.string(), count)
      .describe('Quotes of other tiers, regions, hours and names, by reason'),
    decisions: z
      .array(decision)
      .describe("People's decisions on quotes of the constituents that bear on what stands"),
    usage: z
      .strictObject({
        from: dayText,
        until: dayText.describe('Half-open'),
        days: count.describe('Distinct days that the figures cover'),
        tokens: decimalText,
        basket: decimalText.describe('Share of the tokens that falls on the basket'),
        outside: decimalText.describe('Share on models that are known but not in the basket'),
        unmatched: decimalText.describe('Share on other, free, stealth and unpriced names'),
      })
      .nullable()
      .describe('The usage behind the weights; null where the rulebook weighs without usage'),
    gates: z.array(
      z.strictObject({
        name: id,
        threshold: decimalText,
        measured: decimalText.nullable(),
        pass: z.boolean(),
      }),
    ),
    influence: z.strictObject({
      largest_constituent: z.strictObject({ id, share: decimalText }),
      largest_lab: z.strictObject({ id, share: decimalText }),
      hhi: decimalText,
      single_seller_share: decimalText,
      modal_price_share: decimalText,
      sellers: count,
      venues: count,
      sellers_to_move_1_percent: count
        .nullable()
        .describe('Fewest sellers that move the price by 1% by each moving theirs by 10%'),
      labs: z.array(z.strictObject({ id, share: decimalText, effect_of_10_percent: decimalText })),
    }),
    rulebook: rulebookName.extend({
      earlier: z
        .array(rulebookName)
        .optional()
        .describe('The versions that the level has come through'),
    }),
    inputs: z.strictObject({
      quotes: inputs,
      usage: inputs,
      fx: inputs,
      models: inputs,
      sellers: inputs,
      corrections: inputs,
      holds: inputs,
      judgements: inputs,
      succession: inputs,
      revisions: inputs,
      calendars: inputs,
    }),
    engine: z.strictObject({ name: id, calculation: z.int().min(1) }),
    cutoff: momentText,
    known_at: momentText,
  })
  .describe('One index on one date');

export type Fixing = z.output<typeof fixingSchema>;

/** The legs of a value or of a constituent by name, in the order of their good. */
export function namedLegs(
  { unit }: Pick<Fixing, 'unit'>,
  values: LegTexts,
): readonly (readonly [leg: string, price: string])[] {
  return GOODS[goodOfUnit(unit)].valueLegs.map((leg) => [leg, values[leg] ?? ''] as const);
}

/** Changes only when a result can: it is part of every fixing. */
export const ENGINE = { name: 'mtok', calculation: 1 } as const;

/** The fixing document as a JSON Schema (draft 2020-12), which the package publishes. */
export function fixingJsonSchema(): object {
  return z.toJSONSchema(fixingSchema, { target: 'draft-2020-12', io: 'output' });
}
