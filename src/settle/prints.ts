import type { Contract } from '../domain/contract.ts';
import { type Day, formatMoment, HOUR_MS, parseMoment } from '../domain/dates.ts';
import { type Decimal, decimal } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import { groupBy } from '../domain/group.ts';
import type { FixingRef, SettlementDay } from '../domain/settlement.ts';

/** A fixing as it was published. */
export interface PublishedFixing {
  readonly fixing: Fixing;
  /** Of the file's bytes. */
  readonly sha256: string;
  /** When it was published, where a publication says so: it was not known before. */
  readonly publishedAtMs?: number;
  /**
   * From when it is final, by what the publication says; `null` where a revision takes its place.
   * Where no publication says anything, the contract's `fixing_after_hours` count.
   */
  readonly finalFromMs?: number | null;
}

/** A fixing with what is asked of it, read once. */
export interface Print {
  readonly published: PublishedFixing;
  readonly knownAtMs: number;
  readonly finalFromMs: number;
}

/** What is known at a moment. */
export interface Horizon {
  readonly atMs: number;
  /** At the deadline, what is not final by then does not count. */
  readonly finalOnly: boolean;
}

/** The fixing of a day at a horizon: its value, or why it has none that counts. */
export type Look =
  | {
      readonly print: Print;
      readonly value: Decimal;
      /** As it was published, with all its places. */
      readonly text: string;
      readonly why: null;
    }
  | {
      readonly print: Print | undefined;
      readonly value?: undefined;
      readonly why: Exclude<SettlementDay['why'], null>;
    };

export interface Prints {
  /** Of the contract's own index, by its own value and series. */
  readonly own: (day: Day, horizon: Horizon) => Look;
  /** Of another index: its level, which no rebalance moves. */
  readonly other: (index: string, day: Day, horizon: Horizon) => Look;
  /** Of the contract's own index, in the order of their days. */
  readonly all: readonly Print[];
  /** Every moment at which a fixing becomes known or final. */
  readonly moments: readonly number[];
}

/**
 * Published fixings, by index and day. The order in which they are given cannot matter.
 *
 * @param lastDayEndMs revisions known later do not count where the contract says so.
 * @throws {MtokError} where two say different things as the same revision of one day.
 */
export function printsOf(
  contract: Contract,
  fixings: readonly PublishedFixing[],
  lastDayEndMs: number,
): Prints {
  const prints = fixings.map((published) => printOf(published, contract)).sort(byPlace);
  const byDay = groupBy(prints, ({ published: { fixing } }) => keyOf(fixing.index, fixing.date));
  for (const ofDay of byDay.values()) refuseContradictions(ofDay);
  const counts = ({ published: { fixing }, knownAtMs, finalFromMs }: Print, at: Horizon) =>
    knownAtMs <= at.atMs &&
    (!at.finalOnly || finalFromMs <= at.atMs) &&
    (contract.revisions === 'until_final' || fixing.revision === 0 || knownAtMs <= lastDayEndMs);
  const latest = (index: string, day: Day, at: Horizon, wanted: (fixing: Fixing) => boolean) =>
    (byDay.get(keyOf(index, day)) ?? []).findLast(
      (print) => counts(print, at) && wanted(print.published.fixing),
    );
  const { index: own, series, value, repeats } = contract;
  return {
    all: prints.filter(({ published: { fixing } }) => fixing.index === own),
    moments: prints.flatMap(({ knownAtMs, finalFromMs }) => [knownAtMs, finalFromMs]),
    own: (day, at) => {
      const ofSeries = (fixing: Fixing) =>
        series === null ? !fixing.series.frozen : fixing.series.number === series;
      const print = latest(own, day, at, ofSeries);
      if (print) return lookAt(print, value, repeats);
      return absent(
        latest(own, day, at, (fixing) => !fixing.series.frozen),
        day,
        own,
        at,
      );
    },
    other: (index, day, at) => {
      const print = latest(index, day, at, (fixing) => !fixing.series.frozen);
      return print ? lookAt(print, 'level', repeats) : absent(undefined, day, index, at);
    },
  };

  function absent(elsewhere: Print | undefined, day: Day, index: string, at: Horizon): Look {
    if (elsewhere) return { print: elsewhere, why: 'other_series' };
    const known = at.finalOnly && latest(index, day, { ...at, finalOnly: false }, () => true);
    return { print: undefined, why: known ? 'not_final' : 'missing' };
  }
}

function lookAt(print: Print, value: Contract['value'], repeats: Contract['repeats']): Look {
  const { fixing } = print.published;
  const text = value === 'level' ? fixing.level : fixing.value?.price;
  if (fixing.status === 'withheld' || text === null || text === undefined) {
    return { print, why: 'withheld' };
  }
  if (fixing.repeats !== undefined && repeats === 'missing') return { print, why: 'repeated' };
  return { print, value: decimal(text), text, why: null };
}

export function refOf({ published: { fixing, sha256 } }: Print): FixingRef {
  return { index: fixing.index, date: fixing.date, revision: fixing.revision, sha256 };
}

function printOf(published: PublishedFixing, { final }: Contract): Print {
  const ownMs = parseMoment(published.fixing.known_at);
  if (ownMs === undefined) throw new RangeError('expected a fixing with known_at');
  const knownAtMs = Math.max(ownMs, published.publishedAtMs ?? 0);
  const stated = published.finalFromMs;
  const finalFromMs =
    stated === undefined
      ? knownAtMs + final.fixing_after_hours * HOUR_MS
      : (stated ?? Number.POSITIVE_INFINITY);
  return { published, knownAtMs, finalFromMs };
}

/** A frozen series has fixings of its own beside those of the index. */
function refuseContradictions(ofDay: readonly Print[]): void {
  ofDay.forEach((print, index) => {
    const before = ofDay[index - 1];
    if (before === undefined || before.published.sha256 === print.published.sha256) return;
    if (placeOf(before) !== placeOf(print)) return;
    const { index: id, date, revision } = print.published.fixing;
    const known = formatMoment(print.knownAtMs);
    throw new MtokError(
      'data',
      `expected one fixing of ${id} on ${date} as revision ${revision}, found two that differ ` +
        `(known at ${known}): leave out the one that was not published`,
    );
  });
}

function byPlace(a: Print, b: Print): number {
  const [left, right] = [placeOf(a), placeOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Where a series is priced on beside the index, the fixing of the index itself comes last. */
function placeOf({ published: { fixing } }: Print): string {
  const { index, date, revision, series } = fixing;
  const own = series.frozen ? `0 ${String(series.number).padStart(9, '0')}` : '1';
  return `${date} ${index} ${String(revision).padStart(9, '0')} ${own}`;
}

function keyOf(index: string, day: Day): string {
  return `${index} ${day}`;
}
