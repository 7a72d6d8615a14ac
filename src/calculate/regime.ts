import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { startOf } from '../domain/versions.ts';
import { type Calendar, nextOpenDay } from '../normalize/calendars.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Priced } from './constituent.ts';
import { type Elsewhere, elsewhereOf } from './elsewhere.ts';
import { type Market, type Markets, marketsOf } from './market.ts';

/** One version of a rulebook at work, from a day on. */
export interface Regime {
  readonly rules: Rulebook;
  readonly from: Day;
  readonly calendar: Calendar;
  readonly market: Market;
  /** For the fallback to other sellers and venues. */
  readonly elsewhere: Elsewhere;
}

/** The versions of an index, one after the other. */
export interface Regimes {
  readonly first: Regime;
  /** The next calendar day after one, under whichever version is then in force. */
  next(day: Day): Day;
  /**
   * The regime of a day, given that of the calendar day before. One that only clarifies goes on
   * with the market that it finds.
   */
  on(day: Day, before: Regime, prices: ReadonlyMap<string, Priced>): Regime;
  /** The versions between two regimes that were in force on no day of the calendar. */
  passed(before: Regime, next: Regime): readonly Regime[];
}

/**
 * Puts versions to work.
 *
 * @param versions in the order in which they come into force.
 * @param markets of all indices that are calculated together.
 * @throws {MtokError} where a calendar is not in the book, or the base date is off its own.
 */
export function regimesOf(
  versions: readonly Rulebook[],
  evidence: Evidence,
  markets: Markets = marketsOf(evidence),
): Regimes {
  const calendars = versions.map((rules) => calendarOf(rules, evidence));
  const [rules, calendar] = [versions[0], calendars[0]];
  if (!rules || !calendar) throw new RangeError('expected at least one version of a rulebook');
  if (!calendar.isOpen(rules.base.date)) {
    const message = `expected a base date on the calendar ${rules.calendar}`;
    const where = `${rules.index} ${rules.version}`;
    throw new MtokError('data', `${where}: ${message}, found ${rules.base.date}`);
  }
  const first: Regime = {
    ...{ rules, calendar, from: rules.base.date },
    market: markets.of(rules),
    elsewhere: elsewhereOf(rules, evidence),
  };
  const indexOn = (day: Day) =>
    Math.max(
      0,
      versions.findLastIndex((version) => startOf(version) <= day),
    );
  return {
    first,
    next: (day) => nextOpenDay(day, (next) => calendars[indexOn(next)]?.isOpen(next) ?? true),
    on: (day, before, prices) => {
      const index = indexOn(day);
      const [now, calendarNow] = [versions[index], calendars[index]];
      if (!now || !calendarNow || now === before.rules) return before;
      const begun = { rules: now, calendar: calendarNow, from: startOf(now) };
      // Several may begin between two days of the calendar: one that does more decides.
      const begin = versions.slice(versions.indexOf(before.rules) + 1, index + 1);
      if (begin.every(({ change }) => change === 'clarifying')) return { ...before, ...begun };
      const elsewhere = elsewhereOf(now, evidence);
      return { ...begun, elsewhere, market: markets.of(now, prices) };
    },
    passed: (before, next) => {
      const [from, until] = [before, next].map(({ rules }) => versions.indexOf(rules));
      return versions.flatMap((rules, index) => {
        const calendar = calendars[index];
        const isPassed = from !== undefined && until !== undefined && from < index && index < until;
        return isPassed && calendar ? [{ ...before, rules, calendar, from: startOf(rules) }] : [];
      });
    },
  };
}

/**
 * The calendar that a rulebook names.
 *
 * @throws {MtokError} where the book has none of that name.
 */
export function calendarOf(
  { index, version, calendar: name }: Rulebook,
  evidence: Evidence,
): Calendar {
  const calendar = evidence.calendars(name);
  if (!calendar) {
    const message = `expected a calendar of the book, found ${name}: add calendars/${name}.csv`;
    throw new MtokError('data', `${index} ${version}: ${message}`);
  }
  return calendar;
}
