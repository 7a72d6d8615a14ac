import type { Contract } from '../domain/contract.ts';
import {
  type Decimal,
  decimal,
  divide,
  multiply,
  subtract,
  sum,
  toFixedText,
  toText,
} from '../domain/decimal.ts';
import type { Study, StudyTable } from '../domain/study.ts';
import type { Bill } from './bill.ts';
import { fixedBasket, spentIn, unitValueOf } from './bill-figures.ts';
import { column } from './column.ts';
import { counted, figure, inWords, percentFigure } from './figures.ts';
import { budgetTable, contractsFor } from './hedge-budget.ts';
import { FEWEST_CHANGES, GOOD_R_SQUARED, type Hedged, hedgeOf } from './hedged.ts';
import { modelsTable } from './models-table.ts';
import type { Month } from './months.ts';
import { movesIn } from './regression.ts';

/** A month's settlement of the contract, as far as it has one. */
export interface Settled {
  readonly month: Month;
  readonly value: Decimal | undefined;
  readonly status: string;
}

export interface HedgeAsked {
  readonly contract: Contract;
  readonly settled: readonly Settled[];
  /** The index whose rules price the bill; `undefined` for plain rules. */
  readonly pricedBy: string | undefined;
  /** USD a month that are to be hedged. */
  readonly budget: Decimal | undefined;
  readonly origin: string;
  readonly sources: readonly string[];
}

/** What a bill was hedged with: the parts that say it in words and numbers. */
interface Sides {
  readonly basket: Hedged;
  readonly unit: Hedged;
  readonly levels: ReadonlyMap<Month, Decimal>;
  readonly units: ReadonlyMap<Month, Decimal>;
  readonly contract: ReadonlyMap<Month, Decimal>;
}

/**
 * A company's bill as an index of its own against the settlement values of a contract: hedge ratio,
 * basis, worst month, and where the hedge fails. Pure.
 */
export function hedgeStudy(bill: Bill, asked: HedgeAsked): Study {
  const { contract, settled, sources, origin } = asked;
  const values = new Map(settled.flatMap(({ month, value }) => (value ? [[month, value]] : [])));
  const levels = fixedBasket(bill);
  const units = unitsOf(bill);
  const [basket, unit] = [hedgeOf(levels, values), hedgeOf(units, values)];
  const sides: Sides = { basket, unit, levels, units, contract: values };
  const [first, last] = [bill.months[0]?.month ?? '', bill.months.at(-1)?.month ?? ''];
  return {
    schema: 'mtok.study/1',
    study: 'hedge',
    title: `A bill hedged with ${contract.contract}`,
    about: `${counted(bill.months.length, 'month')} of usage from ${first} to ${last}, against settlement values ${origin}`,
    assumptions: assumptionsOf(asked),
    findings: [...findingsOf(sides, asked), ...budgetFindings(sides, asked)],
    warnings: warningsOf(bill, sides, asked),
    tables: [
      hedgeTable(sides),
      basisTable(bill, sides, asked),
      ...(asked.budget
        ? [budgetTable(basket, last, values, { ...asked, budget: asked.budget })]
        : []),
      modelsTable(bill),
    ],
    charts: [
      {
        ...{
          name: 'basis',
          title: 'The bill and the contract, 100 in the first month',
          kind: 'line',
        },
        ...{ table: 'basis', x: 'month', y: ['contract', 'basket', 'unit_cost_index'] },
        unit: 'points',
      },
      {
        ...{ name: 'changes', title: 'Monthly changes', kind: 'points', table: 'basis' },
        ...{ x: 'contract_change', y: ['basket_change'], label: 'month', unit: '% of the bill' },
      },
    ],
    sources: [...sources],
  };
}

function unitsOf({ months }: Bill): ReadonlyMap<Month, Decimal> {
  return new Map(
    months.flatMap((month) => {
      const unit = unitValueOf(spentIn(month));
      return unit ? [[month.month, unit] as const] : [];
    }),
  );
}

function priceOf(index: string | undefined): string {
  return index === undefined
    ? 'at its lab’s own list price, else the median of its sellers: quotes in force and known at the cut-off'
    : `as ${index} determines prices: quotes in force and known at the cut-off, its sellers, screens and region`;
}

function assumptionsOf({ pricedBy }: HedgeAsked): string[] {
  return [
    `A month of the bill is priced at the mean of its days, each model ${priceOf(pricedBy)}. What was agreed with a seller besides is not in it.`,
    'The fixed basket is the usage of the first month, priced again in each month (Laspeyres, 100 in the first); a model without a price moves with the rest. The unit cost is what a million tokens cost with the mix of each month.',
    'The hedge ratio is the slope of least squares, with an intercept, of the monthly changes of the cost on those of the settlement values, both as shares of the month before: the cost moves by so many percent where the contract moves by one. It is estimated on the months that it is judged by.',
    'The basis is the fixed basket less the contract, both 100 in the first month that has both. Hedged is the change of the cost less ratio times that of the contract, without costs of trading or margin.',
    `A hedge does nothing below 25% of the variance, or below 4/n of n changes, which unrelated ones pass about one time in twenty; from ${GOOD_R_SQUARED * 100}% on it hedges. At least ${FEWEST_CHANGES} changes are asked.`,
    'Prices, spending and settlement values are exact, and rounded where they are shown; statistics are doubles, rounded to 4 places.',
  ];
}

