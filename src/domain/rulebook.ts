import { z } from 'zod';
import { isZone, WEEKDAYS } from './dates.ts';
import { compare, decimal, equals, ONE, sum } from './decimal.ts';
import {
  comparesPeriods,
  LINK_FORMULAS,
  needsCurrentWeights,
  WEIGHTS_OF_FORMULA,
} from './formulas.ts';
import { TOKEN } from './good.ts';
import {
  aboveOne,
  atLeastOne,
  count,
  day,
  name,
  names,
  notNegative,
  nullable,
  places,
  positive,
  share,
  text,
  yes,
} from './scalars.ts';
import { checkStrictly, type StrictIssue } from './strict.ts';

/**
 * A rulebook is the methodology of one index: one YAML file (docs/formats.md) that drives the
 * calculation. Scalars arrive as source text, so an unquoted `0.75` is exact.
 */
const workload = z
  .strictObject({
    input: notNegative,
    cached_input: notNegative.default(decimal('0')),
    output: notNegative,
    context_tokens: count.default(0),
    service_tier: text.default('standard'),
    no_cache_price: z.enum(['input', 'output']).default('input'),
  })
  .refine((value) => equals(sum(TOKEN.valueLegs.map((leg) => value[leg])), ONE), {
    message: 'expected shares of tokens that are exactly 1 in sum',
  });

const universe = z.strictObject({
  include: z
    .strictObject({
      all: yes.default(false),
      models: names.default([]),
      labs: names.default([]),
      sellers: names.default([]),
      classes: names.default([]),
      open_weights: nullable(yes),
    })
    .prefault({ all: 'true' }),
  exclude: z.strictObject({ models: names.default([]), sellers: names.default([]) }).prefault({}),
  regions: names.min(1, 'expected at least one region').default(['global']),
  min_history_days: count.default(0),
  max_model_age_days: nullable(count),
  max_models_per_lab: nullable(atLeastOne),
  min_sellers: nullable(atLeastOne),
});

const screen = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('none') }),
  z.strictObject({
    method: z.literal('mad'),
    sigma: positive.default(decimal('3')),
    ratio: aboveOne.default(decimal('3')),
  }),
  z.strictObject({ method: z.literal('previous'), ratio: aboveOne }),
]);

const price = z.strictObject({
  constituent: z.enum(['model', 'seller_model']).default('model'),
  sellers: z
    .enum([
      ...(['first_party', 'first_party_else_median', 'median', 'mean', 'min'] as const),
      ...(['weighted_mean', 'weighted_median', 'trimmed_mean'] as const),
    ])
    .default('first_party_else_median'),
  trim: notNegative
    .refine((value) => compare(value, decimal('0.5')) < 0, 'expected a share below a half')
    .default(decimal('0.25')),
  venues: names.default([]),
  screen: screen.default({ method: 'none' }),
  basis_weights: z.record(text, notNegative).default({}),
  seller_cap: nullable(share),
  confirm_within_hours: nullable(atLeastOne),
  min_hours_in_force: count.default(0),
  time_of_day: z.enum(['at_cutoff', 'time_weighted']).default('at_cutoff'),
});

const weights = z.strictObject({
  method: z.enum(['equal', 'equal_value', 'equal_by_lab', 'usage', 'fixed']).default('equal'),
  measure: z.enum(['tokens', 'input_tokens', 'output_tokens', 'spend']).default('tokens'),
  split: z
    .strictObject({ input: notNegative, output: notNegative })
    .refine((value) => equals(sum([value.input, value.output]), ONE), {
      message: 'expected shares that are exactly 1 in sum',
    })
    .optional(),
  window_days: atLeastOne.default(28),
  min_days: atLeastOne.default(1),
  lag_days: count.default(0),
  fixed: z.record(text, notNegative).default({}),
  caps: nullable(
    z.strictObject({
      of: z.enum(['value', 'quantity']).default('value'),
      constituent: nullable(share),
      lab: nullable(share),
    }),
  ),
});

const gates = z.strictObject({
  min_constituents: nullable(count),
  min_labs: nullable(count),
  min_sellers: nullable(count),
  min_venues: nullable(count),
  min_coverage: nullable(share),
  min_confirmed: nullable(share),
  max_single_seller: nullable(share),
  max_dispersion: nullable(notNegative),
  max_move: nullable(notNegative),
  max_fx_age_days: nullable(count),
});

const fallback = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('carry_forward'), max_days: atLeastOne }),
  z.strictObject({ rule: z.literal('other_venue'), max_days: nullable(atLeastOne) }),
  z.strictObject({ rule: z.literal('judgement'), max_days: nullable(atLeastOne) }),
]);

const timeOfDay = text.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, HH:MM');

