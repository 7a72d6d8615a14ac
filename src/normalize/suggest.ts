import { toText } from '../domain/decimal.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import { sameLegs } from '../domain/offer.ts';
import type { BookRows, ModelAlias, Quote } from '../domain/rows.ts';
import { type NameForm, type NameStep, nameForms } from './name-forms.ts';
import { byTime } from './reduce.ts';
import { type UnmappedName, unmappedNames } from './unmapped.ts';

export type Sureness = 'high' | 'medium' | 'low';

/** A row that the catalogue may get, and why. A person decides: a name is no proof. */
export interface Suggestion {
  /** The row as it would be, without a period. */
  readonly alias: ModelAlias;
  readonly sure: Sureness;
  readonly reason: string;
}

/** A name for which the catalogue has several models, or none. */
export interface Undecided extends UnmappedName {
  readonly candidates: readonly string[];
}

export interface Suggestions {
  readonly suggestions: readonly Suggestion[];
  readonly undecided: readonly Undecided[];
}

/**
 * Proposes what unmapped names mean: the one model of which a name in the catalogue is the same but
 * for its region, lab, revision, date or packaging. Prices make a proposal more or less sure; they
 * never make one, since half of all models cost the same.
 */
export function suggestAliases(rows: Pick<BookRows, 'quotes' | 'usage' | 'models'>): Suggestions {
  const known = knownForms(rows.models);
  const prices = lastPrices(rows.quotes);
  const aliases = groupBy(rows.models, ({ model }) => model);
  const suggestions: Suggestion[] = [];
  const undecided: Undecided[] = [];
  for (const name of unmappedNames(rows)) {
    const best = nearestNames(name.model, known);
    const models = [...new Set(best.map(({ alias }) => alias.model))];
    // Of several names for one model the seller's own is the best witness.
    const witness = best.find(({ alias }) => alias.seller === name.seller) ?? best[0];
    if (models.length === 1 && witness) suggestions.push(proposal(name, witness, prices, aliases));
    else undecided.push({ ...name, candidates: models.sort(byCodePoint) });
  }
  return { suggestions, undecided };
}

interface KnownName {
  readonly alias: ModelAlias;
  readonly name: string;
  readonly form: NameForm;
}

/** Every form of every name in the catalogue, and of the models' own ids. */
function knownForms(models: readonly ModelAlias[]): Map<string, KnownName[]> {
  const names = models.flatMap((alias) => [
    ...nameForms(alias.sellerModel).map((form) => ({ alias, name: alias.sellerModel, form })),
    ...nameForms(alias.model).map((form) => ({ alias, name: alias.model, form })),
  ]);
  return groupBy(names, ({ form }) => form.text);
}

interface Match extends KnownName {
  readonly own: NameForm;
  readonly cost: number;
}

/** The names in the catalogue that share a form with a name, at the least that is taken off. */
function nearestNames(name: string, known: ReadonlyMap<string, readonly KnownName[]>): Match[] {
  const matches = nameForms(name).flatMap((own) =>
    (known.get(own.text) ?? []).map((one) => ({
      ...one,
      own,
      cost: costOf(own) + costOf(one.form),
    })),
  );
  const least = Math.min(...matches.map(({ cost }) => cost));
  return matches.filter(({ cost }) => cost === least);
}

/** A region or a prefix says nothing about the model; a date may, and packaging does at times. */
const COSTS: Readonly<Record<NameStep, number>> = {
  ...{ region: 0, lab: 0, revision: 1, date: 2, packaging: 3 },
};

function costOf({ steps }: NameForm): number {
  return steps.reduce((sum, step) => sum + COSTS[step], 0);
}

const LEVELS: readonly Sureness[] = ['low', 'medium', 'high'];

const WORDS: Readonly<Record<NameStep, string>> = {
  ...{ region: 'region', lab: 'prefix', revision: 'revision', date: 'date' },
  packaging: 'packaging',
};

function proposal(name: UnmappedName, match: Match, prices: Prices, aliases: Aliases): Suggestion {
  const { alias, own, form, cost } = match;
  const steps = [...new Set([...own.steps, ...form.steps])];
  const parts = steps.length === 0 ? 'spelling' : steps.map((step) => WORDS[step]).join(', ');
  const reasons = [`${match.name} but for its ${parts}`];
  // Packaging is another model now and then: gpt-3.5-turbo-instruct is no gpt-3.5-turbo.
  const highest = steps.includes('packaging') ? 1 : 2;
  let level = cost <= 1 ? 2 : cost <= 3 ? 1 : 0;
  const priced = priceWitness(name, alias.model, prices, aliases);
  if (priced?.same) {
    level = Math.min(highest, level + 1);
    reasons.push(`at the price of ${priced.of}`);
  } else if (priced?.ownSeller && !steps.includes('region')) {
    // A region may cost more; the same model under two names of one seller does not.
    level = 0;
    reasons.push(`not at the price of ${priced.of} (${priced.texts.join(', ')})`);
  }
  if (moves(alias)) {
    level = 0;
    reasons.push('a name that moves from model to model');
  }
  return {
    alias: { ...alias, seller: name.seller, sellerModel: name.model, fromMs: null, untilMs: null },
    sure: LEVELS[level] ?? 'low',
    reason: reasons.join('; '),
  };
}

function moves({ fromMs, untilMs }: ModelAlias): boolean {
  return fromMs !== null || untilMs !== null;
}

/** The rows of the catalogue by model. */
type Aliases = ReadonlyMap<string, readonly ModelAlias[]>;

type Prices = ReadonlyMap<string, Quote>;

/** The last price of each seller's name: standard, at the first context tier, all day. */
function lastPrices(quotes: readonly Quote[]): Prices {
  const last = new Map<string, Quote>();
  const plain = quotes.filter(
    ({ serviceTier, contextFrom, windowUtc, event }) =>
      serviceTier === 'standard' && contextFrom === 0 && windowUtc === '' && event === 'quote',
  );
  for (const quote of plain.sort(byTime)) last.set(nameKey(quote.seller, quote.model), quote);
  return last;
}

/** What the model costs at the same seller under a name that is mapped, else at its lab. */
function priceWitness(
  { seller, model: name }: UnmappedName,
  model: string,
  prices: Prices,
  aliases: Aliases,
) {
  const own = prices.get(nameKey(seller, name));
  if (!own) return undefined;
  // A name that moves has had the prices of other models.
  const rows = (aliases.get(model) ?? []).filter((row) => !moves(row));
  for (const at of [seller, ...rows.map(({ lab }) => lab)]) {
    for (const row of rows) {
      if (row.seller !== at && row.seller !== '') continue;
      const other = prices.get(nameKey(at, row.sellerModel));
      if (!other || other === own || other.currency !== own.currency) continue;
      const [a, b] = [sidesOf(own), sidesOf(other)];
      const texts = [a, b].map((sides) => Object.values(sides).map(toText).join('/'));
      return { same: sameLegs(a, b), ownSeller: at === seller, of: row.sellerModel, texts };
    }
  }
  return undefined;
}

/** A source that has no cached price says the same as one that has. */
function sidesOf({ legs: { input, output } }: Quote): Quote['legs'] {
  return { ...(input ? { input } : {}), ...(output ? { output } : {}) };
}

function nameKey(seller: string, name: string): string {
  return JSON.stringify([seller, name]);
}
