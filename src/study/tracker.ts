import { median } from '../calculate/estimators.ts';
import type { Day } from '../domain/dates.ts';
import { compare, type Decimal, decimal, divide, sum, toFixedText } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Study, StudyColumn } from '../domain/study.ts';
import { column } from './column.ts';
import { counted } from './figures.ts';

/** Whose prices a tracker is made of, and what is to be said of them. */
export interface Tracked {
  readonly rules: Rulebook;
  /** One for each day that has one, the day that is asked for last. */
  readonly fixings: readonly Fixing[];
  readonly days: number;
  readonly sources: readonly string[];
  /** What is left out of it already. */
  readonly warnings: readonly string[];
}

interface DayOf {
  readonly date: Day;
  readonly constituent: string;
  readonly marketplaces: number;
  readonly lowest: Decimal;
  readonly median: Decimal;
  readonly mean: Decimal;
  readonly highest: Decimal;
}

const PLACES = 4;
/** As trackers of this market print. */
const SHOWN_PLACES = 2;

/**
 * What trackers of a market publish: of each day and constituent how many marketplaces there are,
 * the lowest, median, mean and highest of their prices; and over the last days the average and the
 * range of the daily mean and median. Each marketplace is one price, whoever owns it.
 *
 * @returns a study; decimals in the unit of the index, half-even to 4 places.
 */
export function trackerStudy({ rules, fixings, days, sources, warnings }: Tracked): Study {
  const daily = fixings.flatMap(daysIn);
  const last = fixings.at(-1)?.date ?? '';
  const today = daily.filter(({ date }) => date === last);
  const { unit } = rules;
  return {
    schema: 'mtok.study/1',
    study: 'tracker',
    title: `${rules.title}: across marketplaces`,
    about: `${rules.index} on ${last}, and the ${days} days up to it`,
    assumptions: assumptionsOf(rules),
    findings: today.map((one) => findingOf(one, spanOf(daily, one.constituent), days, unit)),
    warnings: [...warningsOf(rules, fixings, days), ...warnings],
    tables: [
      {
        name: 'tracker',
        title: 'Across marketplaces, day by day',
        columns: dayColumns(unit),
        rows: daily.map((one) => [
          ...[one.date, one.constituent, String(one.marketplaces)],
          ...[one.lowest, one.median, one.mean, one.highest].map(shown),
        ]),
      },
      {
        name: 'span',
        title: `The ${days} days up to ${last}`,
        columns: spanColumns(unit),
        rows: today.map(({ constituent }) => {
          const span = spanOf(daily, constituent);
          return [
            ...[constituent, String(span.days)],
            ...[span.mean.average, span.mean.lowest, span.mean.highest].map(shown),
            ...[span.median.average, span.median.lowest, span.median.highest].map(shown),
          ];
        }),
      },
    ],
    charts: [
      {
        ...{ name: 'tracker', title: 'Lowest, median, mean and highest of a day', kind: 'line' },
        ...{ table: 'tracker', x: 'date', y: ['lowest', 'median', 'mean', 'highest'], unit },
        ...(today.length > 1 ? { y: ['median'], by: 'constituent' } : {}),
      },
    ],
    sources: [...sources],
  };
}

function daysIn({ date, constituents }: Fixing): DayOf[] {
  return constituents.flatMap(({ id, sellers }): DayOf[] => {
    const prices = sellers.map(({ price }) => decimal(price)).sort(compare);
    const [lowest, highest] = [prices[0], prices.at(-1)];
    if (!lowest || !highest) return [];
    return [
      {
        ...{ date, constituent: id, marketplaces: prices.length, lowest, highest },
        median: median(prices),
        mean: meanOf(prices),
      },
    ];
  });
}

function meanOf(prices: readonly Decimal[]): Decimal {
  return divide(sum(prices), decimal(prices.length));
}

/** The average and the range of a figure over days. */
interface Range {
  readonly average: Decimal;
  readonly lowest: Decimal;
  readonly highest: Decimal;
}

function spanOf(daily: readonly DayOf[], constituent: string) {
  const own = daily.filter((one) => one.constituent === constituent);
  const range = (figure: (one: DayOf) => Decimal): Range => {
    const values = own.map(figure).sort(compare);
    const none = decimal(0);
    return {
      average: meanOf(values),
      ...{ lowest: values[0] ?? none, highest: values.at(-1) ?? none },
    };
  };
  return { days: own.length, mean: range((one) => one.mean), median: range((one) => one.median) };
}

function findingOf(
  { date, constituent, marketplaces, ...day }: DayOf,
  { mean, days: known }: ReturnType<typeof spanOf>,
  days: number,
  unit: string,
): string {
  const short = (value: Decimal) => toFixedText(value, SHOWN_PLACES);
  const of = known === days ? `${days}-day` : `${known} of ${days} days,`;
  return (
    `${constituent} on ${date}: ${counted(marketplaces, 'marketplace')}, median ${short(day.median)}, ` +
    `mean ${short(day.mean)} ${unit}, from ${short(day.lowest)} to ${short(day.highest)}; ` +
    `${of} range of the daily mean ${short(mean.lowest)} to ${short(mean.highest)}, ` +
    `average ${short(mean.average)}.`
  );
}

function shown(value: Decimal): string {
  return toFixedText(value, PLACES);
}

function assumptionsOf({ workload, price }: Rulebook): string[] {
  const gpus = workload.size === 1 ? 'one GPU' : `${workload.size} GPUs at once`;
  return [
    `The prices in force at the cut-off of each day, for ${gpus}, on the terms: ${workload.tier.replace('_', ' ')}.`,
    'Each marketplace is one price; the median of an even number is the mean of the middle two.',
    ...(price.screen.method === 'none'
      ? []
      : ['Without the sellers that the rulebook screens out.']),
  ];
}

function warningsOf({ workload }: Rulebook, fixings: readonly Fixing[], days: number): string[] {
  const mixed =
    workload.tier === 'mixed'
      ? [
          'Daily minima, with forms (SXM, PCIe, NVL) and terms mixed: this shows where a market is. Nobody can buy at its median, a marketplace may change what it offers without a change of any price, and nothing should settle on it.',
        ]
      : [];
  const missing = days - fixings.length;
  const gaps = missing > 0 ? [`${missing} of the ${days} days have no fixing.`] : [];
  return [...mixed, ...gaps];
}

function dayColumns(unit: string): StudyColumn[] {
  return [
    column('date', 'day', 'Of the fixing'),
    column('constituent', 'text', 'SKU, or model'),
    column('marketplaces', 'integer', 'That ask a price on these terms'),
    column('lowest', 'decimal', 'The lowest of their prices', unit),
    column('median', 'decimal', 'The median of their prices', unit),
    column('mean', 'decimal', 'The mean of their prices', unit),
    column('highest', 'decimal', 'The highest of their prices', unit),
  ];
}

function spanColumns(unit: string): StudyColumn[] {
  const figures = (of: string) => [
    column(`${of}_average`, 'decimal', `Average of the daily ${of}`, unit),
    column(`${of}_lowest`, 'decimal', `Lowest daily ${of}`, unit),
    column(`${of}_highest`, 'decimal', `Highest daily ${of}`, unit),
  ];
  return [
    column('constituent', 'text', 'SKU, or model'),
    column('days', 'integer', 'With prices'),
    ...figures('mean'),
    ...figures('median'),
  ];
}
