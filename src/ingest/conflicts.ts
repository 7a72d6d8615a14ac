import { formatMoment } from '../domain/dates.ts';
import { equals, toText } from '../domain/decimal.ts';
import type { Reject } from '../domain/failure.ts';
import { groupBy } from '../domain/group.ts';
import { offerKey, sameLegs, saysTheSame } from '../domain/offer.ts';
import type {
  CalendarDay,
  FxRate,
  HoldDecision,
  Judgement,
  ModelAlias,
  Quote,
  Revision,
  SellerOwner,
  Succession,
  Usage,
} from '../domain/rows.ts';
import type { PlacedRow } from './table.ts';

/** What two rows have to agree on, and how to say that they do not. */
export interface Agreement<Row> {
  readonly code: string;
  /** Rows with one key speak of one thing. */
  readonly keyOf: (row: Row) => string;
  readonly agree: (a: Row, b: Row) => boolean;
  readonly show: (row: Row) => string;
}

/**
 * Finds rows that speak of one thing and disagree, in one file or across files. None of them can be
 * trusted, so all are rejected. Rows that agree are kept once.
 */
export function settleConflicts<Row>(
  rows: readonly PlacedRow<Row>[],
  { code, keyOf, agree, show }: Agreement<Row>,
): { rows: Row[]; rejects: Reject[] } {
  const kept: Row[] = [];
  const rejects: Reject[] = [];
  for (const group of groupBy(rows, ({ row }) => keyOf(row)).values()) {
    const [first] = group;
    if (!first) continue;
    const other = group.find(({ row }) => !agree(first.row, row));
    if (!other) {
      kept.push(first.row);
      continue;
    }
    for (const placed of group) {
      const against = placed === first ? other : first;
      const expected = `the same as ${against.file}:${against.line} (${show(against.row)})`;
      const { file, line } = placed;
      rejects.push({ code, file, line, column: '', value: show(placed.row), expected });
    }
  }
  return { rows: kept, rejects };
}

export const QUOTES_AGREE: Agreement<Quote> = {
  code: 'conflicting_quote',
  keyOf: (quote) => `${offerKey(quote)}${quote.effectiveAtMs}/${quote.observedAtMs}`,
  agree: saysTheSame,
  show: ({ seller, model, effectiveAtMs, legs }) => {
    const prices = Object.entries(legs).map(([leg, price]) => `${leg} ${toText(price)}`);
    return `${seller} ${model} ${formatMoment(effectiveAtMs)}: ${prices.join(', ')}`;
  },
};

export const USAGE_AGREES: Agreement<Usage> = {
  code: 'conflicting_usage',
  keyOf: ({ model, seller, periodStartMs, periodEndMs, publishedAtMs }) =>
    JSON.stringify([model, seller, periodStartMs, periodEndMs, publishedAtMs]),
  agree: (a, b) => showTokens(a) === showTokens(b),
  show: (row) => `${row.model} from ${formatMoment(row.periodStartMs)}: ${showTokens(row)} tokens`,
};

function showTokens({ tokens }: Usage): string {
  return tokens.kind === 'total'
    ? String(tokens.total)
    : `${tokens.input}+${tokens.output}, ${tokens.cached} cached`;
}

export const RATES_AGREE: Agreement<FxRate> = {
  code: 'conflicting_rate',
  keyOf: ({ date, base, quote }) => `${date} ${base} ${quote}`,
  agree: (a, b) => equals(a.rate, b.rate),
  show: ({ date, base, quote, rate }) => `${date}: 1 ${base} = ${toText(rate)} ${quote}`,
};

export const OWNERS_AGREE: Agreement<SellerOwner> = {
  code: 'conflicting_owner',
  keyOf: ({ seller }) => seller,
  agree: (a, b) => a.owner === b.owner,
  show: ({ seller, owner }) => `${seller} owned by ${owner}`,
};

/** A model is of one lab and one class, under all its names. */
export const FACTS_AGREE: Agreement<ModelAlias> = {
  code: 'conflicting_model',
  keyOf: ({ model }) => model,
  agree: (a, b) => a.lab === b.lab && a.class === b.class && a.openWeights === b.openWeights,
  show: (row) =>
    `${row.model}: ${row.lab}, ${row.class || 'no class'}, open_weights ${row.openWeights}`,
};

