import { horizonOf } from '../calculate/horizon.ts';
import { type Market, marketOf } from '../calculate/market.ts';
import { addDays, type Day, dayOf, daysBetween, dayToMs } from '../domain/dates.ts';
import { add, type Decimal, decimal, divide, multiply, subtract, ZERO } from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import type { TOKEN } from '../domain/goods/token.ts';
import type { Usage } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { constituentId } from '../select/scope.ts';
import { lastDayOf, type Month, monthAfter, monthOf } from './months.ts';

/** Tokens by the leg that they are billed at: cached ones are not in the input any more. */
export type Billed = Readonly<Record<(typeof TOKEN.valueLegs)[number], Decimal>>;

/** One month of somebody's usage, at the prices of a book. */
export interface BillMonth {
  readonly month: Month;
  /** Days of the month, and those of them that a row of usage covers. */
  readonly days: number;
  readonly covered: number;
  /** By what was used: a model, or a model of one seller. */
  readonly tokens: ReadonlyMap<string, Billed>;
  /** USD/MTok by leg: the mean of the days of the month that have a price. */
  readonly prices: ReadonlyMap<string, Legs<Decimal>>;
}

export interface Bill {
  readonly months: readonly BillMonth[];
  /** The model of each of what was used, whoever sold it. */
  readonly models: ReadonlyMap<string, string>;
  /** Share of the tokens of which only the total is known. */
  readonly unsplit: Decimal;
}

/**
 * Prices usage month by month, by the price determination of an index: the quotes in force and
 * known at each day's cut-off, sellers, screens and workload as its rulebook has them, over every
 * model that was used. A row that names a seller has that seller's price. Pure.
 *
 * @param usage what was used: its periods count pro rata by time.
 * @param last the last day with prices.
 */
export function billOf(
  usage: readonly Usage[],
  rules: Rulebook,
  evidence: Evidence,
  last: Day,
): Bill {
  const used = usedOf(usage, rules, evidence);
  const named = used.map(({ month }) => month).sort();
  const months = monthsBetween(named[0] ?? monthOf(last), named.at(-1) ?? monthOf(last));
  const tokens = new Map(months.map((month) => [month, new Map<string, Billed>()]));
  const covered = new Map(months.map((month) => [month, new Set<Day>()]));
  for (const { id, month, days, billed } of used) {
    for (const day of days) covered.get(month)?.add(day);
    const own = tokens.get(month);
    const before = own?.get(id) ?? NOTHING;
    own?.set(
      id,
      legwise((leg) => add(before[leg], billed[leg])),
    );
  }
  const prices = meanPrices(used, months, rules, evidence, last);
  return {
    months: months.map((month) => ({
      ...{ month, days: daysOf(month), covered: covered.get(month)?.size ?? 0 },
      tokens: tokens.get(month) ?? new Map(),
      prices: prices.get(month) ?? new Map(),
    })),
    models: new Map(used.map(({ id, model }) => [id, model])),
    unsplit: unsplitShare(usage),
  };
}

interface Used {
  readonly id: string;
  readonly model: string;
  readonly seller: string;
  readonly month: Month;
  /** Those of the month that the row covers, as a whole or in part. */
  readonly days: readonly Day[];
  readonly billed: Billed;
}

const NOTHING: Billed = { input: ZERO, cached_input: ZERO, output: ZERO };

/** One value for each leg. */
export function legwise(make: (leg: keyof Billed) => Decimal): Billed {
  return {
    input: make('input'),
    cached_input: make('cached_input'),
    output: make('output'),
  };
}

/** Each row, month by month: pro rata where it lies in several. */
function usedOf(usage: readonly Usage[], rules: Rulebook, evidence: Evidence): Used[] {
  return usage.flatMap((row) => {
    const { seller, periodStartMs: startMs, periodEndMs: endMs } = row;
    const model = evidence.catalogue.resolve(seller, row.model, startMs);
    const id = seller === '' ? model : sellerModel(rules, seller, model);
    const whole = billedOf(row, rules);
    const months = monthsBetween(monthOf(dayOf(startMs)), monthOf(dayOf(endMs - 1)));
    return months.map((month): Used => {
      const from = Math.max(startMs, dayToMs(`${month}-01`));
      const until = Math.min(endMs, dayToMs(`${monthAfter(month)}-01`));
      const isAll = until - from === endMs - startMs;
      const share = (count: Decimal) =>
        isAll ? count : divide(multiply(count, decimal(until - from)), decimal(endMs - startMs));
      const first = dayOf(from);
      const days = Array.from({ length: daysBetween(first, dayOf(until - 1)) + 1 }, (_, at) =>
        addDays(first, at),
      );
      return { id, model, seller, month, days, billed: legwise((leg) => share(whole[leg])) };
    });
  });
}

