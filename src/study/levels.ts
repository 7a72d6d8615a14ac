import type { Day } from '../domain/dates.ts';
import {
  compare,
  type Decimal,
  decimal,
  divide,
  equals,
  isPositive,
  multiply,
  ONE,
  roundToDigits,
  roundToPlaces,
  sum,
} from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import { geometricMeanOfRelatives } from '../domain/transcendental.ts';
import type { History, HistoryDay, HistoryMember } from './history.ts';

/** A level over days, of an index or of a part of one. */
export interface Levels {
  readonly index: string;
  /** Empty for the index itself. */
  readonly group: string;
  readonly days: readonly LevelDay[];
  /** Every constituent that it ever held, and those whose price ever moved while it was held. */
  readonly held: ReadonlySet<string>;
  readonly moved: ReadonlySet<string>;
}

export interface LevelDay {
  readonly date: Day;
  readonly level: Decimal;
}

/** What divides the constituents of an index. */
export type GroupOf = (id: string, member: HistoryMember) => string;

/** Places of a level that nobody published. */
const PLACES = 4;
const BASE = decimal(100);

/** The published levels of an index. */
export function indexLevels({ index, days }: History): Levels {
  const levels = days.flatMap(({ date, level }) => (level ? [{ date, level }] : []));
  const [held, moved] = [new Set<string>(), new Set<string>()];
  for (const [before, today] of pairs(days)) {
    for (const one of matched(before, today)) if (isMove(one)) moved.add(one.id);
  }
  for (const { members } of days) for (const id of members.keys()) held.add(id);
  return { index, group: '', days: levels, held, moved };
}

/**
 * A level for each group of an index's constituents: 100 on the first day that has one of them,
 * then from day to day what those members cost that were held on both, in today's quantities:
 * Σ w pₜ / Σ w pₜ₋₁, or under a geometric formula exp(Σ w ln(pₜ/pₜ₋₁) / Σ w). Whoever enters or
 * leaves does not move it; a day without a member of both leaves it where it was. Carried at 40
 * digits, shown at 4 places.
 */
export function groupLevels({ index, days }: History, groupOf: GroupOf): Levels[] {
  const groups = new Map<string, Growing>();
  let before: HistoryDay | undefined;
  for (const today of days.filter(({ isOwn }) => isOwn)) {
    const ofGroup = new Map<string, Matched[]>();
    for (const [id, member] of today.members) {
      const group = groupOf(id, member);
      if (!ofGroup.has(group)) ofGroup.set(group, []);
      const then = before?.members.get(id);
      if (then) ofGroup.get(group)?.push({ id, weight: member.weight, then, now: member });
      const growing = groups.get(group) ?? started();
      groups.set(group, growing);
      growing.held.add(id);
    }
    for (const [group, own] of ofGroup) {
      const growing = groups.get(group);
      if (growing) grow(growing, today, own);
    }
    before = today;
  }
  return [...groups]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([group, { days: own, held, moved }]) => ({ index, group, days: own, held, moved }));
}

interface Growing {
  exact: Decimal;
  readonly days: LevelDay[];
  readonly held: Set<string>;
  readonly moved: Set<string>;
}

function started(): Growing {
  return { exact: BASE, days: [], held: new Set(), moved: new Set() };
}

interface Matched {
  readonly id: string;
  readonly weight: Decimal;
  readonly then: HistoryMember;
  readonly now: HistoryMember;
}

function grow(growing: Growing, today: HistoryDay, own: readonly Matched[]): void {
  const moves = own.filter(isMove);
  for (const { id } of moves) growing.moved.add(id);
  if (moves.length > 0) {
    growing.exact = roundToDigits(multiply(growing.exact, relativeOf(own, today.isGeometric)));
  }
  const level = roundToPlaces(growing.exact, PLACES, 'half_even');
  growing.days.push({ date: today.date, level });
}

function relativeOf(all: readonly Matched[], geometric: boolean): Decimal {
  const own = all.filter(({ weight }) => isPositive(weight));
  if (own.length === 0) return ONE;
  if (geometric) {
    return geometricMeanOfRelatives(
      own.map(({ weight, then, now }) => [weight, now.price, then.price] as const),
    );
  }
  const cost = (at: 'then' | 'now') => sum(own.map((one) => multiply(one.weight, one[at].price)));
  return divide(cost('now'), cost('then'));
}

function isMove({ then, now }: Matched): boolean {
  return !equals(then.price, now.price);
}

function matched(before: HistoryDay, today: HistoryDay): Matched[] {
  return [...today.members].flatMap(([id, now]) => {
    const then = before.members.get(id);
    return then ? [{ id, weight: now.weight, then, now }] : [];
  });
}

function* pairs<Item>(items: readonly Item[]): Generator<readonly [Item, Item]> {
  for (const [at, item] of items.entries()) {
    const before = items[at - 1];
    if (before !== undefined) yield [before, item];
  }
}

/** A day on which the level differs from the day before. */
export interface Move {
  readonly date: Day;
  readonly from: Decimal;
  readonly to: Decimal;
}

/** The moves of a level, in the order of time. */
export function movesOf(days: readonly LevelDay[]): Move[] {
  return [...pairs(days)].flatMap(([before, { date, level }]) =>
    compare(before.level, level) === 0 ? [] : [{ date, from: before.level, to: level }],
  );
}
