import { type Decimal, decimal, divide, multiply, subtract, toText } from '../domain/decimal.ts';
import type { Assessment } from './assess.ts';

/** What the days that are still to come would have to average, for a contract to settle so. */
export interface Target {
  readonly result: string;
  readonly remaining: number;
  /** In the contract's currency, 40 significant digits; `null` where no day is to come. */
  readonly average: string | null;
}

/**
 * (V·n − Σ known) / remaining, with n the days that count or may still come. A contract that
 * converts its mean once takes the latest rate for what is known.
 *
 * @example targetOf(assessment, decimal('1.25')).average // '1.2725'
 */
export function targetOf({ observations, total, count, settledAt }: Assessment, result: Decimal) {
  const remaining = observations.pending;
  const known = multiply(total, settledAt?.rate ?? decimal(1));
  const needed = subtract(multiply(result, decimal(count + remaining)), known);
  const average = remaining === 0 ? null : toText(divide(needed, decimal(remaining)));
  return { result: toText(result), remaining, average } satisfies Target;
}