function sellerModel(rules: Rulebook, seller: string, model: string): string {
  return constituentId({ ...rules, price: OF_SELLERS(rules) }, seller, model);
}

const OF_SELLERS = (rules: Rulebook): Rulebook['price'] => ({
  ...rules.price,
  ...{ constituent: 'seller_model', sellers: 'first_party_else_median' },
});

/** Where only a total is known it is split as the index splits its own usage. */
function billedOf({ tokens }: Usage, { weights, workload }: Rulebook): Billed {
  if (tokens.kind === 'split') {
    return {
      input: decimal(tokens.input - tokens.cached),
      cached_input: decimal(tokens.cached),
      output: decimal(tokens.output),
    };
  }
  const total = decimal(tokens.total);
  const output = multiply(total, weights.split?.output ?? workload.shares.output ?? ZERO);
  return { input: subtract(total, output), cached_input: ZERO, output };
}

function unsplitShare(usage: readonly Usage[]): Decimal {
  let [unsplit, all] = [0n, 0n];
  for (const { tokens } of usage) {
    const total = tokens.kind === 'total' ? tokens.total : tokens.input + tokens.output;
    if (tokens.kind === 'total') unsplit += total;
    all += total;
  }
  return all === 0n ? ZERO : divide(decimal(unsplit), decimal(all));
}

function monthsBetween(first: Month, last: Month): Month[] {
  const months = [first];
  for (let month = first; month < last; months.push(month)) month = monthAfter(month);
  return months;
}

function daysOf(month: Month): number {
  return daysBetween(`${month}-01`, lastDayOf(month)) + 1;
}

/** The mean price of each leg over the days of a month. */
function meanPrices(
  used: readonly Used[],
  months: readonly Month[],
  rules: Rulebook,
  evidence: Evidence,
  last: Day,
): ReadonlyMap<Month, ReadonlyMap<string, Legs<Decimal>>> {
  const at = boardsOf(used, rules, evidence);
  return new Map(
    months.map((month) => {
      const sums = new Map<string, { count: number; sum: Billed }>();
      for (let date = 1; date <= daysOf(month); date += 1) {
        const day = `${month}-${String(date).padStart(2, '0')}`;
        if (day > last) break;
        for (const [id, legs] of at(day)) {
          const { count, sum } = sums.get(id) ?? { count: 0, sum: NOTHING };
          const next = legwise((leg) => add(sum[leg], legs[leg] ?? legs.input ?? ZERO));
          sums.set(id, { count: count + 1, sum: next });
        }
      }
      const means = [...sums].map(([id, { count, sum }]) => {
        return [id, legwise((leg) => divide(sum[leg], decimal(count)))] as const;
      });
      return [month, new Map<string, Legs<Decimal>>(means)] as const;
    }),
  );
}

/** The prices of a day: of models as the index determines them, and of single sellers. */
function boardsOf(used: readonly Used[], rules: Rulebook, evidence: Evidence) {
  const wanted = new Set(used.map(({ id }) => id));
  const models = (isOfSeller: boolean) => [
    ...new Set(
      used.filter(({ seller }) => (seller !== '') === isOfSeller).map(({ model }) => model),
    ),
  ];
  const byModel = { ...rules.price, constituent: 'model' as const };
  const markets: Market[] = [
    [models(false), byModel] as const,
    [models(true), OF_SELLERS(rules)] as const,
  ].flatMap(([names, price]) =>
    names.length === 0
      ? []
      : [marketOf({ ...rules, price, universe: only(names, rules) }, evidence)],
  );
  return (day: Day): (readonly [string, Legs<Decimal>])[] => {
    const horizon = horizonOf(day, rules, evidence, undefined);
    return markets.flatMap((market) =>
      [...market.at(day, horizon).prices.values()]
        .filter(({ id }) => wanted.has(id))
        .map(({ id, legs }) => [id, legs] as const),
    );
  };
}

function only(models: readonly string[], { universe }: Rulebook): Rulebook['universe'] {
  const all = { all: false, labs: [], sellers: [], classes: [], open_weights: null };
  return {
    ...universe,
    include: { ...all, models: [...models] },
    exclude: { models: [], sellers: [] },
  };
}
