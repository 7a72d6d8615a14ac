import { z } from 'zod';
import { isDay, LAST_DAY } from './dates.ts';
import { compare, type Decimal, ONE, parseDecimal } from './decimal.ts';

/**
 * The scalars of YAML files that people write: source text, checked and read exactly. Every value
 * arrives as text, so no number passes through a float.
 */
export const text = z.string().min(1, 'expected some text');
export const number = z.string().transform((value, context): Decimal => {
  const parsed = parseDecimal(value);
  if (parsed) return parsed;
  context.addIssue({ code: 'custom', message: `expected a decimal number, found "${value}"` });
  return z.NEVER;
});
export const positive = number.refine((value) => value.digits > 0n, 'expected a number above 0');
export const notNegative = number.refine((value) => value.digits >= 0n, 'expected 0 or more');
export const aboveOne = number.refine(
  (value) => compare(value, ONE) > 0,
  'expected a ratio above 1',
);
export const share = positive.refine(
  (value) => compare(value, ONE) <= 0,
  'expected a share: at most 1',
);
export const count = z
  .string()
  .regex(/^\d{1,9}$/, 'expected a whole number, 0 or more')
  .transform(Number);
export const atLeastOne = count.refine((value) => value > 0, 'expected a whole number above 0');
export const places = count.refine((value) => value <= 30, 'expected at most 30 places');
export const yes = z.enum(['true', 'false']).transform((value) => value === 'true');
export const day = z
  .string()
  .refine((value) => isDay(value) && value < LAST_DAY, 'expected a day that exists, YYYY-MM-DD');
export const names = z.array(text);
export const name = text.regex(
  /^[a-z0-9][a-z0-9_.-]*$/,
  'expected a name: small letters, digits, - _ .',
);

/** YAML's ways to write nothing; as source text they are words. */
export function nullable<Schema extends z.ZodType>(schema: Schema) {
  const nothing = z.enum(['null', '~', '']).transform(() => null);
  return z.union([nothing, schema], { error: (issue) => unionMessage(issue) }).default(null);
}

/** The message of the branch that was meant: null is never what a wrong value meant. */
function unionMessage(issue: { errors?: { message?: string }[][] }): string | undefined {
  return issue.errors?.at(-1)?.[0]?.message;
}
