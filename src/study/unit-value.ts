import {
  type Decimal,
  decimal,
  divide,
  multiply,
  roundToPlaces,
  subtract,
  sum,
  toFixedText,
  toText,
  ZERO,
} from '../domain/decimal.ts';
import type { Workload } from '../domain/good.ts';
import type { Study, StudyTable } from '../domain/study.ts';
import type { Bill, BillMonth } from './bill.ts';
import { fixedBasket, spentIn, unitValueOf } from './bill-figures.ts';
import { type Bridge, bridgeOf, isIn } from './bridge.ts';
import { changeParts } from './change-parts.ts';
import { column } from './column.ts';
import { counted, exactPercent, inWords } from './figures.ts';
import type { History, HistoryDay } from './history.ts';
import { modelsTable } from './models-table.ts';
import { type Month, monthAfter, monthOf } from './months.ts';

export interface UnitValueAsked {
  readonly history: History;
  readonly workload: Workload;
  /** Whose usage it is, in a phrase. */
  readonly whose: string;
  readonly origin: string;
  readonly sources: readonly string[];
}

/** A month with a unit value, beside the index. */
interface Valued {
  readonly month: Month;
  readonly bill: BillMonth;
  readonly unit: Decimal;
  readonly days: readonly HistoryDay[];
  readonly bridge: Bridge | undefined;
}

/** Places of USD/MTok. */
const PLACES = 6;

/**
 * What users paid per million tokens, their mix included, beside the fixed-basket price of an
 * index, with what makes the difference. Exact; the parts as they are shown sum to what they
 * explain. Pure.
 *
 * @param bill with at least one month in which something that has a price was used.
 */
export function unitValueStudy(bill: Bill, asked: UnitValueAsked): Study {
  const { history, workload, whose, origin, sources } = asked;
  const months = bill.months.flatMap((month): Valued[] => {
    const unit = unitValueOf(spentIn(month));
    if (!unit) return [];
    const days = history.days.filter(({ date }) => monthOf(date) === month.month);
    const bridge = bridgeOf(month, days, workload, bill.models);
    return [{ month: month.month, bill: month, unit, days, bridge }];
  });
  const [first, last] = [months[0], months.at(-1)];
  const changes = changesTable(months);
  return {
    schema: 'mtok.study/1',
    study: 'unit-value',
    title: `What users paid per token, beside ${history.index}`,
    about: `${whose} from ${first?.month ?? ''} to ${last?.month ?? ''}, ${history.index} ${origin}`,
    assumptions: ASSUMPTIONS(history.index),
    findings: [...bridgeFindings(last, history.index), ...changeFindings(months, changes)],
    warnings: warningsOf(bill, months),
    tables: [
      monthsTable(bill, months),
      changes,
      bridgeTable(months, bill.models),
      modelsTable(bill),
    ],
    charts: [
      {
        ...{ name: 'prices', title: 'What users paid, and the price of the basket', kind: 'line' },
        ...{ table: 'months', x: 'month', y: ['unit_value', 'index_price'], unit: 'USD/MTok' },
      },
      {
        ...{
          name: 'levels',
          title: 'Unit value, own basket and index, 100 at first',
          kind: 'line',
        },
        ...{ table: 'months', x: 'month', y: ['unit_value_index', 'own_basket', 'index_level'] },
        unit: 'points',
      },
    ],
    sources: [...sources],
  };
}

const ASSUMPTIONS = (index: string) => [
  `The unit value of a month is Σ usage · price / Σ usage, over the usage that has a price. Prices are the means of the days of the month, each model as ${index} determines prices. They are list prices: discounts, commitments and free tokens are not in them.`,
  `The price of ${index} is the mean of what it published on the days of the month: the price of its basket, in which nobody changes from one model to another.`,
  'A change of the unit value is split at the means of both months: prices of the models used in both, their split into input, cached input and output, their shares, models that came and models that went. The parts sum to the change; mix closes what rounding leaves.',
  'The difference to the index is split in this order, and another order would give other parts: the split into legs (usage, then the workload of the index), models outside its basket, weights within it, and the formula with rounding. The parts sum to the difference; formula closes it.',
  'Everything is exact, and rounded to 6 places where it is shown.',
];

function text(value: Decimal | undefined, places = PLACES): string {
  return value ? toFixedText(value, places) : '';
}

function rounded(value: Decimal): Decimal {
  return roundToPlaces(value, PLACES, 'half_even');
}

