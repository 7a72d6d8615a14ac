import { compare, decimal } from '../../domain/decimal.ts';
import { groupBy } from '../../domain/group.ts';
import type { YearReport } from '../../fix/report/report.ts';
import type { Sensitivity, Variant } from '../../fix/sensitivity.ts';
import { markdownTable, quoted } from '../methodology/markdown.ts';
import { NONE } from './cells.ts';

/** What other choices would have given: of each kind of choice, how far apart its variants are. */
export function sensitivitySections({ sensitivities }: YearReport): string[] {
  if (sensitivities.length === 0) return [];
  return ['### Sensitivity', ...sensitivities.flatMap(sectionOf)];
}

function sectionOf({ unit, date, own, variants }: Sensitivity): string[] {
  const value =
    own.level === null
      ? `withheld (${own.withheld.join(', ')})`
      : `${own.price} ${unit}, level ${own.level}`;
  const choices = groupBy(variants, ({ choice }) => choice);
  return [
    `On ${date} the index was ${value}. Each variant is a whole history under another choice; the level of it against that:`,
    markdownTable(
      ['choice', 'variants', 'without a value', 'lowest level', 'highest level'],
      [...choices].map(([choice, all]) => choiceCells(choice, all)),
    ),
  ];
}

function choiceCells(choice: string, variants: readonly Variant[]): string[] {
  const known = variants.flatMap(({ name, level_percent: percent }) =>
    percent === null ? [] : [{ name, percent }],
  );
  const sorted = known.sort((a, b) => compare(decimal(a.percent), decimal(b.percent)));
  const missing = variants.filter(({ level }) => level === null).length;
  const show = (one: (typeof known)[number] | undefined) =>
    one === undefined ? NONE : `${signed(one.percent)} (${quoted(one.name)})`;
  return [choice, String(variants.length), String(missing), show(sorted[0]), show(sorted.at(-1))];
}

function signed(percent: string): string {
  return percent.startsWith('-') || /^[0.]+$/.test(percent) ? `${percent}%` : `+${percent}%`;
}
