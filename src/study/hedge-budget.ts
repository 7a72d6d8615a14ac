import type { Contract } from '../domain/contract.ts';
import { type Decimal, multiply, toFixedText, toText } from '../domain/decimal.ts';
import type { StudyTable } from '../domain/study.ts';
import { column } from './column.ts';
import { figure } from './figures.ts';
import type { Hedged } from './hedged.ts';
import type { Month } from './months.ts';

export interface BudgetAsked {
  readonly contract: Contract;
  /** USD a month. */
  readonly budget: Decimal;
}

/** How many contracts hedge a month's budget. */
export interface Contracts {
  /** Before rounding, and as whole contracts; negative ones are to be sold. */
  readonly exact: number;
  readonly whole: number;
  /** USD that one contract is worth at its last settlement. */
  readonly value: Decimal;
}

/**
 * ratio · budget / (multiplier · last settlement value); `undefined` where there is no ratio or it
 * does nothing.
 */
export function contractsFor(
  { line, verdict }: Hedged,
  settled: ReadonlyMap<Month, Decimal>,
  { contract, budget }: BudgetAsked,
): Contracts | undefined {
  const last = [...settled].sort(([a], [b]) => (a < b ? -1 : 1)).at(-1)?.[1];
  if (!line || !last || verdict.kind === 'does_nothing' || verdict.kind === 'undefined') {
    return undefined;
  }
  const value = multiply(contract.multiplier.size, last);
  const exact = (line.slope * Number(toText(budget))) / Number(toText(value));
  return { exact, whole: Math.round(exact), value };
}

/** What a budget is exposed to, in dollars, and what whole contracts leave of it. */
export function budgetTable(
  hedged: Hedged,
  month: Month,
  settled: ReadonlyMap<Month, Decimal>,
  asked: BudgetAsked,
): StudyTable {
  const { budget } = asked;
  const dollars = Number(toText(budget));
  const found = contractsFor(hedged, settled, asked);
  const of = (share: number | null | undefined) =>
    share === null || share === undefined ? '' : figure(share * dollars, 2);
  // What is held in whole contracts is not the ratio itself.
  const held = found ? (found.whole * Number(toText(found.value))) / dollars : 0;
  const left = hedged.changes.map((one) => one.cost - held * one.contract);
  return {
    name: 'budget',
    title: 'For a budget of so much a month',
    columns: [
      column('budget', 'decimal', 'what is to be hedged', 'USD a month'),
      column('after', 'month', 'the last month of the bill'),
      column('contract_value', 'decimal', 'multiplier times the last settlement value', 'USD'),
      column('contracts_exact', 'decimal', 'ratio times budget / contract value'),
      column('contracts', 'integer', 'in whole contracts; negative: to be sold'),
      column('unhedged', 'decimal', 'standard deviation of a month', 'USD'),
      column('hedged', 'decimal', 'the same with the ratio', 'USD'),
      column('worst_unhedged', 'decimal', 'what the worst month would have added', 'USD'),
      column('worst_held', 'decimal', 'the same with the whole contracts', 'USD'),
    ],
    rows: [
      [
        ...[toText(budget), month, found ? toFixedText(found.value, 2) : ''],
        ...[figure(found?.exact), found ? String(found.whole) : ''],
        ...[of(hedged.unhedged), of(hedged.hedged), of(hedged.worst?.cost)],
        found ? of(Math.max(...left)) : '',
      ],
    ],
  };
}
