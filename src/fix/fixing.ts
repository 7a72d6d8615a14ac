import { type ChainOptions, chain } from '../calculate/chain.ts';
import { effectOf, type Holding, type Influence } from '../calculate/influence.ts';
import { calendarOf, type Regime } from '../calculate/regime.ts';
import { type Day, dayOf, formatMoment } from '../domain/dates.ts';
import { add, type Decimal, divide, sum, toFixedText, toText, ZERO } from '../domain/decimal.ts';
import { ENGINE, type Fixing, type LegTexts } from '../domain/fixing.ts';
import type { Legs } from '../domain/good.ts';
import { goodOf } from '../domain/goods.ts';
import { byCodePoint } from '../domain/group.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { inOrder, latestOf, type OneOrMore, versionOn } from '../domain/versions.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { digestOf } from './canonical-rows.ts';
import { type CanonicalInputs, canonicalInputs } from './inputs.ts';
import { type DayResult, decided } from './result.ts';

/** Why an index has no fixing on a day, in words that say what to do. */
export interface NoFixing {
  readonly code: 'before_base' | 'off_calendar' | 'no_first_basket' | 'no_such_series' | 'withheld';
  readonly message: string;
}

export type FixingResult =
  | {
      readonly fixing: Fixing;
      /** The rows that it rests on: with the rulebook they give it again. */
      readonly inputs: CanonicalInputs;
    }
  | { readonly fixing?: undefined; readonly none: NoFixing };

export type FixingOptions = ChainOptions;

/**
 * Calculates one index on one date. Pure: the same rulebook, evidence and date give the same
 * document on every machine, whatever its clock, locale or time zone.
 *
 * @param rules one version of a rulebook, or all of them: the one in force on the date decides.
 * @returns the fixing (withheld ones too), or why the date can have none.
 * @throws {MtokError} where the rulebook names a calendar that the book does not have.
 * @example calculateFixing(rulebook, evidenceOf(rows), '2026-08-21')
 */
export function calculateFixing(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  date: Day,
  options: FixingOptions = {},
): FixingResult {
  const none = cannotFix(rules, evidence, date, options);
  if (none) return { none };
  const run = chain(rules, evidence, date, options);
  if (!run.days) return { none: noFirstBasket(latestOf(rules), run.fault) };
  for (const result of decided(run.days(), (day) => day === date)) {
    const { number } = result.day.series;
    if (options.series !== undefined && number !== options.series) {
      return { none: notYet(latestOf(rules), options.series, number, date) };
    }
    return fixingOf(result, evidence, options);
  }
  return { none: offCalendar(latestOf(rules), date) };
}

/**
 * Why no evidence could give an index a fixing on a date. Whether a frozen series has one is known
 * when it is calculated: it keeps the calendar of its version.
 */
export function cannotFix(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  date: Day,
  { series }: FixingOptions = {},
): NoFixing | undefined {
  const rulebook = versionOn(inOrder(rules), date);
  const { index, base } = rulebook;
  if (date < base.date) {
    const message = `${index} starts on its base date ${base.date}: ${date} is before it`;
    return { code: 'before_base', message };
  }
  if (series === undefined && !calendarOf(rulebook, evidence).isOpen(date)) {
    return offCalendar(rulebook, date);
  }
  return undefined;
}

/** Of a frozen series too, which keeps the calendar of its version. */
function offCalendar({ index }: Rulebook, date: Day): NoFixing {
  const message = `${index} has no fixing on ${date}: it is not a day of its calendar`;
  return { code: 'off_calendar', message };
}

export function noFirstBasket(rulebook: Rulebook, fault: string): NoFixing {
  const { index, base } = rulebook;
  const message =
    `the first basket of ${index} cannot be formed on its base date ${base.date} (${fault}): ` +
    'give it data from before that date, or a later base date';
  return { code: 'no_first_basket', message };
}

function notYet({ index }: Rulebook, wanted: number, number: number, date: Day): NoFixing {
  const message = `${index} has no series ${wanted} on ${date}: it is in series ${number}`;
  return { code: 'no_such_series', message };
}

