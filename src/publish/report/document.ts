import type { YearReport } from '../../fix/report/report.ts';
import { quoted, wrap } from '../methodology/markdown.ts';
import { basketSections } from './basket.ts';
import { daySections } from './days.ts';
import { decisionSections } from './decisions.ts';
import { sensitivitySections } from './sensitivity.ts';

/** What the figures were calculated from. */
export type RestsOn =
  | { readonly kind: 'book' }
  | {
      readonly kind: 'publication';
      readonly origin: string;
      readonly size: number;
      /** base64 */
      readonly root: string;
    };

/** The yearly report as a page for people. The same reports give the same text. */
export function renderReport(
  year: number,
  reports: readonly YearReport[],
  restsOn: RestsOn,
): string {
  const blocks = [`# Report of ${year}`, sourceOf(restsOn), ...reports.flatMap(indexSections)];
  return `${blocks.map(wrap).join('\n\n')}\n`;
}

function sourceOf(restsOn: RestsOn): string {
  if (restsOn.kind === 'book') {
    return 'Calculated from the book, as each fixing would come out of it: nothing here says that a fixing was published. With `--publication` the report rests on what was.';
  }
  const { origin, size, root } = restsOn;
  return `Calculated from the fixings that were published by the log \`${origin}\`, whose signed tree had ${size} entries and the root \`${root}\`, and from the rows and rulebooks published with them.`;
}

function indexSections(report: YearReport): string[] {
  const { index, title, unit, from, to, first, last, kept_back } = report;
  const prints =
    first && last
      ? `First value: ${first.price} ${unit}, level ${first.level}, on ${first.date}. Last value: ${last.price} ${unit}, level ${last.level}, on ${last.date}.`
      : 'No day has a value.';
  return [
    `## ${index}`,
    `**${quoted(title)}.** ${from} to ${to}. ${prints}`,
    ...(kept_back.length === 0
      ? []
      : [
          `The rows of ${kept_back.join(', ')} were not published: what needs them is not reported, and no sensitivity.`,
        ]),
    ...daySections(report),
    ...decisionSections(report),
    ...basketSections(report),
    ...sensitivitySections(report),
  ];
}
