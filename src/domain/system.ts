import { z } from 'zod';
import { compare, decimal } from './decimal.ts';
import { atLeastOne, day, positive, share, text } from './scalars.ts';
import { checkStrictly, type StrictIssue } from './strict.ts';

/** No machine is slower or faster: beyond lies a slip of the pen. */
const between = (least: string, most: string) =>
  positive.refine(
    (value) => compare(value, decimal(least)) >= 0 && compare(value, decimal(most)) <= 0,
    `expected a number from ${least} to ${most}`,
  );
const tokensPerSecond = between('0.001', '1000000000000');

/** Other people read it in a terminal. */
const words = text
  .max(500)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'expected words without control characters');

const throughput = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('measured'),
    /** Tokens a second of the whole system at full load, of prompts and of completions. */
    prompt: tokensPerSecond,
    completion: tokensPerSecond,
    /** Of prompts that are cached; left out, they cost what fresh ones do. */
    cached: tokensPerSecond.optional(),
  }),
  z.strictObject({
    kind: z.literal('flop'),
    flop_per_token: between('1', '1000000000000000000'),
    /** Achieved, of one GPU: not the peak of a data sheet. */
    flop_per_second: between('1000000', '1000000000000000000000'),
  }),
]);

/**
 * A reference system: the machine on which a model is taken to run, so that a price of a GPU hour
 * is a price of tokens. One YAML file, versioned; each number has its source (docs/formats.md).
 */
const shape = z.strictObject({
  schema: z.literal('mtok.system/1'),
  system: text
    .max(64)
    .regex(/^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$/, 'expected capitals, digits and single hyphens'),
  title: words,
  version: text.regex(/^\d+\.\d+\.\d+$/, 'expected a version such as 1.0.0'),
  declared_on: day,
  model: words,
  gpu: words,
  gpus: atLeastOne,
  precision: words,
  batch: words,
  throughput,
  utilization: share.refine(
    (value) => compare(value, decimal('0.001')) >= 0,
    'expected a share of 0.001 or more',
  ),
  sources: z.strictObject({ gpus: words, precision: words, throughput: words, utilization: words }),
});

export type ReferenceSystem = z.output<typeof shape>;

/** Checks parsed YAML against the schema; an unknown key is refused with the nearest known one. */
export function checkSystem(document: unknown): {
  value?: ReferenceSystem;
  issues: readonly StrictIssue[];
} {
  return checkStrictly(shape, shape, document);
}
