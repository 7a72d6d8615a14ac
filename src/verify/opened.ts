import type { Contents } from '../domain/publication.ts';
import type { Source } from './source.ts';
import type { Tiles } from './tiles.ts';
import type { Trusted } from './trust.ts';
import type { VerifierKey } from './verifier-key.ts';

/** What every check of a publication needs: a tree that is signed, and what it says is here. */
export interface Opened extends Trusted {
  readonly source: Source;
  readonly tiles: Tiles;
  readonly contents: Contents;
  /** Witnesses that the reader knows. */
  readonly witnesses: readonly VerifierKey[];
}
