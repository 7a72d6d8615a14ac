import { z } from 'zod';
import { decimal, equals, ONE } from '../decimal.ts';
import type { Good, Workload } from '../good.ts';
import { atLeastOne, notNegative } from '../scalars.ts';

/**
 * How a GPU is offered. `mixed` is the cheapest of all that is no spot offer, where a source does
 * not say which: no price of it is compared with one that says.
 */
const OFFERS = ['on_demand', 'reserved', 'spot', 'community', 'serverless', 'mixed'] as const;

const workload = z
  .strictObject({
    rate: notNegative
      .default(ONE)
      .refine((value) => equals(value, ONE), 'expected 1: a GPU hour has one leg'),
    gpus: atLeastOne.default(1),
    offer: z.enum(OFFERS).default('on_demand'),
  })
  .prefault({})
  .transform(
    ({ rate, gpus, offer }): Workload => ({
      ...{ shares: { rate }, size: gpus, tier: offer, fill: 'rate' },
    }),
  );

/** One GPU for one hour, in US dollars. A constituent is a SKU: SXM, PCIe and NVL are three. */
export const GPU_HOUR = {
  id: 'gpu_hour',
  plural: 'GPU hours',
  unit: 'USD/GPU-hour',
  legs: ['rate'],
  requiredLegs: ['rate'],
  valueLegs: ['rate'],
  zeroLegs: [],
  units: {
    per_gpu_hour: decimal('1'),
    cents_per_gpu_hour: decimal('0.01'),
    per_gpu_minute: decimal('60'),
    per_gpu_second: decimal('3600'),
  },
  band: { least: decimal('0.01'), most: decimal('100') },
  tiers: OFFERS,
  columns: {
    gpu: 'model',
    sku: 'model',
    marketplace: 'venue',
    offer: 'service_tier',
    gpus_from: 'context_from',
  },
  dollarColumn: () => 'usd_per_gpu_hour',
  workload,
} as const satisfies Good;
