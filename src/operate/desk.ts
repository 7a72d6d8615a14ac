import type { Signer } from '../publish/log/keys.ts';

/** What an administrator works with: a book, the publication made of it, a key and a clock. */
export interface Desk {
  /** The directory of the book. */
  readonly book: string;
  /** The directory of the publication. */
  readonly publication: string;
  readonly signers: readonly Signer[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The clock of a desk in whole seconds, as documents write it. */
export function secondOf({ now }: Pick<Desk, 'now'>): number {
  return Math.floor(now() / 1000) * 1000;
}