function findingsOf({ basket, unit }: Sides, { contract }: HedgeAsked): string[] {
  const id = contract.contract;
  const { line, verdict, worst, worstHedged } = basket;
  if (verdict.kind === 'undefined') {
    return [`The hedge ratio is undefined: ${verdict.why}.`];
  }
  if (verdict.kind === 'does_nothing') {
    return [
      `${id} does nothing for this bill: ${verdict.why}. Contracts would add risk, and take none away.`,
    ];
  }
  const does =
    verdict.kind === 'hedges'
      ? `${id} hedges the prices of this bill`
      : `${id} covers a part of what moves this bill`;
  return [
    `${does}: hedge ratio ${figure(line?.slope)}, R² ${figure(line?.rSquared)}, over ${counted(basket.changes.length, 'monthly change')}.`,
    `Unhedged a month's prices changed by ${inWords(percentFigure(basket.unhedged))}% (one standard deviation), hedged by ${inWords(percentFigure(basket.hedged))}%: ${inWords(percentFigure(1 - (line?.rSquared ?? 0)), 1)}% of the variance remains.`,
    worstFinding(worst, worstHedged),
    unitFinding(unit),
  ];
}

function worstFinding(worst: Hedged['worst'], hedged: Hedged['worst']): string {
  const percent = (share: number | undefined) => `${inWords(percentFigure(share))}%`;
  // A rise that is none at two places is not spoken of.
  const isRise = (share = 0) => share >= 0.00005;
  const [own, other] = [isRise(worst?.cost), isRise(hedged?.hedged)];
  if (!own && !other) return 'No month was dearer than the one before, hedged or not.';
  const unhedged = own
    ? `The worst month was ${worst?.month} unhedged (+${percent(worst?.cost)})`
    : 'Unhedged no month was dearer than the one before';
  return other
    ? `${unhedged}; hedged the worst one was ${hedged?.month} (+${percent(hedged?.hedged)}).`
    : `${unhedged}; hedged no month was dearer.`;
}

/** The contract hedges prices; what the company does with its mix is its own. */
function unitFinding({ line, verdict }: Hedged): string {
  if (verdict.kind === 'undefined' || verdict.kind === 'does_nothing') {
    return `With the mix of each month it does not hold: ${verdict.why}.`;
  }
  return `With the mix of each month, which no contract hedges, the ratio is ${figure(line?.slope)} and R² ${figure(line?.rSquared)}.`;
}

function budgetFindings({ basket, contract }: Sides, asked: HedgeAsked): string[] {
  const { budget } = asked;
  if (!budget) return [];
  const dollars = toFixedText(budget, 0);
  const found = contractsFor(basket, contract, { ...asked, budget });
  if (!found) return [`For ${dollars} USD a month no number of contracts is given.`];
  const { whole, exact, value } = found;
  return [
    `For ${dollars} USD a month: ${whole < 0 ? 'sell' : 'buy'} ${Math.abs(whole)} of ${toFixedText(value, 2)} USD each (${figure(exact)} before rounding).`,
  ];
}

function warningsOf(bill: Bill, { basket, contract }: Sides, asked: HedgeAsked): string[] {
  const { settled } = asked;
  const changes = basket.changes;
  const moved = movesIn(changes.map((one) => one.contract));
  const unpriced = unpricedShare(bill);
  const partial = bill.months.filter(({ days, covered }) => covered < days);
  const without = settled.filter(({ value }) => value === undefined);
  const few = 12;
  return [
    ...(changes.length > 0 && changes.length < few
      ? [
          `${counted(changes.length, 'monthly change')} are few: ratio and R² would be others with a year more.`,
        ]
      : []),
    ...(moved > 0 && moved < few / 2 && changes.length >= FEWEST_CHANGES
      ? [
          `The contract is a step function: it moved in ${moved} of ${changes.length} months, and the ratio rests on these.`,
        ]
      : []),
    ...(basket.line && basket.line.slope < 0
      ? ['The hedge ratio is negative: this bill fell where the contract rose.']
      : []),
    ...(unpriced.share === '' || Number(unpriced.share) === 0
      ? []
      : [
          `${inWords(percentFigure(Number(unpriced.share)))}% of the tokens have no price and are not hedged: ${unpriced.names.join(', ')}. A name that one seller gives a model needs the column seller.`,
        ]),
    ...(partial.length > 0
      ? [
          `Usage covers a part of the month alone: ${partial.map(({ month, days, covered }) => `${month} (${covered} of ${days} days)`).join(', ')}.`,
        ]
      : []),
    ...(without.length > 0
      ? [
          `Without a settlement: ${without.map(({ month, status }) => `${month} (${status})`).join(', ')}.`,
        ]
      : []),
    ...(asked.contract.currency === 'USD'
      ? []
      : [
          `The contract settles in ${asked.contract.currency}: its changes hold those of the exchange rate, while the bill is in dollars.`,
        ]),
    ...(toText(bill.unsplit) === '0'
      ? []
      : [
          `Of ${inWords(percentFigure(Number(toText(bill.unsplit))))}% of the tokens only the total is known: they are split as the index splits its usage.`,
        ]),
    ...(contract.size === 0 ? ['The contract has no settlement value in these months.'] : []),
  ];
}

