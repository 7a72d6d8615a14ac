import type { Restatement } from '../../fix/report/decisions.ts';
import type { HoldYear } from '../../fix/report/holds.ts';
import type { YearReport } from '../../fix/report/report.ts';
import { markdownTable, quoted } from '../methodology/markdown.ts';
import { counted, NONE, range, shortened } from './cells.ts';

/** Where people decided, and what was put right. */
export function decisionSections(report: YearReport): string[] {
  return [
    '### Holds, decisions and judgements',
    ...holdLines(report),
    ...decisionLines(report),
    ...judgementLines(report),
    '### Corrections and restatements',
    ...correctionLines(report),
    ...restatementLines(report),
    ...recordLines(report),
  ];
}

function holdLines({ holds }: YearReport): string[] {
  const stood = `${counted(holds.fixings_with_held_prices, 'fixing')} had a price that stood because a newer quote was held.`;
  if (holds.holds === null) {
    return [`${stood} Which quotes were held cannot be told: not all rows were published.`];
  }
  if (holds.holds.length === 0) return [`${stood} No quote was held at a cut-off.`];
  const { rows, more } = shortened(holds.holds);
  const outcomes = Object.entries(holds.outcomes ?? {}).map(([name, count]) => `${count} ${name}`);
  return [
    `${stood} ${counted(holds.holds.length, 'quote')} waited at a cut-off: ${outcomes.join(', ')}.`,
    markdownTable(
      ['quote', 'of', 'why', 'held at', 'fixings', 'outcome', 'by', 'because'],
      rows.map(holdCells),
    ),
    ...more,
  ];
}

function holdCells(hold: HoldYear): string[] {
  const { seller, quoted_as, venue, effective_at, suspicions, first_day, last_day } = hold;
  const at = venue === seller ? '' : ` at ${venue}`;
  return [
    quoted(`${seller} ${quoted_as}${at}`),
    ...[effective_at, suspicions.join(', '), range(first_day, last_day), String(hold.fixings)],
    ...[hold.outcome, ...saidBy(hold)],
  ];
}

function decisionLines({ decisions }: YearReport): string[] {
  if (decisions.length === 0) return ['No fixing prints a decision on a quote.'];
  const { rows, more } = shortened(decisions);
  return [
    'Decisions that fixings print:',
    markdownTable(
      ['quote', 'of', 'decision', 'by', 'because', 'at', 'fixings'],
      rows.map((one) => [
        ...[quoted(`${one.seller} ${one.quoted_as}`), one.effective_at, one.decision],
        ...[...saidBy(one), one.decided_at, String(one.fixings)],
      ]),
    ),
    ...more,
  ];
}

function judgementLines({ unit, judgements }: YearReport): string[] {
  const count = judgements.fixings_with_judged_prices;
  if (count === 0) return ['No fixing has a judged price.'];
  const stood = `${counted(count, 'fixing')} had a judged price.`;
  if (judgements.judgements === null) return [`${stood} The judgements were not published.`];
  return [
    stood,
    markdownTable(
      ['constituent', 'for', unit, 'by', 'because', 'at', 'fixings'],
      judgements.judgements.map((one) => [
        ...[quoted(one.constituent), `${one.from} to ${one.until ?? 'further notice'}`],
        ...[legs(one.legs), ...saidBy(one), one.decided_at, String(one.fixings)],
      ]),
    ),
  ];
}

function correctionLines({ corrections }: YearReport): string[] {
  if (corrections === null) return ['Corrections were not published.'];
  if (corrections.length === 0) return ['No correction became known.'];
  const { rows, more } = shortened(corrections);
  return [
    `${counted(corrections.length, 'correction')} became known:`,
    markdownTable(
      ['quote', 'of', 'was', 'is', 'known since', 'because'],
      rows.map((one) => [
        ...[quoted(`${one.seller} ${one.quoted_as}`), one.effective_at, legs(one.was)],
        ...[one.is === null ? 'rejected' : legs(one.is), one.known_since ?? 'the quote'],
        quoted(one.reason),
      ]),
    ),
    ...more,
  ];
}

function restatementLines({ restatements }: YearReport): string[] {
  if (restatements.length === 0) return ['No fixing was restated.'];
  return [
    `${counted(restatements.length, 'restatement')}:`,
    markdownTable(
      ['fixing', 'known at', 'price', 'level', 'level moved', 'threshold', 'because'],
      restatements.map(restatementCells),
    ),
  ];
}

/** What users were told, and who approved; a book has no log of either. */
function recordLines({ notices, approvals }: YearReport): string[] {
  if (notices === null || approvals === null) return [];
  const { rows, more } = shortened(notices);
  const signed = approvals.map(({ name, fixings }) => `${quoted(name)} ${fixings}`);
  return [
    '### Notices and approvals',
    ...(rows.length === 0
      ? ['No notice was logged.']
      : [
          markdownTable(
            ['dated', 'notice', 'what it says'],
            rows.map((one) => [one.dated, one.notice.replaceAll('_', ' '), quoted(one.text)]),
          ),
        ]),
    ...more,
    signed.length === 0
      ? 'No fixing has approvals beside the signature of its publisher.'
      : `Fixings approved, by key: ${signed.join(', ')}.`,
  ];
}

function restatementCells(one: Restatement): string[] {
  const { date, revision, known_at, price, level, beyond_threshold, threshold, reason } = one;
  const step = ({ before, after }: Restatement['level']) =>
    `${before ?? 'withheld'} → ${after ?? 'withheld'}`;
  const words = beyond_threshold === null ? '' : beyond_threshold ? ', beyond' : ', within';
  return [
    ...[`${date} revision ${revision}`, known_at, step(price), step(level)],
    ...[level.percent === null ? NONE : `${level.percent}%`, `${threshold}${words}`],
    reason === null ? NONE : quoted(reason),
  ];
}

function saidBy({ by, rationale }: { by: readonly string[]; rationale: string | null }): string[] {
  return [by.length === 0 ? NONE : quoted(by.join(', ')), rationale ? quoted(rationale) : NONE];
}

function legs(all: Readonly<Record<string, string>>): string {
  return Object.entries(all)
    .map(([leg, price]) => `${leg.replaceAll('_', ' ')} ${price}`)
    .join(', ');
}
