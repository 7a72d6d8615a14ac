import { nearest } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';

/** Something that `check` found: what makes a fixing wrong or impossible, or only worth knowing. */
export interface Finding {
  readonly code: string;
  readonly message: string;
}

/** Names in a rulebook that nothing in the book answers to are typing errors, or worse. */
export function unknownNames(rulebook: Rulebook, evidence: Evidence): Finding[] {
  const { include, exclude } = rulebook.universe;
  const { rows } = evidence;
  const models = new Set(rows.models.map(({ model }) => model));
  const labs = new Set(rows.models.map(({ lab }) => lab));
  const classes = new Set(rows.models.map((row) => row.class));
  const sellers = new Set<string>();
  for (const quote of rows.quotes) {
    sellers.add(quote.seller);
    labs.add(quote.lab || quote.seller);
    models.add(quote.model);
  }
  const constituents = new Set([
    ...models,
    ...[...sellers].flatMap((seller) => sellerModels(seller)),
  ]);
  const missing = (key: string, named: readonly string[], known: ReadonlySet<string>): Finding[] =>
    named
      .filter((name) => !known.has(name))
      .map((name) => {
        const near = nearest(name, known);
        const advice = near ? `: did you mean ${near}?` : '';
        const message = `${rulebook.index}: nothing in the book is called ${name}${advice}`;
        return { code: 'unknown_name', message: `${message} (${key})` };
      });
  return [
    ...missing('universe.include.models', include.models, models),
    ...missing('universe.include.labs', include.labs, labs),
    ...missing('universe.include.sellers', include.sellers, sellers),
    ...missing('universe.include.classes', include.classes, classes),
    ...missing('universe.exclude.models', exclude.models, models),
    ...missing('universe.exclude.sellers', exclude.sellers, sellers),
    ...missing('weights.fixed', Object.keys(rulebook.weights.fixed), constituents),
  ];

  function sellerModels(seller: string): string[] {
    return [...models].map((model) => `${seller}/${model}`);
  }
}