const SHOWN_NAMES = 5;

function unpricedShare({ months }: Bill): { share: string; names: string[] } {
  const spent = months.map(spentIn);
  const names = [...new Set(spent.flatMap(({ unpriced }) => [...unpriced.keys()]))].sort();
  const all = sum(spent.map(({ tokens }) => tokens));
  const priced = sum(spent.map((one) => one.priced));
  const left = names.length - SHOWN_NAMES;
  const shown = names.slice(0, SHOWN_NAMES);
  return {
    share: toText(all) === '0' ? '' : toFixedText(divide(subtract(all, priced), all), 4),
    names: left > 0 ? [...shown, `${left} more`] : shown,
  };
}

function hedgeTable({ basket, unit }: Sides): StudyTable {
  const row = (name: string, of: Hedged) => {
    const { line, changes, worst, worstHedged } = of;
    return [
      ...[name, of.verdict.kind.replaceAll('_', ' '), String(changes.length)],
      String(movesIn(changes.map((one) => one.contract))),
      ...[figure(line?.slope), figure(line?.rSquared)],
      ...[percentFigure(of.unhedged), percentFigure(of.hedged)],
      ...[worst?.month ?? '', percentFigure(worst?.cost)],
      ...[worstHedged?.month ?? '', percentFigure(worstHedged?.hedged)],
    ];
  };
  return {
    name: 'hedge',
    title: 'Hedge ratio, and what it leaves',
    columns: [
      column('cost', 'text', 'the fixed basket of the first month, or the unit cost with its mix'),
      column('verdict', 'text', 'hedges, covers a part, does nothing, or undefined'),
      column('months', 'integer', 'monthly changes'),
      column('moved', 'integer', 'months in which the contract moved'),
      column('ratio', 'decimal', 'slope of least squares'),
      column('r2', 'decimal', 'share of the variance that the contract explains'),
      column('unhedged', 'decimal', 'standard deviation of monthly changes', '%'),
      column('hedged', 'decimal', 'the same with the hedge', '%'),
      column('worst', 'month', 'when the cost rose most'),
      column('worst_change', 'decimal', 'by how much', '%'),
      column('worst_hedged', 'month', 'when the hedged cost rose most'),
      column('worst_hedged_change', 'decimal', 'by how much', '%'),
    ],
    rows: [row('fixed basket', basket), row('unit cost', unit)],
  };
}

const HUNDRED = decimal(100);

function basisTable(bill: Bill, sides: Sides, { settled, contract }: HedgeAsked): StudyTable {
  const { levels, units, contract: values } = sides;
  const common = [...levels.keys()].find((month) => values.has(month));
  const scaled = (of: ReadonlyMap<Month, Decimal>, month: Month) => {
    const [base, value] = [of.get(common ?? ''), of.get(month)];
    return base && value ? divide(multiply(HUNDRED, value), base) : undefined;
  };
  const text = (value: Decimal | undefined, places = 4) =>
    value ? toFixedText(value, places) : '';
  const changes = new Map(sides.basket.changes.map((one) => [one.month, one]));
  const spent = new Map(bill.months.map((month) => [month.month, spentIn(month)]));
  const hasLine = sides.basket.line !== undefined;
  return {
    name: 'basis',
    title: 'Month by month: the bill, the contract and the basis',
    columns: [
      column('month', 'month', 'calendar month in UTC'),
      column('settled', 'decimal', 'settlement value of the contract', contract.unit),
      column('contract', 'decimal', 'the same, 100 in the first month that has both', 'points'),
      column('basket', 'decimal', 'cost of the fixed basket, likewise', 'points'),
      column('basis', 'decimal', 'basket less contract', 'points'),
      column('unit_cost', 'decimal', 'what a million tokens cost with their mix', 'USD/MTok'),
      column('unit_cost_index', 'decimal', 'the same, 100 in that month', 'points'),
      column('spend', 'decimal', 'what the usage of the month costs at list prices', 'USD'),
      column('basket_change', 'decimal', 'since the month before', '%'),
      column('contract_change', 'decimal', 'since the month before', '%'),
      column('hedged_change', 'decimal', 'basket less ratio times contract', '%'),
      column('status', 'text', 'of the settlement'),
    ],
    rows: settled.map(({ month, value, status }) => {
      const [own, other] = [scaled(levels, month), scaled(values, month)];
      const change = changes.get(month);
      return [
        ...[month, value ? toText(value) : '', text(other), text(own)],
        ...[own && other ? text(subtract(own, other)) : '', text(units.get(month), 6)],
        ...[text(scaled(units, month)), text(spent.get(month)?.spend, 2)],
        ...[percentFigure(change?.cost), percentFigure(change?.contract)],
        ...[hasLine ? percentFigure(change?.hedged) : '', status],
      ];
    }),
  };
}
