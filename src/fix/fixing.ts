import { chain } from '../calculate/chain.ts';
import type { Holding } from '../calculate/influence.ts';
import type { Market } from '../calculate/market.ts';
import { type Day, dayOf, formatMoment } from '../domain/dates.ts';
import { add, type Decimal, divide, sum, toFixedText, toText, ZERO } from '../domain/decimal.ts';
import { ENGINE, type Fixing } from '../domain/fixing.ts';
import { TOKEN } from '../domain/good.ts';
import { byCodePoint } from '../domain/group.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { isOnCalendar } from '../weigh/schedule.ts';
import { digestOf } from './canonical-rows.ts';
import { canonicalInputs } from './inputs.ts';
import { type DayResult, resultOf } from './result.ts';

/** Why an index has no fixing on a day, in words that say what to do. */
export interface NoFixing {
  readonly code: 'before_base' | 'off_calendar' | 'no_first_basket';
  readonly message: string;
}

export type FixingResult =
  | { readonly fixing: Fixing }
  | { readonly fixing?: undefined; readonly none: NoFixing };

export interface FixingOptions {
  /** Replaces each day's own horizon, its cut-off: what was known at that moment. */
  readonly knownAtMs?: number;
}

/**
 * Calculates one index on one date. Pure: the same rulebook, evidence and date give the same
 * document on every machine, whatever its clock, locale or time zone.
 *
 * @returns the fixing (withheld ones too), or why the date can have none.
 * @example calculateFixing(rulebook, evidenceOf(rows), '2026-08-21')
 */
export function calculateFixing(
  rulebook: Rulebook,
  evidence: Evidence,
  date: Day,
  options: FixingOptions = {},
): FixingResult {
  const none = cannotFix(rulebook, date);
  if (none) return { none };
  const run = chain(rulebook, evidence, date, options.knownAtMs);
  if (!run.days) return { none: noFirstBasket(rulebook, run.fault) };
  for (const day of run.days()) {
    if (day.day !== date) continue;
    return { fixing: fixingOf(resultOf(day, rulebook), rulebook, evidence, run.market) };
  }
  throw new RangeError(`expected the chain to reach ${date}`);
}

/** Why no evidence could give an index a fixing on a date. */
export function cannotFix(rulebook: Rulebook, date: Day): NoFixing | undefined {
  const { index, base } = rulebook;
  if (date < base.date) {
    const message = `${index} starts on its base date ${base.date}: ${date} is before it`;
    return { code: 'before_base', message };
  }
  if (!isOnCalendar(date, rulebook)) {
    const message = `${index} has no fixing on ${date}: it is not a day of its calendar`;
    return { code: 'off_calendar', message };
  }
  return undefined;
}

export function noFirstBasket(rulebook: Rulebook, fault: string): NoFixing {
  const { index, base } = rulebook;
  const message =
    `the first basket of ${index} cannot be formed on its base date ${base.date} (${fault}): ` +
    'give it data from before that date, or a later base date';
  return { code: 'no_first_basket', message };
}

/** The document of a decided day. */
export function fixingOf(
  result: DayResult,
  rulebook: Rulebook,
  evidence: Evidence,
  market: Market,
): Fixing {
  const { day, value, level, gates } = result;
  const influence = result.influence();
  const { price: places, level: levelPlaces } = rulebook.rounding;
  const published = result.withheld.length === 0;
  const legs = publishedLegs(value.legs(), places);
  const inputs = canonicalInputs(rulebook, evidence, market.candidates, day.day, day.horizon);
  return {
    schema: 'mtok.fixing/1',
    index: rulebook.index,
    title: rulebook.title,
    date: day.day,
    revision: 0,
    status: published ? 'published' : 'withheld',
    withheld: [...result.withheld],
    mode: rulebook.mode,
    basis: result.basis,
    unit: rulebook.unit,
    series: { number: day.series.number, first_day: day.series.firstDay },
    value: published ? { price: toFixedText(value.price, places), ...legs } : null,
    level: published ? toFixedText(level, levelPlaces) : null,
    coverage: toText(result.coverage),
    constituents: result.held.map(constituentOf),
    ...exclusionsOf(result),
    usage: usageOf(result),
    gates: gates.map(({ name, threshold, measured, pass }) => ({
      ...{ name, pass, threshold: toText(threshold) },
      measured: measured === null ? null : toText(measured),
    })),
    influence: {
      largest_constituent: shareText(influence.largestConstituent),
      largest_lab: shareText(influence.largestLab),
      hhi: toText(influence.hhi),
      single_seller_share: toText(influence.singleSellerShare),
      modal_price_share: toText(influence.modalPriceShare),
      sellers: influence.sellers,
      venues: influence.venues,
    },
    rulebook: { version: rulebook.version, sha256: rulebook.sha256 },
    inputs: {
      quotes: digestOf(inputs.quotes),
      usage: digestOf(inputs.usage),
      fx: digestOf(inputs.fx),
      models: digestOf(inputs.models),
      sellers: digestOf(inputs.sellers),
      corrections: digestOf(inputs.corrections),
    },
    engine: ENGINE,
    cutoff: formatMoment(day.horizon.cutoffMs),
    known_at: formatMoment(day.horizon.knownAtMs),
  };
}

