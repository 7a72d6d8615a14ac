import { decimal, multiply, toFixedText } from '../../domain/decimal.ts';

/** Figures of a report for people, cut where a table would grow too long. */
const PERCENT_PLACES = 2;

/** `12.34%` of a share. */
export function percent(share: string): string {
  return `${toFixedText(multiply(decimal(share), decimal(100)), PERCENT_PLACES)}%`;
}

export const NONE = '–';

/** `1 day`, `2 days` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Days as a reader would write them. */
export function range(from: string, to: string): string {
  return from === to ? from : `${from} to ${to}`;
}

const MOST_ROWS = 60;

/** The first rows of a long list, and how many are left out. */
export function shortened<Row>(rows: readonly Row[]): { rows: readonly Row[]; more: string[] } {
  if (rows.length <= MOST_ROWS) return { rows, more: [] };
  const more = `… and ${rows.length - MOST_ROWS} more; \`--json\` has them all.`;
  return { rows: rows.slice(0, MOST_ROWS), more: [more] };
}
