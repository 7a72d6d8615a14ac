import {
  type Decimal,
  decimal,
  divide,
  dot,
  isZero,
  multiply,
  roundToDigits,
} from '../domain/decimal.ts';
import type { Legs, Workload } from '../domain/good.ts';
import type { ReferenceSystem } from '../domain/system.ts';

const TOKENS = decimal(1_000_000);
const SECONDS = decimal(3600);

/** Tokens a second of a whole system at full load, by leg of a token. */
export function throughputOf({ throughput, gpus }: ReferenceSystem): Legs<Decimal> {
  if (throughput.kind === 'flop') {
    const { flop_per_second: perSecond, flop_per_token: perToken } = throughput;
    const tokens = divide(multiply(decimal(gpus), perSecond), perToken);
    return { input: tokens, cached_input: tokens, output: tokens };
  }
  const { prompt, completion, cached = prompt } = throughput;
  return { input: prompt, cached_input: cached, output: completion };
}

/** What a system is run at, where it is not as it was declared. */
export interface Run {
  readonly utilization: Decimal;
  /** Times the declared throughput. */
  readonly speed: Decimal;
}

/**
 * The price of a million tokens that a GPU hour implies: of each leg
 * `rate × GPUs × 10⁶ ÷ (tokens/s × 3600 × utilization)`, blended by the shares of a workload. Each
 * quotient and the blend are rounded half-even to 40 digits.
 *
 * @param rate US dollars for one GPU and one hour.
 * @returns US dollars per million tokens: it has no profit, no staff and no network in it.
 */
export function impliedPrice(
  rate: Decimal,
  system: ReferenceSystem,
  { shares }: Pick<Workload, 'shares'>,
  { utilization, speed }: Run,
): { readonly price: Decimal; readonly legs: Legs<Decimal> } {
  const cost = multiply(multiply(rate, decimal(system.gpus)), TOKENS);
  const perSecond = multiply(multiply(SECONDS, utilization), speed);
  const legs = Object.fromEntries(
    Object.entries(throughputOf(system)).map(([leg, tokens]) => {
      return [leg, divide(cost, multiply(tokens, perSecond))] as const;
    }),
  );
  const terms = Object.entries(shares)
    .filter(([, share]) => !isZero(share))
    .map(([leg, share]) => {
      const price = legs[leg];
      if (!price) throw new RangeError(`expected a throughput of the leg ${leg}`);
      return [share, price] as const;
    });
  return { price: roundToDigits(dot(terms)), legs };
}
