import type { Day } from '../domain/dates.ts';
import { addDays } from '../domain/dates.ts';
import { absolute, compare, divide, subtract, toFixedText } from '../domain/decimal.ts';
import { groupBy } from '../domain/group.ts';
import type { Study, StudyColumn, StudyTable } from '../domain/study.ts';
import { column } from './column.ts';
import { type Drawdown, drawdownOf } from './drawdown.ts';
import {
  changePercent,
  counted,
  exactPercent,
  inWords,
  percentFigure,
  shareOf,
} from './figures.ts';
import { type LevelDay, type Levels, type Move, movesOf } from './levels.ts';
import { type MonthEnd, monthEnds, volatilityOf } from './months.ts';

export const STATS_BY = ['index', 'lab', 'class', 'open_weights'] as const;
export type StatsBy = (typeof STATS_BY)[number];

export interface StatsAsked {
  readonly by: StatsBy;
  readonly from: Day;
  readonly to: Day;
  /** Where the fixings come from: in a phrase, and as lines. */
  readonly origin: string;
  readonly sources: readonly string[];
  readonly warnings: readonly string[];
}

/** One index, or a part of one, with all that is said of it. */
interface Measured extends Levels {
  /** Of its levels, as they were published. */
  readonly places: number;
  readonly moves: readonly Move[];
  readonly ends: readonly MonthEnd[];
  readonly volatility: ReturnType<typeof volatilityOf>;
  readonly drawdown: Drawdown | undefined;
}

/**
 * How levels moved: days on which they moved, monthly volatility, the deepest fall, ranges. Pure.
 *
 * @param all levels with at least one day each.
 */
export function statsStudy(all: readonly Levels[], asked: StatsAsked): Study {
  const { by, from, to, origin, sources } = asked;
  const measured = all.map((levels): Measured => {
    const ends = monthEnds(levels.days, to);
    return {
      ...levels,
      ...{ ends, moves: movesOf(levels.days), volatility: volatilityOf(ends) },
      drawdown: drawdownOf(levels.days),
      places: Math.max(0, ...levels.days.map(({ level }) => level.scale)),
    };
  });
  const indices = [...new Set(all.map(({ index }) => index))];
  return {
    schema: 'mtok.study/1',
    study: 'stats',
    title: by === 'index' ? 'How the indices moved' : `How the indices moved, by ${WORDS[by]}`,
    about: `${namesOf(indices)} from ${from} to ${to}, ${origin}`,
    assumptions: [...ASSUMPTIONS, ...(by === 'index' ? [] : [GROUPED])],
    findings: findingsOf(measured),
    warnings: [...asked.warnings, ...warningsOf(measured)],
    tables: [movesTable, riskTable, rangesTable, yearsTable, monthsTable].map((make) =>
      make(measured, by),
    ),
    charts: [levelChart(indices, by), changeChart(indices, by)],
    sources: [...sources],
  };
}

const MOST_NAMES = 4;

function namesOf(indices: readonly string[]): string {
  return indices.length > MOST_NAMES ? `${indices.length} indices` : indices.join(', ');
}

const WORDS: Readonly<Record<StatsBy, string>> = {
  ...{ index: 'index', lab: 'lab', class: 'class', open_weights: 'openness of the weights' },
};

const ASSUMPTIONS = [
  'List prices of tokens are step functions: they stand for weeks and then jump. A level moves on few days, so that the days on which it moved are counted, volatility is monthly, and no daily beta or correlation is offered.',
  'A day counts where its fixing was published; its move is from the day published before it. A price in another currency moves with the exchange rate.',
  'Monthly volatility is the sample standard deviation of ln(last level of a month / last level of the month before), of months that are over and have a level in their last seven days; a year is √12 months. A change over a month without one is left out.',
  'The deepest fall is from a level to a later one, as a share of the first. 52 weeks are the 364 days up to the last one.',
  'Levels are exact; percentages and shares are rounded to 4 places. Logarithms are taken at 60 digits, so that every machine prints the same.',
];

const GROUPED =
  'A group is a matched-model series: 100 on the first day on which the basket holds one of its models, then from each published day to the next what the models held on both cost, in the quantities of the later basket: Σ w pₜ / Σ w pₜ₋₁, or exp(Σ w ln(pₜ/pₜ₋₁) / Σ w) where the formula of the index is geometric. Entries and exits do not move it, imputed prices count as the fixing has them, and an index that is a median or compares periods is taken by the same weights.';

function nameOf({ index, group }: Levels): string {
  return group === '' ? index : `${index}, ${group}`;
}

function findingsOf(all: readonly Measured[]): string[] {
  const still = all.filter(({ moves, days }) => moves.length === 0 && days.length > 1);
  return [
    ...all.filter(({ moves }) => moves.length > 0).map(findingOf),
    ...(still.length > 0 ? [`Never moved: ${still.map(nameOf).join('; ')}.`] : []),
  ];
}

