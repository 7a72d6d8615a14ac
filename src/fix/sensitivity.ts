import type { Day } from '../domain/dates.ts';
import {
  type Decimal,
  decimal,
  divideToPlaces,
  multiply,
  subtract,
  toFixedText,
} from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import { WEIGHTS_OF_FORMULA } from '../domain/formulas.ts';
import { byCodePoint } from '../domain/group.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { inOrder, latestOf, type OneOrMore } from '../domain/versions.ts';
import type { DeclaredWorkload } from '../domain/workload.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { calculateFixing, type FixingOptions, type NoFixing } from './fixing.ts';

/** One fixing as it is, and as other choices would have it. Decimals are text. */
export interface Sensitivity {
  readonly schema: 'mtok.sensitivity/1';
  readonly index: string;
  readonly unit: string;
  readonly date: Day;
  readonly own: Outcome;
  readonly variants: readonly Variant[];
}

/** `null` where a fixing is withheld, or cannot be. */
export interface Outcome {
  readonly price: string | null;
  readonly level: string | null;
  readonly constituents: number | null;
  /** Why there is no value. */
  readonly withheld: readonly string[];
}

export interface Variant extends Outcome {
  /** What is chosen otherwise: workload, weights, caps, screen, formula, seller, source. */
  readonly choice: string;
  readonly name: string;
  /** Against the fixing as it is, in percent. */
  readonly price_percent: string | null;
  readonly level_percent: string | null;
}

/** What to vary, and whom to tell. */
export interface Asked {
  /** Declared workloads, beside the plain ones from input only to output only. */
  readonly workloads?: readonly DeclaredWorkload[];
  /** By choice: `workload` alone is a few histories instead of dozens. */
  readonly isWanted?: (choice: string) => boolean;
  /** Is told before each variant, since each is a history of its own. */
  readonly onVariant?: (name: string) => void;
}

interface Otherwise {
  readonly choice: string;
  readonly name: string;
  readonly rules: readonly Rulebook[];
  readonly evidence: Evidence;
}

const PERCENT_PLACES = 2;

/**
 * The same date under other choices: the workload from input only to output only, other weights,
 * caps, screens and formulas, and without each seller and each source. What moves much is what a
 * reader of the index has to know.
 *
 * @param asked what to vary, and whom to tell.
 * @example sensitivity(rulebook, evidenceOf(rows), '2026-08-21')
 */
export function sensitivity(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  date: Day,
  options: FixingOptions = {},
  asked: Asked = {},
): { sensitivity: Sensitivity; none?: undefined } | { sensitivity?: undefined; none: NoFixing } {
  const result = calculateFixing(rules, evidence, date, options);
  if (!result.fixing) return result;
  const own = outcomeOf(result.fixing);
  const versions = inOrder(rules);
  const { isWanted = () => true, workloads = [] } = asked;
  const all = otherwise(versions, evidence, result.fixing, workloads);
  const variants = all
    .filter((one) => isWanted(one.choice))
    .map((one): Variant => {
      asked.onVariant?.(one.name);
      const { fixing, none } = {
        none: undefined,
        ...calculateFixing(one.rules, one.evidence, date, options),
      };
      const outcome = fixing ? outcomeOf(fixing) : nothing(none?.code ?? 'no fixing');
      return {
        ...{ choice: one.choice, name: one.name, ...outcome },
        price_percent: percent(outcome.price, own.price),
        level_percent: percent(outcome.level, own.level),
      };
    });
  const { index, unit } = latestOf(rules);
  return { sensitivity: { schema: 'mtok.sensitivity/1', index, unit, date, own, variants } };
}

function outcomeOf({ value, level, constituents, withheld }: Fixing): Outcome {
  return { price: value?.price ?? null, level, constituents: constituents.length, withheld };
}

function nothing(why: string): Outcome {
  return { price: null, level: null, constituents: null, withheld: [why] };
}

function percent(value: string | null, own: string | null): string | null {
  if (value === null || own === null) return null;
  const change = multiply(subtract(decimal(value), decimal(own)), decimal(100));
  return toFixedText(
    divideToPlaces(change, decimal(own), PERCENT_PLACES, 'half_even'),
    PERCENT_PLACES,
  );
}

