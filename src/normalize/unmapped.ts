import { byCodePoint, groupBy } from '../domain/group.ts';
import type { BookRows, Quote, Usage } from '../domain/rows.ts';
import { catalogueOf } from './catalogue.ts';

/** A name under which a model is sold or used, and that no row of the catalogue knows. */
export interface UnmappedName {
  /** Empty for a name in usage that holds at any seller. */
  readonly seller: string;
  readonly model: string;
  readonly quotes: number;
  /** Rows of usage. */
  readonly usage: number;
}

/** Every name that keeps its own id, by seller and name. */
export function unmappedNames({
  quotes,
  usage,
  models,
}: Pick<BookRows, 'quotes' | 'usage' | 'models'>): UnmappedName[] {
  const catalogue = catalogueOf(models);
  const uses: readonly (Quote | Usage)[] = [...quotes, ...usage];
  const isUnknown = ({ seller, model }: Quote | Usage) => !catalogue.isMapped(seller, model);
  const keyOf = ({ seller, model }: Quote | Usage) => JSON.stringify([seller, model]);
  return [...groupBy(uses.filter(isUnknown), keyOf).values()]
    .flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const quoted = group.filter((use) => 'legs' in use).length;
      const { seller, model } = first;
      return [{ seller, model, quotes: quoted, usage: group.length - quoted }];
    })
    .sort((a, b) => byCodePoint(a.seller, b.seller) || byCodePoint(a.model, b.model));
}