/** The parts that are shown sum to what they explain: the last one is what is left. */
function closed(whole: Decimal, parts: readonly Decimal[]): Decimal[] {
  const shown = parts.map(rounded);
  return [...shown, subtract(rounded(whole), sum(shown))];
}

function changesTable(months: readonly Valued[]): StudyTable {
  return {
    name: 'changes',
    title: 'What moved the unit value',
    columns: [
      column('month', 'month', 'the month; its change is from the one before'),
      column('change', 'decimal', 'of the unit value', 'USD/MTok'),
      column('price', 'decimal', 'prices of models used in both', 'USD/MTok'),
      column('split', 'decimal', 'input, cached input and output of a model', 'USD/MTok'),
      column('entry', 'decimal', 'models that were not there before', 'USD/MTok'),
      column('exit', 'decimal', 'models that are not there any more', 'USD/MTok'),
      column('mix', 'decimal', 'shares of models used in both', 'USD/MTok'),
    ],
    rows: months.flatMap((one, at) => {
      const before = months[at - 1];
      if (!before || before.month !== monthAfter(one.month, -1)) return [];
      const { price, split, entry, exit } = changeParts(before.bill, one.bill);
      // Both ends are rounded first: changes of the months sum to the change of them all.
      const change = subtract(rounded(one.unit), rounded(before.unit));
      const parts = closed(change, [price, split, entry, exit]);
      return [[one.month, text(change), ...parts.map((part) => text(part))]];
    }),
  };
}

function bridgeParts({ paid, atWorkload, inBasket, basket, published }: Bridge): Decimal[] {
  const within = inBasket ?? basket;
  const parts = [subtract(paid, atWorkload), subtract(atWorkload, within)];
  const difference = subtract(rounded(paid), rounded(published));
  return closed(difference, [...parts, subtract(within, basket)]);
}

function bridgeTable(months: readonly Valued[], models: Bill['models']): StudyTable {
  return {
    name: 'bridge',
    title: 'From the price of the index to what users paid',
    columns: [
      column('month', 'month', 'the month'),
      column('index_price', 'decimal', 'mean of the published prices', 'USD/MTok'),
      column('split', 'decimal', 'another split into legs than the workload', 'USD/MTok'),
      column('outside', 'decimal', 'models that are not in the basket', 'USD/MTok'),
      column('mix', 'decimal', 'other weights than those of the basket', 'USD/MTok'),
      column('formula', 'decimal', 'the formula of the index, and rounding', 'USD/MTok'),
      column('unit_value', 'decimal', 'what users paid', 'USD/MTok'),
      column('in_basket', 'decimal', 'tokens of models in the basket', 'share of priced tokens'),
    ],
    rows: months.flatMap(({ month, bridge, bill, days }) => {
      if (!bridge) return [];
      const parts = bridgeParts(bridge).map((part) => text(part));
      return [
        [month, text(bridge.published), ...parts, text(bridge.paid), insideOf(bill, days, models)],
      ];
    }),
  };
}

function insideOf(bill: BillMonth, days: readonly HistoryDay[], models: Bill['models']): string {
  const members = new Set(days.flatMap((day) => [...day.members.keys()]));
  const inside = new Map([...bill.tokens].filter(([id]) => isIn(members, id, models)));
  return share(spentIn({ ...bill, tokens: inside }).priced, spentIn(bill).priced);
}

function share(part: Decimal, whole: Decimal): string {
  return toText(whole) === '0' ? '' : toFixedText(divide(part, whole), 4);
}

const HUNDRED = decimal(100);
const MILLION = decimal(1_000_000);

