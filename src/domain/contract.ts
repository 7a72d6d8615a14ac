import { z } from 'zod';
import { isZone } from './dates.ts';
import { atLeastOne, count, day, name, nullable, places, positive, text } from './scalars.ts';
import { checkStrictly, type StrictIssue } from './strict.ts';

/**
 * The terms on which a contract settles on an index: one YAML file (docs/formats.md). Scalars
 * arrive as source text, as in a rulebook.
 */
const id = text
  .max(64)
  .regex(/^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$/, 'expected capitals, digits and single hyphens: MTOK-ALL');
const currency = text.regex(/^[A-Z]{3}$/, 'expected a currency: USD, CNY');
const time = text.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, HH:MM');
const zone = text.refine(isZone, 'expected UTC or an IANA time zone');

const averaging = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('business_days') }),
  z.strictObject({ method: z.literal('calendar_days') }),
  z.strictObject({ method: z.literal('last_fixing') }),
  z.strictObject({ method: z.literal('last_days'), days: atLeastOne }),
  z.strictObject({ method: z.literal('twap'), from: day, to: day }),
]);

const rung = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('previous'), max_days: atLeastOne }),
  z.strictObject({ rule: z.literal('other_index'), index: id, max_days: atLeastOne }),
  z.strictObject({ rule: z.literal('postpone'), max_days: atLeastOne }),
]);

const events = z.strictObject({
  rulebook_change: z.enum(['continue', 'undetermined']).default('continue'),
  roll: z.enum(['continue', 'undetermined']).default('continue'),
  suspension: z
    .strictObject({
      days: atLeastOne.default(5),
      action: z.enum(['ladder', 'leave_out', 'undetermined']).default('undetermined'),
    })
    .prefault({}),
  cessation: z.enum(['ladder', 'last_print', 'undetermined']).default('undetermined'),
});

const fx = z.strictObject({
  sources: z.array(text).min(1, 'expected the source of the rates'),
  time,
  zone,
  on: z.enum(['each_day', 'last_day']).default('each_day'),
  max_age_days: count.default(5),
  places: places.default(4),
});

const cash = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('settled_value') }),
  z.strictObject({ kind: z.literal('difference'), fixed: positive }),
]);

const shape = z.strictObject({
  schema: z.literal('mtok.contract/1'),
  contract: id,
  title: text,
  version: text.regex(/^\d+\.\d+\.\d+$/, 'expected a version such as 1.0.0'),
  index: id,
  value: z.enum(['level', 'price']).optional(),
  series: nullable(atLeastOne),
  unit: text,
  multiplier: z.strictObject({ size: positive, unit: text }),
  period: z.enum(['month', 'year']).default('month'),
  averaging,
  calendar: name.default('weekdays'),
  tick: positive,
  tie: z.enum(['half_even', 'half_up', 'nearer_prior']),
  ladder: z.array(rung).default([]),
  repeats: z.enum(['fixing', 'missing']).default('fixing'),
  min_observations: atLeastOne,
  events: events.prefault({}),
  revisions: z.enum(['until_last_day', 'until_final']).default('until_final'),
  currency: currency.default('USD'),
  fx: nullable(fx),
  cash: cash.default({ kind: 'settled_value' }),
  first_day: day,
  final: z.strictObject({
    from_day: count.default(1),
    deadline_day: atLeastOne,
    time,
    zone,
    fixing_after_hours: count,
  }),
});

/** Conditions that need two keys at once. */
export const contractSchema = shape.superRefine((terms, context) => {
  const refuse = (path: string[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const { value, series, averaging: average, final } = terms;
  if (value === 'price' && series === null) {
    refuse(['value'], 'expected level: a price is of one series, and none is named');
  }
  if (value === 'level' && series !== null) {
    refuse(['value'], 'expected price: a contract on one series settles on its price');
  }
  if (terms.currency === 'USD' && terms.fx) {
    refuse(['fx'], 'expected no exchange rate: the contract is in US dollars');
  }
  if (terms.currency !== 'USD' && !terms.fx) {
    refuse(['fx'], `expected the exchange rate by which dollars become ${terms.currency}`);
  }
  if (final.deadline_day < final.from_day) {
    refuse(['final', 'deadline_day'], 'expected from_day or a later day');
  }
  if (average.method === 'twap' && average.to < average.from) {
    refuse(['averaging', 'to'], 'expected the first day or a later one');
  }
  if (average.method === 'twap' && terms.period === 'year') {
    refuse(['period'], 'expected month, or an average of months: twap has its own two dates');
  }
  const least = leastDays(average);
  if (least !== undefined && terms.min_observations > least) {
    refuse(['min_observations'], `expected at most ${least}, the days of the average`);
  }
  terms.ladder.forEach((one, index) => {
    if (one.rule !== 'other_index' || one.index !== terms.index) return;
    refuse(['ladder', String(index), 'index'], 'expected an index other than its own');
  });
});

/** How many observations there are at the most, where the method says so. */
function leastDays(average: z.output<typeof averaging>): number | undefined {
  if (average.method === 'last_fixing') return 1;
  return average.method === 'last_days' ? average.days : undefined;
}

type ContractTerms = z.output<typeof shape>;

/** A contract's terms, with the SHA-256 of the file's bytes that state them. */
export interface Contract extends Omit<ContractTerms, 'value'> {
  /** The level, unless one series is named. */
  readonly value: 'level' | 'price';
  readonly sha256: string;
}

export type Rung = ContractTerms['ladder'][number];

/** Checks parsed YAML against the schema; an unknown key is refused with the nearest known one. */
export function checkContract(document: unknown): {
  terms?: Omit<Contract, 'sha256'>;
  issues: readonly StrictIssue[];
} {
  const { value: terms, issues } = checkStrictly(contractSchema, shape, document);
  if (terms === undefined) return { issues };
  return { terms: { ...terms, value: terms.series === null ? 'level' : 'price' }, issues };
}
