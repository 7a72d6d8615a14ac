import {
  compare,
  type Decimal,
  divide,
  isZero,
  sum,
  toFixedText,
  ZERO,
} from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import type { StudyTable } from '../domain/study.ts';
import type { Bill } from './bill.ts';
import { spentIn, tokensOf } from './bill-figures.ts';
import { column } from './column.ts';

/** What was used over all months, what cost most first. */
export function modelsTable({ months }: Bill): StudyTable {
  const totals = new Map<string, { tokens: Decimal; spend: Decimal; priced: boolean }>();
  for (const month of months) {
    for (const [id, billed] of month.tokens) {
      const before = totals.get(id) ?? { tokens: ZERO, spend: ZERO, priced: false };
      const own = spentIn({ ...month, tokens: new Map([[id, billed]]) });
      totals.set(id, {
        tokens: sum([before.tokens, tokensOf(billed)]),
        spend: sum([before.spend, own.spend]),
        priced: before.priced || own.unpriced.size === 0,
      });
    }
  }
  const [tokens, spend] = [
    sum([...totals.values()].map((one) => one.tokens)),
    sum([...totals.values()].map((one) => one.spend)),
  ];
  const share = (part: Decimal, whole: Decimal) =>
    isZero(whole) ? '' : toFixedText(divide(part, whole), 4);
  return {
    name: 'models',
    title: 'What was used',
    columns: [
      column('model', 'text', 'the model, or a seller and its model'),
      column('tokens', 'decimal', 'over all months', 'share'),
      column('spend', 'decimal', 'at list prices', 'share'),
      column('price', 'text', 'whether it has one in any month'),
    ],
    rows: [...totals]
      .sort(([a, one], [b, other]) => compare(other.spend, one.spend) || byCodePoint(a, b))
      .map(([id, one]) => [
        ...[id, share(one.tokens, tokens), share(one.spend, spend)],
        one.priced ? 'yes' : 'none',
      ]),
  };
}