function monthsTable(bill: Bill, months: readonly Valued[]): StudyTable {
  const own = fixedBasket(bill);
  const [first] = months;
  const index = (value: Decimal | undefined, base: Decimal | undefined) =>
    value && base ? text(divide(multiply(HUNDRED, value), base), 4) : '';
  const levels = new Map(months.map(({ month, days }) => [month, meanLevel(days)]));
  const base = [...levels.values()].find((level) => level !== undefined);
  return {
    name: 'months',
    title: 'What users paid, and the fixed basket',
    columns: [
      column('month', 'month', 'calendar month in UTC'),
      column('mtok', 'decimal', 'tokens used', 'MTok'),
      column('priced', 'decimal', 'of them, those that have a price', 'share'),
      column('spend', 'decimal', 'what these cost at list prices', 'USD'),
      column('unit_value', 'decimal', 'spend / tokens', 'USD/MTok'),
      column('index_price', 'decimal', 'mean of the published prices', 'USD/MTok'),
      column('difference', 'decimal', 'unit value less index price', 'USD/MTok'),
      column('unit_value_index', 'decimal', 'unit value, 100 in the first month', 'points'),
      column('own_basket', 'decimal', 'the usage of the first month, priced again', 'points'),
      column('index_level', 'decimal', 'mean level of the index, 100 at first', 'points'),
    ],
    rows: months.map(({ month, bill: of, unit, bridge }) => {
      const { spend, priced, tokens } = spentIn(of);
      const published = bridge?.published;
      return [
        ...[month, text(divide(tokens, MILLION), 3), share(priced, tokens), text(spend, 2)],
        ...[text(unit), text(published)],
        published ? text(subtract(rounded(unit), rounded(published))) : '',
        ...[index(unit, first?.unit), text(own.get(month), 4), index(levels.get(month), base)],
      ];
    }),
  };
}

function meanLevel(days: readonly HistoryDay[]): Decimal | undefined {
  const levels = days.flatMap(({ level }) => (level ? [level] : []));
  return levels.length === 0 ? undefined : divide(sum(levels), decimal(levels.length));
}

function bridgeFindings(last: Valued | undefined, index: string): string[] {
  if (!last?.bridge) return [];
  const [split = ZERO, outside = ZERO, mix = ZERO, formula = ZERO] = bridgeParts(last.bridge);
  const { paid, published } = last.bridge;
  const signed = (part: Decimal) => `${part.digits > 0n ? '+' : ''}${toFixedText(part, 4)}`;
  return [
    `In ${last.month} users paid ${text(paid, 4)} USD/MTok at list prices, where the basket of ${index} cost ${text(published, 4)}: ${signed(split)} for the split into legs, ${signed(outside)} for models outside the basket, ${signed(mix)} for the weights, ${signed(formula)} for formula and rounding.`,
  ];
}

function changeFindings(months: readonly Valued[], { rows }: StudyTable): string[] {
  const [first, last] = [months[0], months.at(-1)];
  if (!first || !last || rows.length !== months.length - 1 || rows.length === 0) return [];
  const total = (at: number) => sum(rows.map((row) => decimal(row[at] ?? '0')));
  const [price, split, entry, exit, mix] = [2, 3, 4, 5, 6].map((at) => toFixedText(total(at), 4));
  return [
    `From ${first.month} to ${last.month} the unit value changed by ${toFixedText(total(1), 4)} USD/MTok: prices ${price}, split ${split}, models that came ${entry}, models that went ${exit}, mix of the others ${mix}.`,
  ];
}

const SHOWN = 5;

function warningsOf(bill: Bill, months: readonly Valued[]): string[] {
  const spent = bill.months.map(spentIn);
  const [tokens, priced] = [
    sum(spent.map((one) => one.tokens)),
    sum(spent.map((one) => one.priced)),
  ];
  const left = subtract(tokens, priced);
  const names = [...new Set(spent.flatMap(({ unpriced }) => [...unpriced.keys()]))].sort();
  const more = names.length > SHOWN ? `, ${names.length - SHOWN} more` : '';
  const partial = bill.months.filter(({ days, covered }) => covered < days);
  const silent = months.filter(({ bridge }) => !bridge);
  return [
    ...(toText(left) === '0'
      ? []
      : [
          `${inWords(exactPercent(divide(left, tokens)), 1)}% of the tokens have no price, and are in no unit value: ${names.slice(0, SHOWN).join(', ')}${more}.`,
        ]),
    ...(toText(bill.unsplit) === '0'
      ? []
      : [
          `Of ${inWords(exactPercent(bill.unsplit), 1)}% of the tokens only the total is known: they are split as the index splits its usage, so that their split explains nothing.`,
        ]),
    ...(partial.length > 0
      ? [
          `Usage covers a part of the month alone: ${partial.map(({ month, days, covered }) => `${month} (${covered} of ${days} days)`).join(', ')}.`,
        ]
      : []),
    ...(silent.length > 0
      ? [`The index published nothing in ${silent.map(({ month }) => month).join(', ')}.`]
      : []),
    ...(months.length < 2 ? [`${counted(months.length, 'month')} has no change.`] : []),
  ];
}