function otherwise(
  versions: readonly Rulebook[],
  evidence: Evidence,
  fixing: Fixing,
  workloads: readonly DeclaredWorkload[],
): readonly Otherwise[] {
  const latest = latestOf(versions);
  const under = (choice: string, name: string, change: (rules: Rulebook) => Rulebook) => ({
    ...{ choice, name, evidence },
    rules: versions.map(change),
  });
  return [
    ...(latest.good === 'token' ? WORKLOADS : []).map(([input, output]) =>
      under('workload', `input ${input}, output ${output}`, (rules) => ({
        ...rules,
        workload: { ...rules.workload, shares: sharesOf(input, output) },
      })),
    ),
    ...(latest.good === 'token' ? workloads : []).map((workload) =>
      under('workload', workload.workload, (rules) => withWorkload(rules, workload)),
    ),
    ...methodsFor(latest, evidence).map((method) =>
      under('weights', method.replaceAll('_', ' '), (rules) => ({
        ...rules,
        weights: { ...rules.weights, method },
      })),
    ),
    latest.weights.caps
      ? under('caps', 'none', (rules) => ({
          ...rules,
          weights: { ...rules.weights, caps: null },
        }))
      : under('caps', 'constituent 20%, lab 25% of value', (rules) => ({
          ...rules,
          weights: { ...rules.weights, caps: CAPS },
        })),
    latest.price.screen.method === 'none'
      ? under('screen', 'MAD, sigma 3, ratio 3', (rules) => withScreen(rules, MAD))
      : under('screen', 'none', (rules) => withScreen(rules, { method: 'none' })),
    ...formulasFor(latest).map((formula) =>
      under('formula', formula, (rules) => ({ ...rules, formula })),
    ),
    ...sellersOf(fixing).map((seller) =>
      under('without seller', seller, (rules) => withoutSeller(rules, seller)),
    ),
    ...sourcesOf(evidence).map((source) => ({
      ...{ choice: 'without source', name: source, rules: versions },
      evidence: withoutSource(evidence, source),
    })),
  ];
}

const WORKLOADS = [
  ...([
    ['1', '0'],
    ['0.9', '0.1'],
    ['0.75', '0.25'],
  ] as const),
  ...([
    ['0.5', '0.5'],
    ['0.25', '0.75'],
    ['0', '1'],
  ] as const),
] as const;

function sharesOf(input: string, output: string) {
  return { input: decimal(input), cached_input: decimal('0'), output: decimal(output) };
}

/** The rules under a declared workload: its mix, its context size and its tier. */
export function withWorkload(rules: Rulebook, declared: DeclaredWorkload): Rulebook {
  const { input, cached_input, output, context_tokens: size, service_tier: tier } = declared;
  const shares = { input, cached_input, output };
  return { ...rules, workload: { ...rules.workload, shares, size, tier } };
}

type Method = Rulebook['weights']['method'];

/** Other methods that the data and the formula allow. */
function methodsFor({ good, weights, formula }: Rulebook, evidence: Evidence): Method[] {
  const methods: Method[] = ['equal', 'equal_value', 'equal_by_lab', 'usage'];
  const allowed = WEIGHTS_OF_FORMULA[formula];
  return methods.filter(
    (method) =>
      method !== weights.method &&
      (allowed?.includes(method) ?? true) &&
      (method !== 'usage' || (good === 'token' && evidence.usage.length > 0)),
  );
}

const CAPS = {
  of: 'value',
  constituent: decimal('0.20'),
  lab: decimal('0.25'),
} as const satisfies { of: 'value'; constituent: Decimal; lab: Decimal };

type Screen = Rulebook['price']['screen'];
const MAD: Screen = { method: 'mad', sigma: decimal('3'), ratio: decimal('3') };

function withScreen(rules: Rulebook, screen: Screen): Rulebook {
  return { ...rules, price: { ...rules.price, screen } };
}

/** The other of the two means, where the aggregate is a mean. */
function formulasFor({ formula, aggregate }: Rulebook): ('laspeyres' | 'jevons')[] {
  if (aggregate !== 'weighted_mean') return [];
  return (['laspeyres', 'jevons'] as const).filter((other) => other !== formula);
}

/** Sellers behind a price of the day, by name. */
function sellersOf({ constituents }: Fixing): string[] {
  const names = constituents.flatMap(({ sellers }) => sellers.map(({ seller }) => seller));
  return [...new Set(names)].sort(byCodePoint);
}

function withoutSeller(rules: Rulebook, seller: string): Rulebook {
  const { universe } = rules;
  const exclude = { ...universe.exclude, sellers: [...universe.exclude.sellers, seller] };
  return { ...rules, universe: { ...universe, exclude } };
}

/** `litellm@152ffca815` and `litellm 2026-04-17` are of the source litellm. */
function sourceName(source: string): string {
  return source.split(/@|:| \d/)[0] ?? '';
}

/** A source for each row is none to leave out. */
const MOST_SOURCES = 20;

function sourcesOf({ rows }: Evidence): string[] {
  const names = new Set(rows.quotes.map(({ source }) => sourceName(source)));
  names.delete('');
  if (names.size < 2 || names.size > MOST_SOURCES) return [];
  return [...names].sort(byCodePoint);
}

function withoutSource({ rows }: Evidence, source: string): Evidence {
  const quotes = rows.quotes.filter((quote) => sourceName(quote.source) !== source);
  return evidenceOf({ ...rows, quotes });
}
