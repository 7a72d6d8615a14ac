import { z } from 'zod';
import { equals, ONE, sum } from './decimal.ts';
import { TOKEN } from './goods/token.ts';
import { count, name, notNegative, text } from './scalars.ts';
import { checkStrictly, type StrictIssue } from './strict.ts';

/**
 * A declared token mix, with what is known of each of its numbers: one YAML file (docs/reading.md).
 * A rulebook takes the numbers, an analysis names the file.
 */
const NUMBERS = ['input', 'cached_input', 'output', 'context_tokens', 'service_tier'] as const;

const evidence = z.strictObject({
  of: z.array(z.enum(NUMBERS)).min(1, 'expected at least one number that it is evidence of'),
  quality: z
    .enum(['measured', 'reported', 'assumed'])
    .describe('Counted from data that is named; read in a publication; nobody’s figure'),
  says: text,
  source: text,
});

const shape = z.strictObject({
  schema: z.literal('mtok.workload/1'),
  workload: name,
  title: text,
  input: notNegative,
  cached_input: notNegative,
  output: notNegative,
  context_tokens: count,
  service_tier: z.enum(TOKEN.tiers),
  evidence: z.array(evidence).min(1, 'expected the evidence of each number'),
});

const schema = shape.superRefine((workload, context) => {
  const total = sum(TOKEN.valueLegs.map((leg) => workload[leg]));
  if (!equals(total, ONE)) {
    const message = 'expected shares of tokens that are exactly 1 in sum';
    context.addIssue({ code: 'custom', path: ['input'], message });
  }
  const told = new Set(workload.evidence.flatMap(({ of }) => of));
  for (const number of NUMBERS) {
    if (told.has(number)) continue;
    const message = `expected evidence of ${number}: say assumed where there is none`;
    context.addIssue({ code: 'custom', path: ['evidence'], message });
  }
});

export type DeclaredWorkload = z.output<typeof shape>;
export type WorkloadEvidence = DeclaredWorkload['evidence'][number];

/** Checks parsed YAML against the schema; an unknown key is refused with the nearest known one. */
export function checkWorkload(document: unknown): {
  readonly value?: DeclaredWorkload;
  readonly issues: readonly StrictIssue[];
} {
  return checkStrictly(schema, shape, document);
}
