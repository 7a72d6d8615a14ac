import type { YearReport } from '../../fix/report/report.ts';
import { markdownTable } from '../methodology/markdown.ts';
import { counted, NONE, range, shortened } from './cells.ts';

/** The days of the year, those without a value of their own, and how near each gate came. */
export function daySections(report: YearReport): string[] {
  return ['### Days', dayTable(report), ...exceptionLines(report), ...gateLines(report)];
}

function dayTable({ days }: YearReport): string {
  const { scheduled, published, repeated, withheld, missing, live, reconstructed } = days;
  return markdownTable(
    ['scheduled', 'published', 'repeated', 'withheld', 'missing', 'live', 'reconstructed'],
    [[scheduled, published, repeated, withheld, missing ?? NONE, live, reconstructed].map(String)],
  );
}

function exceptionLines({ exceptions, reasons, days }: YearReport): string[] {
  if (exceptions.length === 0) return ['Every scheduled day has a value of its own.'];
  const { rows, more } = shortened(exceptions);
  const counts = reasons.map(({ reason, days: count }) => `${reason} ${counted(count, 'day')}`);
  return [
    ...(counts.length === 0 ? [] : [`Reasons: ${counts.join(', ')}.`]),
    markdownTable(
      ['exception', 'days', 'what', 'why'],
      rows.map(({ from, to, days: length, status, reasons: why }) => [
        ...[range(from, to), String(length), status, why.join(', ')],
      ]),
    ),
    ...more,
    ...(days.missing === null
      ? ['The calendar was not published: days without a fixing cannot be told.']
      : []),
  ];
}

function gateLines({ gates }: YearReport): string[] {
  if (gates.length === 0) return ['The rulebook has no gates.'];
  return [
    'How near each gate came to its threshold:',
    markdownTable(
      ['gate', 'threshold', 'days measured', 'days failed', 'nearest', 'on'],
      gates.map(({ name, thresholds, measured_days, failed_days, nearest, nearest_on }) => [
        ...[name, thresholds.join(', then '), String(measured_days), String(failed_days)],
        ...[nearest === null ? NONE : cut(nearest), nearest_on ?? NONE],
      ]),
    ),
  ];
}

/** Six places are enough to see on which side of a threshold it lies. */
function cut(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  return fraction.length > 6 ? `${whole}.${fraction.slice(0, 6)}…` : text;
}
