/**
 * What an index prices. Its legs and unit are properties of the good, so that another good is
 * another entry here and not another set of columns.
 */
export interface Good {
  readonly id: string;
  readonly unit: string;
  /** Every leg that a quote may carry. */
  readonly legs: readonly string[];
  /** Legs without which a quote is no price. */
  readonly requiredLegs: readonly string[];
  /** Legs that a workload blends and a fixing publishes, in the order of publication. */
  readonly valueLegs: readonly string[];
}

export const TOKEN = {
  id: 'token',
  unit: 'USD/MTok',
  legs: ['input', 'cached_input', 'cache_write', 'output'],
  requiredLegs: ['input', 'output'],
  valueLegs: ['input', 'cached_input', 'output'],
} as const satisfies Good;

/** By name of leg. A leg that is not offered is not there. */
export type Legs<Value> = Readonly<Record<string, Value>>;