function findingOf(one: Measured): string {
  const { days, moves, volatility, drawdown } = one;
  const share = moves.length / (days.length - 1);
  const moved = `moved on ${moves.length} of ${counted(days.length - 1, 'day')}`;
  const often = ` (${inWords(percentFigure(share), 1)}%)`;
  const spread = volatility
    ? `; its monthly volatility is ${inWords(percentFigure(volatility.month))}%, ${inWords(percentFigure(volatility.year), 1)}% a year`
    : '';
  const fell = drawdown
    ? `; it fell by ${inWords(exactPercent(drawdown.fall), 1)}% from ${drawdown.peakOn} to ${drawdown.lowOn}`
    : '; it never fell';
  return `${nameOf(one)} ${moved}${often}${spread}${fell}.`;
}

/** Fewer monthly changes than a year has say little. */
const FEW_MONTHS = 12;

function warningsOf(all: readonly Measured[]): string[] {
  const alone = all.filter(({ days }) => days.length < 2);
  const few = all.filter((one) => one.moves.length > 0 && changesOf(one) < FEW_MONTHS);
  const told = few.map((one) => `${nameOf(one)} (${changesOf(one)})`);
  return [
    ...(alone.length > 0
      ? [`One day alone, so that nothing can be said of moves: ${alone.map(nameOf).join('; ')}.`]
      : []),
    ...(few.length > 0
      ? [
          `Fewer than ${FEW_MONTHS} monthly changes are little for a volatility: ${told.join('; ')}.`,
        ]
      : []),
  ];
}

function changesOf({ ends }: Measured): number {
  return ends.filter(({ change }) => change !== null).length;
}

const KEYS = (by: StatsBy): StudyColumn[] => [
  column('index', 'text', 'the index'),
  ...(by === 'index' ? [] : [column('group', 'text', `the ${WORDS[by]} of its models`)]),
];

const keysOf = ({ index, group }: Levels, by: StatsBy) =>
  by === 'index' ? [index] : [index, group];

function movesTable(all: readonly Measured[], by: StatsBy): StudyTable {
  return {
    name: 'moves',
    title: 'Days on which they moved',
    columns: [
      ...KEYS(by),
      column('first', 'day', 'the first published day'),
      column('last', 'day', 'the last one'),
      column('days', 'integer', 'published days with one before them'),
      column('moved', 'integer', 'days on which the level differs from the day before'),
      column('share', 'decimal', 'moved / days'),
      column('up', 'integer', 'days on which it rose'),
      column('models', 'integer', 'constituents that the basket ever held'),
      column('models_moved', 'integer', 'of them, those whose price moved while they were held'),
      column('largest', 'decimal', 'the largest move of a day', '%'),
      column('largest_on', 'day', 'when that was, the first time'),
    ],
    rows: all.map((one) => {
      const { days, moves, held, moved } = one;
      const largest = largestOf(moves);
      const up = moves.filter(({ from, to }) => compare(to, from) > 0).length;
      return [
        ...[...keysOf(one, by), days[0]?.date ?? '', days.at(-1)?.date ?? ''],
        ...[String(days.length - 1), String(moves.length), shareOf(moves.length, days.length - 1)],
        ...[String(up), String(held.size), String(moved.size)],
        ...(largest ? [changePercent(largest.from, largest.to), largest.date] : ['', '']),
      ];
    }),
  };
}

function largestOf(moves: readonly Move[]): Move | undefined {
  const size = ({ from, to }: Move) => absolute(divide(subtract(to, from), from));
  let largest: Move | undefined;
  for (const move of moves) {
    if (!largest || compare(size(move), size(largest)) > 0) largest = move;
  }
  return largest;
}

function riskTable(all: readonly Measured[], by: StatsBy): StudyTable {
  return {
    name: 'risk',
    title: 'Monthly volatility, and the deepest fall',
    columns: [
      ...KEYS(by),
      column('months', 'integer', 'monthly changes that it rests on'),
      column('volatility', 'decimal', 'standard deviation of monthly log changes', '%'),
      column('a_year', 'decimal', 'the same times √12', '%'),
      column('drawdown', 'decimal', 'the deepest fall, as a share of its peak', '%'),
      column('peak_on', 'day', 'the last day at the peak'),
      column('low_on', 'day', 'the first day at the bottom'),
      column('recovered_on', 'day', 'the first day at the level of the peak again'),
    ],
    rows: all.map((one) => {
      const { volatility, drawdown } = one;
      return [
        ...[...keysOf(one, by), String(changesOf(one))],
        ...[percentFigure(volatility?.month), percentFigure(volatility?.year)],
        ...(drawdown
          ? [exactPercent(drawdown.fall), drawdown.peakOn, drawdown.lowOn]
          : [one.days.length > 1 ? '0.0000' : '', '', '']),
        drawdown?.recoveredOn ?? '',
      ];
    }),
  };
}

