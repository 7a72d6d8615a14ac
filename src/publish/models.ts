import { csvLine } from '../domain/csv.ts';
import type { ModelAlias } from '../domain/rows.ts';
import type { Suggestion, Undecided } from '../normalize/suggest.ts';
import type { UnmappedName } from '../normalize/unmapped.ts';
import { csvText } from './csv.ts';

const COLUMNS = [
  ...([
    'model',
    'lab',
    'class',
    'open_weights',
    'seller',
    'seller_model',
    'from',
    'until',
  ] as const),
] as const;

/** Rows to append to models.csv: its columns, and no header. */
export function* aliasRows(suggestions: readonly Suggestion[]): Generator<string> {
  for (const { alias } of suggestions) {
    const cells = cellsOf(alias);
    yield `${csvLine(COLUMNS.map((column) => cells[column]))}\n`;
  }
}

/** The same for a person to read: with a header, how sure each is, and why. */
export function suggestionsCsv(suggestions: readonly Suggestion[]): Generator<string> {
  const rows = suggestions.map(({ alias, sure, reason }) => ({ ...cellsOf(alias), sure, reason }));
  return csvText([...COLUMNS, 'sure', 'reason'], rows);
}

/** Suggestions, and the names for which there is none, as a document. */
export function suggestionsDocument(
  suggestions: readonly Suggestion[],
  undecided: readonly Undecided[],
) {
  return {
    schema: 'mtok.models-suggest/1',
    suggestions: suggestions.map(({ alias, sure, reason }) => ({
      ...{ seller: alias.seller, seller_model: alias.sellerModel, model: alias.model },
      ...{ sure, reason },
    })),
    undecided: undecided.map((name) => ({ ...unmappedEntry(name), candidates: name.candidates })),
  };
}

export function unmappedDocument(names: readonly UnmappedName[]) {
  return { schema: 'mtok.models-unmapped/1', unmapped: names.map(unmappedEntry) };
}

function unmappedEntry({ seller, model, quotes, usage }: UnmappedName) {
  return { seller, seller_model: model, quotes, usage };
}

function cellsOf(alias: ModelAlias): Readonly<Record<(typeof COLUMNS)[number], string>> {
  return {
    model: alias.model,
    lab: alias.lab,
    class: alias.class,
    open_weights: String(alias.openWeights),
    seller: alias.seller,
    seller_model: alias.sellerModel,
    // A period is for a person to add: nothing in a name says one.
    from: '',
    until: '',
  };
}