const shape = z.strictObject({
  schema: z.literal('mtok.rulebook/1'),
  index: text
    .max(64)
    .regex(
      /^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$/,
      'expected capitals, digits and single hyphens: MTOK-ALL',
    ),
  title: text.optional(),
  version: text.regex(/^\d+\.\d+\.\d+$/, 'expected a version such as 1.0.0'),
  effective_from: nullable(day),
  announced_at: nullable(day),
  change: z.enum(['material', 'clarifying', 'emergency']).default('material'),
  live_from: nullable(day),
  good: z.literal(TOKEN.id).default(TOKEN.id),
  unit: z.literal(TOKEN.unit).default(TOKEN.unit),
  mode: z.enum(['research', 'settlement']).default('research'),
  base: z.strictObject({ date: day, level: positive.default(decimal('100')) }),
  workload,
  universe: universe.prefault({}),
  price: price.prefault({}),
  weights: weights.prefault({}),
  aggregate: z.enum(['weighted_mean', 'weighted_median', 'trimmed_mean']).default('weighted_mean'),
  formula: z.enum(LINK_FORMULAS).default('laspeyres'),
  rebalance: z
    .strictObject({
      frequency: z.enum(['none', 'daily', 'weekly', 'monthly', 'quarterly']).default('monthly'),
      on: z.enum(['first_day', 'first_business_day', ...WEEKDAYS]).default('first_day'),
      effective: z.enum(['after_close', 'at_fixing']).default('after_close'),
      announce_days: count.default(0),
    })
    .prefault({}),
  hold: nullable(z.strictObject({ move: aboveOne, max_hours: atLeastOne })),
  fallback: z.array(fallback).default([]),
  on_withheld: z
    .union([z.literal('none'), z.strictObject({ previous: atLeastOne })])
    .default('none'),
  gates: gates.prefault({}),
  fx: z.strictObject({ max_age_days: count.default(7) }).prefault({}),
  cutoff: z
    .strictObject({
      time: timeOfDay.default('23:59'),
      zone: text.refine(isZone, 'expected UTC or an IANA time zone').default('UTC'),
    })
    .prefault({}),
  schedule: z
    .strictObject({ collect_by: timeOfDay, review_by: timeOfDay, publish_by: timeOfDay })
    .partial()
    .prefault({}),
  approvals: atLeastOne.default(1),
  approvers: z.array(text).default([]),
  notice_days: count.default(0),
  calendar: name.default('every_day'),
  finality: z
    .strictObject({ hours: count.default(0), restate_above: notNegative.default(decimal('0')) })
    .prefault({}),
  rounding: z
    .strictObject({
      price: places.default(4),
      level: places.default(4),
      mode: z.enum(['half_even', 'half_up']).default('half_even'),
    })
    .prefault({}),
});

/** Conditions that need two keys at once. */
export const rulebookSchema = shape.superRefine((book, context) => {
  const refuse = (path: string[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  if (book.mode === 'research' && book.fallback.length > 0) {
    refuse(['fallback'], 'expected no fallback in research mode: use `mode: settlement`');
  }
  if (book.mode === 'research' && book.hold) {
    refuse(['hold'], 'expected no hold in research mode: use `mode: settlement`');
  }
  if (new Set(book.approvers).size < book.approvers.length) {
    refuse(['approvers'], 'expected each key once');
  }
  if (book.approvers.length > 0 && book.approvers.length < book.approvals) {
    refuse(['approvers'], `expected at least the ${book.approvals} that have to approve`);
  }
  if (book.weights.method === 'fixed' && Object.keys(book.weights.fixed).length === 0) {
    refuse(['weights', 'fixed'], 'expected a weight for at least one constituent');
  }
  if (book.weights.min_days > book.weights.window_days) {
    refuse(['weights', 'min_days'], 'expected at most window_days');
  }
  // A later version has the base of the first one, and may have another calendar.
  const isFirst = book.effective_from === null || book.effective_from <= book.base.date;
  const onWeekend = WEEKDAYS.indexOf('saturday') <= weekday(book.base.date);
  if (isFirst && book.calendar === 'weekdays' && onWeekend) {
    refuse(['base', 'date'], 'expected a day of the calendar, found a weekend');
  }
  for (const { path, message } of formulaIssues(book)) refuse(path, message);
  const { method, lag_days } = book.weights;
  if (method === 'usage' && lag_days < book.rebalance.announce_days) {
    const least = `at least announce_days (${book.rebalance.announce_days})`;
    refuse(['weights', 'lag_days'], `expected ${least}, so that the window is over by then`);
  }
  if (book.price.constituent === 'seller_model') {
    const index = book.fallback.findIndex(({ rule }) => rule === 'other_venue');
    if (index >= 0) {
      refuse(['fallback', String(index)], 'expected `constituent: model` for other_venue');
    }
  }
});

/** A formula means what its name says under some weights only, and at some links. */
function formulaIssues(book: RulebookRules): { path: string[]; message: string }[] {
  const { formula, aggregate, mode, weights, rebalance } = book;
  const issues: { path: string[]; message: string }[] = [];
  const methods = WEIGHTS_OF_FORMULA[formula];
  if (methods && !methods.includes(weights.method)) {
    const message = `expected ${methods.join(' or ')}, which ${formula} weighs by`;
    issues.push({ path: ['weights', 'method'], message });
  }
  if (needsCurrentWeights(formula) && mode === 'settlement') {
    const why = `${formula} needs those of the day itself`;
    const message = `expected a formula whose weights are published by the fixing: ${why}`;
    issues.push({ path: ['formula'], message });
  }
  if (comparesPeriods(formula) && rebalance.effective === 'at_fixing') {
    const message = `expected after_close, the only link of ${formula}`;
    issues.push({ path: ['rebalance', 'effective'], message });
  }
  if (aggregate !== 'weighted_mean' && formula !== 'laspeyres' && formula !== 'lowe') {
    const own = `a ${aggregate.replace('_', ' ')} links by its own ratio, under laspeyres`;
    const message = `expected weighted_mean: ${own}`;
    issues.push({ path: ['aggregate'], message });
  }
  return issues;
}

export type RulebookRules = z.output<typeof shape>;

/** The rules with the SHA-256 of the file's bytes that state them. */
export interface Rulebook extends RulebookRules {
  readonly title: string;
  readonly sha256: string;
}

function weekday(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** Checks parsed YAML against the schema; an unknown key is refused with the nearest known one. */
export function checkRulebook(document: unknown): {
  rules?: RulebookRules;
  issues: readonly StrictIssue[];
} {
  const { value, issues } = checkStrictly(rulebookSchema, shape, document);
  return value === undefined ? { issues } : { rules: value, issues };
}