function publishedLegs(legs: Readonly<Record<string, Decimal>>, places: number) {
  const [input, cached, output] = TOKEN.valueLegs.map((leg) =>
    toFixedText(legs[leg] ?? ZERO, places),
  );
  return { input: input ?? '', cached_input: cached ?? '', output: output ?? '' };
}

function constituentOf(holding: Holding): Fixing['constituents'][number] {
  const { id, lab, weight, standing } = holding;
  const [input, cached, output] = TOKEN.valueLegs.map((leg) => toText(standing.legs[leg] ?? ZERO));
  return {
    ...{ id, lab, class: standing.class, price: toText(standing.price) },
    legs: { input: input ?? '', cached_input: cached ?? '', output: output ?? '' },
    weight: toText(weight),
    contribution: toText(holding.contribution),
    sellers: standing.sellers.map(({ seller, venue, quotedAs, price }) => ({
      ...{ seller, venue, quoted_as: quotedAs, price: toText(price) },
    })),
    evidence: standing.evidence,
    ...(standing.quotedOn === undefined ? {} : { quoted_on: standing.quotedOn }),
  };
}

/** Every quote in force that the fixing does not use: named where it is of the universe. */
function exclusionsOf({ day, held }: DayResult): Pick<Fixing, 'excluded' | 'excluded_counts'> {
  const members = new Set(held.map(({ id }) => id));
  const excluded: Fixing['excluded'] = [];
  const counts = new Map<string, number>();
  for (const [constituent, pricing] of day.board.pricings) {
    for (const { seller, quotedAs, reason } of pricing.excluded) {
      excluded.push({ constituent, seller, quoted_as: quotedAs, reason });
    }
    for (const reason of pricing.outside) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    if (members.has(constituent)) continue;
    const reason = day.series.basket.refused.get(constituent) ?? 'awaits_rebalance';
    for (const { seller, quotedAs } of pricing.priced?.sellers ?? []) {
      excluded.push({ constituent, seller, quoted_as: quotedAs, reason });
    }
  }
  const key = (one: Fixing['excluded'][number]) =>
    [one.constituent, one.seller, one.quoted_as, one.reason].join('\u0000');
  excluded.sort((a, b) => byCodePoint(key(a), key(b)));
  return { excluded, excluded_counts: Object.fromEntries([...counts].sort()) };
}

/** How much of all usage the basket stands for. */
function usageOf({ day, held }: DayResult): Fixing['usage'] {
  const { usage } = day.series.basket;
  if (!usage) return null;
  const members = new Set(held.map(({ id }) => id));
  let [inside, outside] = [ZERO, ZERO];
  for (const [id, { total }] of usage.totals) {
    if (members.has(id)) inside = add(inside, total);
    else outside = add(outside, total);
  }
  const unmatched = sum(usage.unmatched.values());
  const tokens = sum([inside, outside, unmatched]);
  const share = (part: Decimal) => toText(divide(part, tokens));
  return {
    from: dayOf(usage.startMs),
    until: dayOf(usage.endMs),
    days: usage.daysCovered,
    tokens: toText(tokens),
    basket: share(inside),
    outside: share(outside),
    unmatched: share(unmatched),
  };
}

function shareText({ id, share }: { id: string; share: Decimal }) {
  return { id, share: toText(share) };
}
