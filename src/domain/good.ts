import type { z } from 'zod';
import type { Decimal } from './decimal.ts';

/**
 * What an index prices. Its legs, unit, tiers and workload are properties of the good, so that
 * another good is another module here and not another set of columns.
 */
export interface Good {
  readonly id: string;
  /** For titles and sentences, in the plural: `LLM tokens`. */
  readonly plural: string;
  /** Of published prices. */
  readonly unit: string;
  /** Every leg that a quote may carry, in the order of its columns. */
  readonly legs: readonly string[];
  /** Legs without which a quote is no price. */
  readonly requiredLegs: readonly string[];
  /** Legs that a workload blends and a fixing publishes, in the order of publication. */
  readonly valueLegs: readonly string[];
  /** Legs of which feeds write 0 where they are not offered. */
  readonly zeroLegs: readonly string[];
  /** The units that its prices may be quoted in, the default first, and what restates them. */
  readonly units: Readonly<Record<string, Decimal>>;
  /** The least and the most that a unit has cost in US dollars, with room. */
  readonly band: { readonly least: Decimal; readonly most: Decimal };
  /** The terms on which it is sold, the default first. */
  readonly tiers: readonly [string, ...string[]];
  /** Other names for columns of its quotes. */
  readonly columns: Readonly<Record<string, string>>;
  /** The column of a leg whose name says that it is in US dollars per unit. */
  readonly dollarColumn: (leg: string) => string;
  /** What a rulebook declares to turn legs into one price. */
  readonly workload: z.ZodType<Workload>;
}

/** The declared mix that turns legs into one price, and the tiers that it buys in. */
export interface Workload {
  /** Shares of the legs, exactly 1 in sum. */
  readonly shares: Legs<Decimal>;
  /** Picks the size tier: tokens of a prompt, GPUs of a node. */
  readonly size: number;
  readonly tier: string;
  /** The leg that a seller bills where it does not offer one that has a share. */
  readonly fill: string;
}

/** By name of leg. A leg that is not offered is not there. */
export type Legs<Value> = Readonly<Record<string, Value>>;
