import { z } from 'zod';
import { isZone, WEEKDAYS } from './dates.ts';
import { compare, decimal, equals, ONE, sum } from './decimal.ts';
import {
  comparesPeriods,
  LINK_FORMULAS,
  needsCurrentWeights,
  WEIGHTS_OF_FORMULA,
} from './formulas.ts';
import type { Good } from './good.ts';
import { GOOD_IDS, GOODS, type GoodId } from './goods.ts';
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

const shapeOf = (good: Good) =>
  z.strictObject({
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
    good: z.enum(GOOD_IDS).default('token'),
    unit: z.literal(good.unit).default(good.unit),
    mode: z.enum(['research', 'settlement']).default('research'),
    base: z.strictObject({ date: day, level: positive.default(decimal('100')) }),
    workload: good.workload,
    universe: universe.prefault({}),
    price: price.prefault({}),
    weights: weights.prefault({}),
    aggregate: z
      .enum(['weighted_mean', 'weighted_median', 'trimmed_mean'])
      .default('weighted_mean'),
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

export type RulebookRules = z.output<ReturnType<typeof shapeOf>>;

type Refuse = (path: string[], message: string) => void;

/** Conditions that need two keys at once. */
function checkConditions(book: RulebookRules, refuse: Refuse): void {
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
  if (book.good !== 'token' && method === 'usage') {
    const others = 'equal, equal_value, equal_by_lab or fixed';
    refuse(['weights', 'method'], `expected ${others}: usage files count tokens`);
  }
}

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

/** The rules with the SHA-256 of the file's bytes that state them. */
export interface Rulebook extends RulebookRules {
  readonly title: string;
  readonly sha256: string;
}

function weekday(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

const schemaOf = (good: Good) =>
  shapeOf(good).superRefine((book, context) =>
    checkConditions(book, (path, message) => context.addIssue({ code: 'custom', path, message })),
  );

/** A rulebook of each good: they differ in the unit and the workload. */
export const RULEBOOK_SCHEMAS = {
  token: schemaOf(GOODS.token),
  gpu_hour: schemaOf(GOODS.gpu_hour),
} as const satisfies Record<GoodId, z.ZodType>;

/** Checks parsed YAML against the schema; an unknown key is refused with the nearest known one. */
export function checkRulebook(document: unknown): {
  rules?: RulebookRules;
  issues: readonly StrictIssue[];
} {
  const schema = RULEBOOK_SCHEMAS[goodNamed(document)];
  const { value, issues } = checkStrictly(schema, schema, document);
  if (value !== undefined) return { rules: value, issues };
  // Of an unknown good nobody can say what else its rulebook has.
  const unknown = issues.filter(({ path }) => path[0] === 'good');
  return { issues: unknown.length > 0 ? unknown : issues };
}

/** The good that a document is about, as far as it can be told; tokens unless said. */
function goodNamed(document: unknown): GoodId {
  const named = (document as { readonly good?: unknown } | null | undefined)?.good;
  return GOOD_IDS.find((id) => id === named) ?? 'token';
}
