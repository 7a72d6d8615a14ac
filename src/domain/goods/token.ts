import { z } from 'zod';
import { decimal, equals, ONE, sum } from '../decimal.ts';
import type { Good, Workload } from '../good.ts';
import { count, notNegative } from '../scalars.ts';

const VALUE_LEGS = ['input', 'cached_input', 'output'] as const;
const TIERS = ['standard', 'batch', 'flex', 'priority'] as const;

const workload = z
  .strictObject({
    input: notNegative,
    cached_input: notNegative.default(decimal('0')),
    output: notNegative,
    context_tokens: count.default(0),
    service_tier: z.enum(TIERS).default('standard'),
    no_cache_price: z.enum(['input', 'output']).default('input'),
  })
  .refine((value) => equals(sum(VALUE_LEGS.map((leg) => value[leg])), ONE), {
    message: 'expected shares of tokens that are exactly 1 in sum',
  })
  .transform(
    ({ context_tokens, service_tier, no_cache_price, ...shares }): Workload => ({
      ...{ shares, size: context_tokens, tier: service_tier, fill: no_cache_price },
    }),
  );

/** Tokens of a language model, in US dollars per million. */
export const TOKEN = {
  id: 'token',
  plural: 'LLM tokens',
  unit: 'USD/MTok',
  legs: ['input', 'cached_input', 'cache_write', 'output'],
  requiredLegs: ['input', 'output'],
  valueLegs: VALUE_LEGS,
  zeroLegs: ['cached_input', 'cache_write'],
  units: {
    per_mtok: decimal('1'),
    per_1k: decimal('1000'),
    per_token: decimal('1000000'),
    cents_per_token: decimal('10000'),
  },
  // o1-pro's output is 600.
  band: { least: decimal('0.0001'), most: decimal('1000') },
  tiers: TIERS,
  columns: {},
  dollarColumn: (leg) => `${leg}_usd_per_mtok`,
  workload,
} as const satisfies Good;
