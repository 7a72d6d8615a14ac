import type { Distribution } from '../../fix/report/distribution.ts';
import type { YearReport } from '../../fix/report/report.ts';
import { markdownTable, quoted, short } from '../methodology/markdown.ts';
import { counted, NONE, percent, shortened } from './cells.ts';

/** What the index rested on through the year, who could move it, and by which rules. */
export function basketSections(report: YearReport): string[] {
  return [
    '### Evidence',
    ...evidenceLines(report),
    '### Coverage and concentration',
    ...concentrationLines(report),
    '### Rulebooks and rebalances',
    ...ruleLines(report),
  ];
}

function evidenceLines({ evidence, exclusions }: YearReport): string[] {
  const unused = exclusions.map(({ reason, quotes }) => `${quotes} ${reason}`);
  return [
    'What the prices of the constituents rested on, one price a constituent and day:',
    markdownTable(
      ['evidence', 'prices', 'of all prices', 'of value, mean of the days', 'days with any'],
      evidence.map((one) => [
        ...[one.evidence.replaceAll('_', ' '), String(one.prices), percent(one.share_of_prices)],
        ...[percent(one.mean_share_of_value), String(one.days)],
      ]),
    ),
    unused.length === 0
      ? 'Every quote of the universe was used on every day.'
      : `Quotes of the universe that were not used, counted once a day: ${unused.join(', ')}.`,
  ];
}

function concentrationLines({ coverage, concentration }: YearReport): string[] {
  const { hhi, largest_constituent, largest_lab, single_seller, months } = concentration;
  const row = (name: string, one: Distribution, show: (text: string) => string) => [
    ...[name, `${show(one.least)} (${one.least_on})`, show(one.lower_quartile), show(one.median)],
    ...[show(one.upper_quartile), `${show(one.most)} (${one.most_on})`, show(one.mean)],
  ];
  const plain = (text: string) => text;
  return [
    'Over the days, by share of value; of equal values the first day is named:',
    markdownTable(
      ['figure', 'least', 'lower quartile', 'median', 'upper quartile', 'most', 'mean'],
      [
        row('coverage', coverage, percent),
        row('Herfindahl-Hirschman index', hhi, plain),
        row('largest constituent', largest_constituent, percent),
        row('largest lab', largest_lab, percent),
        row('on a single seller', single_seller, percent),
      ],
    ),
    `The largest share of a constituent was that of ${quoted(largest_constituent.id)}, of a lab that of ${quoted(largest_lab.id)}. At the last fixing of each month:`,
    markdownTable(
      ['on', 'constituents', 'coverage', 'HHI', 'largest constituent', 'largest lab'],
      months.map((one) => [
        ...[one.date, String(one.constituents), percent(one.coverage), one.hhi],
        `${quoted(one.largest_constituent)} ${percent(one.largest_constituent_share)}`,
        `${quoted(one.largest_lab)} ${percent(one.largest_lab_share)}`,
      ]),
    ),
  ];
}

function ruleLines({ rulebooks, rebalances }: YearReport): string[] {
  const versions = markdownTable(
    ['rulebook', 'SHA-256', 'first fixing', 'last fixing', 'fixings'],
    rulebooks.map(({ version, sha256, first_day, last_day, fixings }) => [
      ...[version, `\`${sha256}\``, first_day, last_day, String(fixings)],
    ]),
  );
  if (rebalances.length === 0) return [versions, 'No new basket was adopted.'];
  const { rows, more } = shortened(rebalances);
  return [
    versions,
    `${counted(rebalances.length, 'new basket')}:`,
    markdownTable(
      ['series', 'first day', 'constituents', 'entered', 'left', 'step in price'],
      rows.map((one) => [
        ...[String(one.series), one.first_day, String(one.constituents)],
        ...[listed(one.entered), listed(one.left)],
        one.roll_spread === null ? NONE : short(one.roll_spread, 6),
      ]),
    ),
    ...more,
  ];
}

const NAMED = 6;

function listed(ids: readonly string[]): string {
  if (ids.length === 0) return NONE;
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
  return `${quoted(ids.slice(0, NAMED).join(', '))}${more}`;
}
