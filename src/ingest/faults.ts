import { describeReject, type Reject } from '../domain/failure.ts';

const SHOWN = 20;

/** The rejects of files that people keep by hand: the first ones in full, and how many more. */
export function describeAll(rejects: readonly Reject[]): string {
  const lines = rejects.slice(0, SHOWN).map(describeReject);
  const left = rejects.length - lines.length;
  return [...lines, ...(left > 0 ? [`… and ${left} more`] : [])].join('\n');
}
