import type { Day } from '../../domain/dates.ts';
import { add, type Decimal, decimal, divide, ZERO } from '../../domain/decimal.ts';
import type { Fixing } from '../../domain/fixing.ts';
import { byCodePoint } from '../../domain/group.ts';
import { type Distribution, distributionOf, shown } from './distribution.ts';

type Constituent = Fixing['constituents'][number];

/** Who could move the index through the year, by shares of value. */
export interface Concentration {
  readonly hhi: Distribution;
  readonly largest_constituent: Distribution & { readonly id: string };
  readonly largest_lab: Distribution & { readonly id: string };
  /** Share of value that rests on one seller. */
  readonly single_seller: Distribution;
  /** The last fixing of each month. */
  readonly months: readonly MonthEnd[];
}

export interface MonthEnd {
  readonly date: Day;
  readonly constituents: number;
  readonly coverage: string;
  readonly hhi: string;
  readonly largest_constituent: string;
  readonly largest_constituent_share: string;
  readonly largest_lab: string;
  readonly largest_lab_share: string;
}

/** How much of the index rested on one kind of evidence. */
export interface EvidenceShare {
  readonly evidence: Constituent['evidence'];
  /** Prices of constituents, one for each day. */
  readonly prices: number;
  readonly share_of_prices: string;
  /** The mean of the days' shares of value. */
  readonly mean_share_of_value: string;
  /** Days on which any price was of this kind. */
  readonly days: number;
}

/** Quotes of the universe that were in force and not used, counted once a day. */
export interface Exclusion {
  readonly reason: string;
  readonly quotes: number;
}

export interface Rebalance {
  readonly series: number;
  readonly first_day: Day;
  readonly constituents: number;
  readonly entered: readonly string[];
  readonly left: readonly string[];
  /** The step in price at the link, USD/MTok. */
  readonly roll_spread: string | null;
  readonly replaced: Fixing['series']['replaced'];
}

export interface RulebookYear {
  readonly version: string;
  readonly sha256: string;
  readonly first_day: Day;
  readonly last_day: Day;
  readonly fixings: number;
}

/** @param fixings the last revision of each day, in order; at least one, as everywhere here. */
export function concentrationOf(fixings: readonly Fixing[]): Concentration {
  const through = (figure: (influence: Fixing['influence']) => string) =>
    distributionOf(
      fixings.map(({ date, influence }) => ({ date, value: decimal(figure(influence)) })),
    );
  const constituent = through(({ largest_constituent }) => largest_constituent.share);
  const lab = through(({ largest_lab }) => largest_lab.share);
  const influenceOn = (day: Day) => fixings.find(({ date }) => date === day)?.influence;
  return {
    hhi: through(({ hhi }) => hhi),
    largest_constituent: {
      ...constituent,
      id: influenceOn(constituent.most_on)?.largest_constituent.id ?? '',
    },
    largest_lab: { ...lab, id: influenceOn(lab.most_on)?.largest_lab.id ?? '' },
    single_seller: through(({ single_seller_share }) => single_seller_share),
    months: monthEnds(fixings),
  };
}

function monthEnds(fixings: readonly Fixing[]): MonthEnd[] {
  const last = new Map(fixings.map((fixing) => [fixing.date.slice(0, 7), fixing]));
  return [...last.values()].map(({ date, constituents, coverage, influence }) => ({
    ...{ date, constituents: constituents.length, coverage: shown(decimal(coverage)) },
    hhi: shown(decimal(influence.hhi)),
    largest_constituent: influence.largest_constituent.id,
    largest_constituent_share: shown(decimal(influence.largest_constituent.share)),
    largest_lab: influence.largest_lab.id,
    largest_lab_share: shown(decimal(influence.largest_lab.share)),
  }));
}

export function coverageOf(fixings: readonly Fixing[]): Distribution {
  return distributionOf(fixings.map(({ date, coverage }) => ({ date, value: decimal(coverage) })));
}

/** In the order of the evidence: from what was seen to what was made up for. */
const KINDS: readonly Constituent['evidence'][] = [
  ...(['observed', 'unconfirmed', 'held', 'carried_forward'] as const),
  ...(['other_venue', 'judgement', 'imputed'] as const),
];

/** What the prices of all constituents rested on; kinds that never stood are left out. */
export function evidenceMix(fixings: readonly Fixing[]): EvidenceShare[] {
  const all = fixings.reduce((count, { constituents }) => count + constituents.length, 0);
  return KINDS.flatMap((kind): EvidenceShare[] => {
    let [prices, days, shares] = [0, 0, ZERO];
    for (const { constituents } of fixings) {
      const own = constituents.filter(({ evidence }) => evidence === kind);
      prices += own.length;
      if (own.length > 0) days += 1;
      shares = own.reduce((sum: Decimal, { share }) => add(sum, decimal(share)), shares);
    }
    if (prices === 0) return [];
    return [
      {
        ...{ evidence: kind, prices, days },
        share_of_prices: shown(divide(decimal(prices), decimal(all))),
        mean_share_of_value: shown(divide(shares, decimal(fixings.length))),
      },
    ];
  });
}

export function exclusionsOf(fixings: readonly Fixing[]): Exclusion[] {
  const counts = new Map<string, number>();
  for (const { reason } of fixings.flatMap(({ excluded }) => excluded)) {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts]
    .map(([reason, quotes]) => ({ reason, quotes }))
    .sort((a, b) => b.quotes - a.quotes || byCodePoint(a.reason, b.reason));
}

/** Each series that was new, against the basket of the fixing before it. */
export function rebalancesOf(fixings: readonly Fixing[], before: Fixing | undefined): Rebalance[] {
  return fixings.flatMap((fixing, at): Rebalance[] => {
    const last = fixings[at - 1] ?? before;
    const { number, first_day, roll_spread, replaced } = fixing.series;
    // The first basket of an index is none that took another's place.
    if (!last || last.series.number === number) return [];
    const [now, then] = [fixing, last].map(({ constituents }) =>
      constituents.map(({ id }) => id).sort(byCodePoint),
    );
    const without = (ids: readonly string[] = [], others: readonly string[] = []) =>
      ids.filter((id) => !others.includes(id));
    return [
      {
        ...{ series: number, first_day, constituents: fixing.constituents.length },
        ...{ entered: without(now, then), left: without(then, now), roll_spread, replaced },
      },
    ];
  });
}

/** The versions that fixings were made by, in order. */
export function rulebooksOf(fixings: readonly Fixing[]): RulebookYear[] {
  const found: RulebookYear[] = [];
  for (const { date, rulebook } of fixings) {
    const { version, sha256 } = rulebook;
    const last = found.at(-1);
    if (last?.sha256 === sha256) {
      found[found.length - 1] = { ...last, last_day: date, fixings: last.fixings + 1 };
    } else found.push({ version, sha256, first_day: date, last_day: date, fixings: 1 });
  }
  return found;
}
