import type { ModelAlias } from '../domain/rows.ts';

/** What the catalogue says of a model. */
export interface ModelFacts {
  readonly lab: string;
  readonly class: string;
  readonly openWeights: boolean;
}

/** Resolves the names under which models are sold. */
export interface Catalogue {
  /** The model that a name means at a seller at a moment; a name that is not mapped is its own. */
  resolve(seller: string, name: string, atMs: number): string;
  /** Every model that a name has ever meant at a seller, its own name where it is unmapped. */
  everMeant(seller: string, name: string): readonly string[];
  /** The moments at which a name starts or ceases to mean a model. */
  turningPoints(seller: string, name: string): readonly number[];
  /**
   * The first moment at or after another at which a name means a model; `undefined` where it never
   * does again. For the age of a model that is sold under an alias.
   */
  meansFrom(seller: string, name: string, model: string, afterMs: number): number | undefined;
  facts(model: string): ModelFacts | undefined;
  isMapped(seller: string, name: string): boolean;
}

/** Indexes the rows of `models.csv` (docs/formats.md). */
export function catalogueOf(aliases: readonly ModelAlias[]): Catalogue {
  const periods = new Map<string, ModelAlias[]>();
  const factsOf = new Map<string, ModelFacts>();
  for (const alias of aliases) {
    const key = nameKey(alias.seller, alias.sellerModel);
    periods.set(key, [...(periods.get(key) ?? []), alias]);
    factsOf.set(alias.model, alias);
  }
  // A seller's own row comes before the row that holds for every seller.
  const rows = (seller: string, name: string): readonly ModelAlias[] =>
    periods.get(nameKey(seller, name)) ?? periods.get(nameKey('', name)) ?? [];

  return {
    resolve: (seller, name, atMs) =>
      rows(seller, name).find((row) => holds(row, atMs))?.model ?? name,
    everMeant: (seller, name) => {
      const known = rows(seller, name);
      const always = known.some((row) => row.fromMs === null && row.untilMs === null);
      return [...new Set([...known.map((row) => row.model), ...(always ? [] : [name])])];
    },
    turningPoints: (seller, name) =>
      rows(seller, name).flatMap(({ fromMs, untilMs }) =>
        [fromMs, untilMs].filter((moment) => moment !== null),
      ),
    meansFrom: (seller, name, model, afterMs) => {
      const known = rows(seller, name);
      if (model === name && !known.some((row) => holds(row, afterMs))) return afterMs;
      const starts = known
        .filter((row) => row.model === model && (row.untilMs === null || afterMs < row.untilMs))
        .map((row) => Math.max(afterMs, row.fromMs ?? afterMs));
      return starts.length === 0 ? undefined : Math.min(...starts);
    },
    facts: (model) => factsOf.get(model),
    isMapped: (seller, name) => rows(seller, name).length > 0 || factsOf.has(name),
  };
}

function holds({ fromMs, untilMs }: ModelAlias, atMs: number): boolean {
  return (fromMs === null || fromMs <= atMs) && (untilMs === null || atMs < untilMs);
}

function nameKey(seller: string, name: string): string {
  return `${seller}\u0000${name}`;
}
