import { MtokError } from '../domain/failure.ts';
import { GOODS, type GoodId } from '../domain/goods.ts';
import type { Rulebook } from '../domain/rulebook.ts';

/** A command that speaks of one good asks for an index of it. @throws {MtokError} for another. */
export function requireGood(
  { index, good }: Pick<Rulebook, 'index' | 'good'>,
  wanted: GoodId,
): void {
  if (good === wanted) return;
  const [asked, found] = [GOODS[wanted].plural, GOODS[good].plural];
  throw new MtokError('usage', `expected an index of ${asked}, found ${index}: it is of ${found}`);
}