function rangesTable(all: readonly Measured[], by: StatsBy): StudyTable {
  return {
    name: 'ranges',
    title: 'Ranges',
    columns: [
      ...KEYS(by),
      column('first', 'decimal', 'the first level', 'points'),
      column('low', 'decimal', 'the lowest one', 'points'),
      column('low_on', 'day', 'when it was reached'),
      column('high', 'decimal', 'the highest one', 'points'),
      column('high_on', 'day', 'when it was reached'),
      column('low_52w', 'decimal', 'the lowest of the last 52 weeks', 'points'),
      column('high_52w', 'decimal', 'the highest of them', 'points'),
      column('last', 'decimal', 'the last level', 'points'),
    ],
    rows: all.map((one) => {
      const [text, last] = [textOf(one), one.days.at(-1)];
      const since = addDays(last?.date ?? '', -364);
      const [whole, weeks] = [
        rangeOf(one.days),
        rangeOf(one.days.filter(({ date }) => date > since)),
      ];
      return [
        ...[...keysOf(one, by), text(one.days[0])],
        ...[text(whole.low), whole.low?.date ?? '', text(whole.high), whole.high?.date ?? ''],
        ...[text(weeks.low), text(weeks.high), text(last)],
      ];
    }),
  };
}

function rangeOf(days: readonly LevelDay[]): { low?: LevelDay; high?: LevelDay } {
  let [low, high]: [LevelDay | undefined, LevelDay | undefined] = [undefined, undefined];
  for (const day of days) {
    if (!low || compare(day.level, low.level) < 0) low = day;
    if (!high || compare(day.level, high.level) > 0) high = day;
  }
  return { ...(low ? { low } : {}), ...(high ? { high } : {}) };
}

function textOf({ places }: Measured) {
  return (day: LevelDay | undefined) => (day ? toFixedText(day.level, places) : '');
}

function yearsTable(all: readonly Measured[], by: StatsBy): StudyTable {
  return {
    name: 'years',
    title: 'Year by year',
    columns: [
      ...KEYS(by),
      column('year', 'integer', 'the year, as far as there are days of it'),
      column('first', 'decimal', 'its first level', 'points'),
      column('low', 'decimal', 'its lowest', 'points'),
      column('high', 'decimal', 'its highest', 'points'),
      column('last', 'decimal', 'its last', 'points'),
      column('change', 'decimal', 'from the last level of the year before, else its first', '%'),
    ],
    rows: all.flatMap((one) => {
      const text = textOf(one);
      const years = [...groupBy(one.days, ({ date }) => date.slice(0, 4))];
      return years.map(([year, days], at) => {
        const before = years[at - 1]?.[1].at(-1) ?? days[0];
        const last = days.at(-1);
        const { low, high } = rangeOf(days);
        return [
          ...[...keysOf(one, by), year, text(days[0]), text(low), text(high), text(last)],
          before && last ? changePercent(before.level, last.level) : '',
        ];
      });
    }),
  };
}

function monthsTable(all: readonly Measured[], by: StatsBy): StudyTable {
  return {
    name: 'months',
    title: 'Month by month',
    columns: [
      ...KEYS(by),
      ...(by === 'index' ? [] : [column('name', 'text', 'index and group, for charts')]),
      column('month', 'month', 'a month that is over'),
      column('day', 'day', 'its last published day'),
      column('level', 'decimal', 'the level of that day', 'points'),
      column('change', 'decimal', 'ln(level / level of the month before)', '%'),
    ],
    rows: all.flatMap((one) => {
      const names = by === 'index' ? [one.index] : [one.index, one.group, nameOf(one)];
      return one.ends.map(({ month, date, level, change }) => {
        return [...names, month, date, textOf(one)({ date, level }), percentFigure(change)];
      });
    }),
  };
}

/** A line for each index, or for each part of one. */
function levelChart(indices: readonly string[], by: StatsBy): Study['charts'][number] {
  return {
    ...{ name: 'levels', title: 'Level at the end of each month', kind: 'line' },
    ...{ table: 'months', x: 'day', y: ['level'], unit: 'points' },
    by: lineOf(indices, by),
  };
}

function lineOf(indices: readonly string[], by: StatsBy): string {
  if (by === 'index') return 'index';
  return indices.length > 1 ? 'name' : 'group';
}

function changeChart(indices: readonly string[], by: StatsBy): Study['charts'][number] {
  return {
    ...{ name: 'changes', title: 'Change of each month', kind: 'line' },
    ...{ table: 'months', x: 'month', y: ['change'], unit: '%, of logarithms' },
    by: lineOf(indices, by),
  };
}