/** The document of a decided day, with the rows that it rests on. */
export function fixingOf(
  result: DayResult,
  evidence: Evidence,
  options: FixingOptions,
): { fixing: Fixing; inputs: CanonicalInputs } {
  const { day, rules, gates, print, own } = result;
  const inputs = canonicalInputs([...day.earlier, day.regime], evidence, day.day, day.horizon);
  const revision =
    options.knownAtMs === undefined ? evidence.revisionOf(rules.index, day.day) : undefined;
  const fixing: Fixing = {
    schema: 'mtok.fixing/1',
    index: rules.index,
    title: rules.title,
    date: day.day,
    revision: revision?.revision ?? 0,
    status: print ? 'published' : 'withheld',
    withheld: [...result.withheld],
    ...(print && print.date !== own.date ? { repeats: print.date } : {}),
    mode: rules.mode,
    basis: result.basis,
    unit: rules.unit,
    series: seriesOf(result, options),
    value: print
      ? {
          price: toFixedText(print.price, print.places.price),
          ...legTexts(print.legs(), rules, (price) => toFixedText(price, print.places.price)),
        }
      : null,
    level: print ? toFixedText(print.level, print.places.level) : null,
    coverage: toText(result.coverage),
    constituents: result.held.map((holding) => constituentOf(holding, rules)),
    ...exclusionsOf(result),
    decisions: decisionsOf(result),
    usage: usageOf(result),
    gates: gates.map(({ name, threshold, measured, pass }) => ({
      ...{ name, pass, threshold: toText(threshold) },
      measured: measured === null ? null : toText(measured),
    })),
    influence: influenceDocument(result.influence()),
    rulebook: {
      ...{ version: rules.version, sha256: rules.sha256 },
      ...earlierVersions(day.earlier),
    },
    inputs: digestsOf(inputs),
    engine: ENGINE,
    cutoff: formatMoment(day.horizon.cutoffMs),
    known_at: formatMoment(day.horizon.knownAtMs),
  };
  return { fixing, inputs };
}

function digestsOf(inputs: CanonicalInputs): Fixing['inputs'] {
  const digests = Object.entries(inputs).map(([kind, rows]) => [kind, digestOf(rows)]);
  return Object.fromEntries(digests) as Fixing['inputs'];
}

/** The versions that the level has come through. */
function earlierVersions(earlier: readonly Regime[]): Pick<Fixing['rulebook'], 'earlier'> {
  if (earlier.length === 0) return {};
  return { earlier: earlier.map(({ rules: { version, sha256 } }) => ({ version, sha256 })) };
}

/** The series, and the step in price that its link took: no level moved by it. */
function seriesOf({ day: { series } }: DayResult, options: FixingOptions): Fixing['series'] {
  const { rollSpread, replaced } = series;
  return {
    number: series.number,
    first_day: series.firstDay,
    roll_spread: rollSpread ? toText(rollSpread) : null,
    replaced: replaced.map(({ predecessor, successor, step }) => ({
      ...{ predecessor, successor, step: toText(step) },
    })),
    ...(options.series === undefined ? {} : { frozen: true as const }),
  };
}

function influenceDocument(influence: Influence): Fixing['influence'] {
  return {
    largest_constituent: shareText(influence.largestConstituent),
    largest_lab: shareText(influence.largestLab),
    hhi: toText(influence.hhi),
    single_seller_share: toText(influence.singleSellerShare),
    modal_price_share: toText(influence.modalPriceShare),
    sellers: influence.sellers,
    venues: influence.venues,
    sellers_to_move_1_percent: influence.sellersToMove,
    labs: influence.labs.map(({ id, share, effect }) => ({
      ...{ id, share: toText(share), effect_of_10_percent: toText(effect) },
    })),
  };
}

/** The legs of the good, as the document has them. */
function legTexts(
  legs: Legs<Decimal>,
  rules: Rulebook,
  text: (price: Decimal) => string,
): LegTexts {
  const named = goodOf(rules).valueLegs.map((leg) => [leg, text(legs[leg] ?? ZERO)]);
  return Object.fromEntries(named);
}

function constituentOf(holding: Holding, rules: Rulebook): Fixing['constituents'][number] {
  const { id, lab, weight, standing } = holding;
  return {
    ...{ id, lab, class: standing.class, price: toText(standing.price) },
    legs: legTexts(standing.legs, rules, toText),
    weight: toText(weight),
    share: toText(holding.share),
    effect_of_10_percent: toText(effectOf(holding.share, rules)),
    contribution: toText(holding.contribution),
    sellers: standing.sellers.map(({ seller, venue, quotedAs, price }) => ({
      ...{ seller, venue, quoted_as: quotedAs, price: toText(price) },
    })),
    evidence: standing.evidence,
    ...quotedOn(standing),
    ...(standing.successor === undefined ? {} : { successor: standing.successor }),
  };
}

/** The last day of a quote, where a fallback gives the price: it says how old what stands is. */
function quotedOn({ evidence, quotedOn: day }: Holding['standing']): { quoted_on?: Day } {
  return evidence === 'imputed' || day === undefined ? {} : { quoted_on: day };
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

/** What people decided of the quotes of the basket, by constituent and by when it was decided. */
function decisionsOf({ day, held }: DayResult): Fixing['decisions'] {
  return held.flatMap(({ id }) => {
    const decisions = [...(day.board.pricings.get(id)?.decisions ?? [])].map((one) => ({
      constituent: id,
      seller: one.seller,
      quoted_as: one.model,
      ...(one.venue === '' ? {} : { venue: one.venue }),
      effective_at: formatMoment(one.effectiveAtMs),
      decision: one.decision,
      rationale: one.rationale,
      approvers: [...one.approvers].sort(byCodePoint),
      decided_at: formatMoment(one.decidedAtMs),
    }));
    const key = (one: Fixing['decisions'][number]) =>
      [one.decided_at, one.seller, one.quoted_as, one.venue ?? '', one.effective_at].join('\u0000');
    return decisions.sort((a, b) => byCodePoint(key(a), key(b)));
  });
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
