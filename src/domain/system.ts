import { z } from 'zod';
import { atLeastOne, day, positive, share, text } from './scalars.ts';
import { checkStrictly, type StrictIssue } from './strict.ts';

/**
 * A reference system: the machine on which a model is taken to run, so that a price of a GPU hour
 * is a price of tokens. One YAML file, versioned; each number has its source (docs/formats.md).
 */
const throughput = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('measured'),
    /** Tokens a second of the whole system at full load, of prompts and of completions. */
    prompt: positive,
    completion: positive,
    /** Of prompts that are cached; left out, they cost what fresh ones do. */
    cached: positive.optional(),
  }),
  z.strictObject({
    kind: z.literal('flop'),
    flop_per_token: positive,
    /** Achieved, of one GPU: not the peak of a data sheet. */
    flop_per_second: positive,
  }),
]);

const shape = z.strictObject({
  schema: z.literal('mtok.system/1'),
  system: text
    .max(64)
    .regex(/^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$/, 'expected capitals, digits and single hyphens'),
  title: text,
  version: text.regex(/^\d+\.\d+\.\d+$/, 'expected a version such as 1.0.0'),
  declared_on: day,
  model: text,
  gpu: text,
  gpus: atLeastOne,
  precision: text,
  batch: text,
  throughput,
  utilization: share,
  sources: z.strictObject({ gpus: text, precision: text, throughput: text, utilization: text }),
});

export type ReferenceSystem = z.output<typeof shape>;

/** Checks parsed YAML against the schema; an unknown key is refused with the nearest known one. */
export function checkSystem(document: unknown): {
  value?: ReferenceSystem;
  issues: readonly StrictIssue[];
} {
  return checkStrictly(shape, shape, document);
}
