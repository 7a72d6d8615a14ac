import type { Day } from '../domain/dates.ts';
import { type Decimal, decimal } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { DayResult } from '../fix/result.ts';
import { isGeometric } from '../weigh/weights.ts';

/** What a study of an index looks at: its fixings, day by day. */
export interface History {
  readonly index: string;
  /** In the order of time. */
  readonly days: readonly HistoryDay[];
}

export interface HistoryDay {
  readonly date: Day;
  /** As it was published; `null` where it was withheld. */
  readonly level: Decimal | null;
  /** The reference price, in the unit of the index; `null` where it was withheld. */
  readonly price: Decimal | null;
  /** The print is of the day itself, and no earlier one again. */
  readonly isOwn: boolean;
  /** The weights are exponents of a geometric mean, else quantities. */
  readonly isGeometric: boolean;
  readonly members: ReadonlyMap<string, HistoryMember>;
}

export interface HistoryMember {
  readonly lab: string;
  readonly class: string;
  readonly weight: Decimal;
  /** Exact, in the unit of the index. */
  readonly price: Decimal;
}

/** A day as it was calculated. */
export function dayOfResult({ day, rules, print }: DayResult): HistoryDay {
  const standing = day.standing();
  const members = day.series.basket.members.map(({ id, lab, class: own, weight }, at) => {
    const price = standing[at]?.price;
    if (!price) throw new RangeError(`expected a price of ${id}`);
    return [id, { lab, class: own, weight, price }] as const;
  });
  return {
    date: day.day,
    level: print?.level ?? null,
    price: print?.price ?? null,
    isOwn: print?.date === day.day,
    isGeometric: isGeometric(rules),
    members: new Map(members),
  };
}

/** A day as it was published. */
export function dayOfFixing(fixing: Fixing, geometric: boolean): HistoryDay {
  const members = fixing.constituents.map(({ id, lab, class: own, weight, price }) => {
    return [id, { lab, class: own, weight: decimal(weight), price: decimal(price) }] as const;
  });
  return {
    date: fixing.date,
    level: fixing.level === null ? null : decimal(fixing.level),
    price: fixing.value === null ? null : decimal(fixing.value.price ?? ''),
    isOwn: fixing.status === 'published' && fixing.repeats === undefined,
    isGeometric: geometric,
    members: new Map(members),
  };
}
