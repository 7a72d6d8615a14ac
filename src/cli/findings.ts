import { nearest } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';

/** Something that `check` found: what makes a fixing wrong or impossible, or only worth knowing. */
export interface Finding {
  readonly code: string;
  readonly message: string;
}

/** What a name in a rulebook may refer to. */
interface Names {
  has(name: string): boolean;
  /** All of them, to find the nearest. */
  readonly all: () => Iterable<string>;
}

/** Names in rulebooks that nothing in the book answers to are typing errors, or worse. */
export function unknownNames(rulebooks: readonly Rulebook[], { rows }: Evidence): Finding[] {
  const [models, labs, classes] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const sellers = new Set<string>();
  for (const row of rows.models) {
    models.add(row.model);
    labs.add(row.lab);
    classes.add(row.class);
  }
  for (const quote of rows.quotes) {
    sellers.add(quote.seller);
    labs.add(quote.lab || quote.seller);
    models.add(quote.model);
  }
  const constituents: Names = {
    has: (name) => models.has(name) || [...sellers].some((seller) => isSoldBy(seller, name)),
    all: () => [
      ...models,
      ...[...sellers].flatMap((seller) => [...models].map((model) => `${seller}/${model}`)),
    ],
  };
  return rulebooks.flatMap(({ index, universe: { include, exclude }, weights }) => {
    const missing = (key: string, named: readonly string[], known: Names): Finding[] =>
      named
        .filter((name) => !known.has(name))
        .map((name) => {
          const near = nearest(name, known.all());
          const advice = near ? `: did you mean ${near}?` : '';
          const message = `${index}: nothing in the book is called ${name}${advice} (${key})`;
          return { code: 'unknown_name', message };
        });
    return [
      ...missing('universe.include.models', include.models, namesOf(models)),
      ...missing('universe.include.labs', include.labs, namesOf(labs)),
      ...missing('universe.include.sellers', include.sellers, namesOf(sellers)),
      ...missing('universe.include.classes', include.classes, namesOf(classes)),
      ...missing('universe.exclude.models', exclude.models, namesOf(models)),
      ...missing('universe.exclude.sellers', exclude.sellers, namesOf(sellers)),
      ...missing('weights.fixed', Object.keys(weights.fixed), constituents),
    ];
  });

  function isSoldBy(seller: string, name: string): boolean {
    return name.startsWith(`${seller}/`) && models.has(name.slice(seller.length + 1));
  }
}

function namesOf(names: ReadonlySet<string>): Names {
  return { has: (name) => names.has(name), all: () => names };
}