/** One moment has one decision on a quote, for one reason: the fixing prints it. */
export const DECISIONS_AGREE: Agreement<HoldDecision> = {
  code: 'conflicting_decision',
  keyOf: ({ seller, model, effectiveAtMs, decidedAtMs }) =>
    JSON.stringify([seller, model, effectiveAtMs, decidedAtMs]),
  agree: (a, b) =>
    a.decision === b.decision &&
    a.venue === b.venue &&
    a.rationale === b.rationale &&
    a.approvers.join() === b.approvers.join(),
  show: ({ seller, model, decision }) => `${decision} ${seller} ${model}`,
};

export const JUDGEMENTS_AGREE: Agreement<Judgement> = {
  code: 'conflicting_judgement',
  keyOf: ({ constituent, from, decidedAtMs }) => JSON.stringify([constituent, from, decidedAtMs]),
  agree: (a, b) => a.until === b.until && sameLegs(a.legs, b.legs),
  show: ({ constituent, from, legs }) => {
    const prices = Object.entries(legs).map(([leg, at]) => `${leg} ${toText(at)}`);
    return `${constituent} from ${from}: ${prices.join(', ')}`;
  },
};

/** A model has one successor at a time. */
export const SUCCESSORS_AGREE: Agreement<Succession> = {
  code: 'conflicting_succession',
  keyOf: ({ predecessor, effectiveAtMs }) => JSON.stringify([predecessor, effectiveAtMs]),
  agree: (a, b) =>
    a.successor === b.successor && a.comparable === b.comparable && equals(a.factor, b.factor),
  show: ({ predecessor, successor, factor }) => `${predecessor} by ${successor}, ${toText(factor)}`,
};

export const REVISIONS_AGREE: Agreement<Revision> = {
  code: 'conflicting_revision',
  keyOf: ({ index, date, revision }) => `${index} ${date} ${revision}`,
  agree: (a, b) => a.knownAtMs === b.knownAtMs && a.reason === b.reason,
  show: ({ index, date, revision, knownAtMs }) =>
    `${index} ${date}, revision ${revision}, known at ${formatMoment(knownAtMs)}`,
};

export const CALENDARS_AGREE: Agreement<CalendarDay> = {
  code: 'conflicting_calendar',
  keyOf: ({ calendar, date }) => `${calendar} ${date}`,
  agree: (a, b) => a.isOpen === b.isOpen,
  show: ({ calendar, date, isOpen }) => `${calendar} ${date} ${isOpen ? 'open' : 'closed'}`,
};

/** A name means one model at a time. */
export function overlappingAliases(rows: readonly PlacedRow<ModelAlias>[]): Reject[] {
  const rejects: Reject[] = [];
  const names = groupBy(rows, ({ row }) => JSON.stringify([row.seller, row.sellerModel]));
  for (const group of names.values()) {
    const sorted = [...group].sort((a, b) => start(a.row) - start(b.row));
    let furthest: PlacedRow<ModelAlias> | undefined;
    for (const placed of sorted) {
      const before = furthest;
      if (!before || end(placed.row) > end(before.row)) furthest = placed;
      if (!before || start(placed.row) >= end(before.row)) continue;
      const { file, line, row } = placed;
      rejects.push({
        ...{
          code: 'overlapping_alias',
          file,
          line,
          column: 'seller_model',
          value: row.sellerModel,
        },
        expected: `one model at a time: ${before.file}:${before.line} has ${before.row.model}`,
      });
    }
  }
  return rejects;
}

function end({ untilMs }: ModelAlias): number {
  return untilMs ?? Number.POSITIVE_INFINITY;
}

function start({ fromMs }: ModelAlias): number {
  return fromMs ?? Number.NEGATIVE_INFINITY;
}

/** Two figures of one model whose periods overlap without being the same would count twice. */
export function overlappingUsage(rows: readonly PlacedRow<Usage>[]): Reject[] {
  const rejects: Reject[] = [];
  const models = groupBy(rows, ({ row }) => JSON.stringify([row.model, row.seller]));
  for (const group of models.values()) {
    const sorted = [...group].sort((a, b) => a.row.periodStartMs - b.row.periodStartMs);
    let furthest: PlacedRow<Usage> | undefined;
    for (const placed of sorted) {
      const before = furthest;
      if (!before || placed.row.periodEndMs > before.row.periodEndMs) furthest = placed;
      if (!before || placed.row.periodStartMs >= before.row.periodEndMs) continue;
      const same =
        placed.row.periodStartMs === before.row.periodStartMs &&
        placed.row.periodEndMs === before.row.periodEndMs;
      if (same) continue;
      const { file, line, row } = placed;
      rejects.push({
        ...{ code: 'overlapping_usage', file, line, column: 'period_start', value: row.model },
        expected: `a period that does not overlap that of ${before.file}:${before.line}`,
      });
    }
  }
  return rejects;
}
