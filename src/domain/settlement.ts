import { z } from 'zod';
import { count, dayText, decimalText, id, momentText, sha256Text } from './document-text.ts';

/**
 * The settlement document (docs/formats.md): what a contract settles at for a period, and all that
 * it rests on. Every decimal is a string.
 */
const fixingRef = z
  .strictObject({ index: id, date: dayText, revision: count, sha256: sha256Text })
  .describe('A published fixing, by the SHA-256 of its bytes');

const RUNGS = [
  ...(['fixing', 'previous', 'other_index', 'postponed', 'last_print'] as const),
  ...(['left_out', 'pending', 'none'] as const),
] as const;

const day = z.strictObject({
  day: dayText,
  observed: dayText.describe('The day whose fixing counts: an earlier one off the calendar'),
  rung: z.enum(RUNGS).describe('`pending` may still come; `none`: the ladder has no more rungs'),
  why: z
    .enum(['missing', 'withheld', 'repeated', 'other_series', 'not_final'])
    .nullable()
    .describe('Why the fixing of the day itself does not count; null where it does'),
  withheld: z.array(z.string()).optional().describe("The fixing's own reasons, where withheld"),
  fixing: fixingRef.nullable().describe('The fixing of the observed day, whether it counts or not'),
  final: z.boolean().describe('That fixing is final'),
  rests_on: z.array(fixingRef).describe('The other fixings that the value comes from'),
  value: decimalText.nullable().describe('As published; in the currency of the index'),
  fx: z
    .strictObject({ date: dayText, rate: decimalText })
    .optional()
    .describe('The exchange rate of the day: units of the currency for one US dollar'),
});

const reason = z.strictObject({
  code: z.enum([
    ...(['no_value', 'too_few_observations', 'rulebook_change', 'roll', 'suspension'] as const),
    ...(['cessation', 'no_fx_rate', 'fx_rate_too_old', 'no_prior_settlement'] as const),
  ]),
  days: z.array(dayText),
  detail: z.string(),
});

export const settlementSchema = z
  .strictObject({
    schema: z.literal('mtok.settlement/1'),
    contract: z.strictObject({ id, version: id, sha256: sha256Text, title: id }),
    period: z.strictObject({ id, from: dayText, to: dayText }),
    status: z.enum(['indicative', 'preliminary', 'final', 'undetermined']),
    reasons: z.array(reason).describe('Why it is undetermined; empty where it is not'),
    illustrative: z.boolean().describe('It rests on fixings that were calculated after their day'),
    index: id,
    value: z.enum(['level', 'price']),
    series: z.array(z.int().min(1)).describe('Numbers of the series that the days are of'),
    rulebooks: z.array(z.strictObject({ version: id, sha256: sha256Text })),
    averaging: z.string().describe('The method, as the contract says it'),
    calendar: z.strictObject({ name: id, sha256: sha256Text, count }),
    observations: z.strictObject({
      scheduled: count,
      actual: count.describe('Scheduled days that have a fixing of their own'),
      pending: count,
      least: count,
    }),
    days: z.array(day),
    events: z.array(
      z.strictObject({
        event: z.enum(['rulebook_change', 'roll', 'suspension', 'cessation']),
        days: z.array(dayText),
        action: z.string().describe('What the contract says is to be done'),
      }),
    ),
    unrounded: decimalText
      .nullable()
      .describe("In the contract's currency, 40 significant digits; null where there is none"),
    tick: decimalText,
    tie: z.strictObject({
      rule: z.enum(['half_even', 'half_up', 'nearer_prior']),
      applied: z.boolean().describe('The value lies in the middle of two ticks'),
      prior: decimalText.nullable().describe('The settlement before, where it was given'),
    }),
    settled: decimalText.nullable().describe('The settlement price'),
    unit: id,
    multiplier: z.strictObject({ size: decimalText, unit: id }),
    currency: id,
    cash: z
      .strictObject({
        kind: z.enum(['settled_value', 'difference']),
        fixed: decimalText.optional().describe('The fixed price; its payer receives the amount'),
        amount: decimalText,
      })
      .nullable()
      .describe('For one contract, in its currency'),
    fx: z
      .strictObject({
        pair: id,
        sources: z.array(id),
        time: id,
        zone: id,
        on: z.enum(['each_day', 'last_day']),
        settled_at: z.strictObject({ date: dayText, rate: decimalText }).optional(),
        sha256: sha256Text.describe('Of the rates used, as canonical rows'),
        count,
      })
      .nullable(),
    final_from: momentText.describe('It is final from here on, at the earliest'),
    deadline: momentText.describe('What is not known and final by then does not count'),
    supersedes: sha256Text.nullable().describe('The settlement document that it takes over from'),
    engine: z.strictObject({ name: id, settlement: z.int().min(1) }),
    known_at: momentText.describe('What was known then; of a final one, when it became final'),
  })
  .describe('What a contract settles at for a period');

export type Settlement = z.output<typeof settlementSchema>;
export type SettlementDay = Settlement['days'][number];
export type SettlementReason = Settlement['reasons'][number];
export type SettlementEvent = Settlement['events'][number];
export type FixingRef = z.output<typeof fixingRef>;

/** Changes only when a result can: it is part of every settlement. */
export const SETTLEMENT_ENGINE = { name: 'mtok', settlement: 1 } as const;

/** The settlement document as a JSON Schema (draft 2020-12), which the package publishes. */
export function settlementJsonSchema(): object {
  return z.toJSONSchema(settlementSchema, { target: 'draft-2020-12', io: 'output' });
}
