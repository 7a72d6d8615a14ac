import { parseMoment } from '../../src/domain/dates.ts';
import { decimal } from '../../src/domain/decimal.ts';
import type { Correction, FxRate, ModelAlias, Quote } from '../../src/domain/rows.ts';

export function at(moment: string): number {
  return parseMoment(moment)!;
}

/** A quote of `alpha` at `acme`, seen when it took effect. */
export function quote(
  effective: string,
  input: string,
  changes: Partial<Quote> & { observed?: string } = {},
): Quote {
  const { observed, ...rest } = changes;
  return {
    ...{ good: 'token', seller: 'acme', model: 'alpha', lab: '', venue: 'acme', region: 'global' },
    ...{ serviceTier: 'standard', contextFrom: 0, currency: 'USD', basis: 'list' },
    ...{ event: 'quote', windowUtc: '', validUntilMs: null, source: '' },
    effectiveAtMs: at(effective),
    observedAtMs: at(observed ?? effective),
    isReconstructed: observed === undefined,
    legs: { input: decimal(input), output: decimal('2') },
    ...rest,
  };
}

export function rate(date: string, base: string, to: string, value: string): FxRate {
  return { date, base, quote: to, rate: decimal(value), source: '' };
}

export function alias(
  sellerModel: string,
  model: string,
  changes: { seller?: string; from?: string; until?: string } = {},
): ModelAlias {
  const { seller = '', from, until } = changes;
  return {
    ...{ model, lab: 'acme', class: 'frontier', openWeights: false, seller, sellerModel },
    fromMs: from === undefined ? null : at(from),
    untilMs: until === undefined ? null : at(until),
  };
}

export function correction(effective: string, was: string, is: string | null, known?: string) {
  const legs = (input: string) => ({ input: decimal(input), output: decimal('2') });
  return {
    ...{ seller: 'acme', model: 'alpha', effectiveAtMs: at(effective), was: legs(was) },
    ...{ is: is === null ? null : legs(is), reason: 'misread page', source: 'the page' },
    knownSinceMs: known === undefined ? null : at(known),
  } satisfies Correction;
}
