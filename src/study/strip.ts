import type { Contract } from '../domain/contract.ts';
import type { Day } from '../domain/dates.ts';
import {
  absolute,
  add,
  type Decimal,
  divide,
  isPositive,
  multiply,
  subtract,
  sum,
  toFixedText,
  toText,
  ZERO,
} from '../domain/decimal.ts';
import type { Study } from '../domain/study.ts';
import type { StripMonth } from '../ingest/strip.ts';
import { column } from './column.ts';
import { counted, inWords } from './figures.ts';
import type { Settled } from './hedge.ts';

export interface StripAsked {
  readonly contract: Contract;
  readonly settled: readonly Settled[];
  /** The last price that the index published, of a contract on a price in dollars. */
  readonly latest: { readonly date: Day; readonly price: Decimal } | undefined;
  readonly origin: string;
  readonly sources: readonly string[];
}

/** A month that is sold ahead, beside the settlement value that it is compared with. */
interface Compared extends StripMonth {
  readonly value: Decimal | undefined;
  /** What the quantity sold for, in the currency of its price. */
  readonly revenue: Decimal;
  readonly status: string;
}

/**
 * The seller's side: a strip of monthly forward sales of capacity, and its basis to the contract.
 * Where the contract is on a price the basis is forward less settled; on a level, in points, both
 * are compared from the first month that has settled. Exact. Pure.
 *
 * @param months in their order, each once.
 */
export function stripStudy(months: readonly StripMonth[], asked: StripAsked): Study {
  const { contract, settled, latest, origin, sources } = asked;
  const all = months.map((one): Compared => {
    const found = settled.find(({ month }) => month === one.month);
    const revenue = multiply(one.quantity, one.price);
    return { ...one, value: found?.value, revenue, status: found?.status ?? 'not yet' };
  });
  const known = all.filter(({ value }) => value !== undefined);
  const [first, last] = [all[0]?.month ?? '', all.at(-1)?.month ?? ''];
  const isPrice = contract.value === 'price';
  return {
    schema: 'mtok.study/1',
    study: 'hedge',
    title: `Capacity sold ahead, against ${contract.contract}`,
    about: `A strip of ${counted(all.length, 'month')} from ${first} to ${last}, against settlement values ${origin}`,
    assumptions: [
      `Quantities are in the unit of ${contract.contract}, forward prices are for one of them${isPrice ? `, in ${contract.unit}` : ''}: the file does not say, and nothing is converted.`,
      isPrice
        ? 'The basis is the forward price less the settlement value of the month. What the strip gave up, or gained, is quantity times basis. A month that has not settled is set beside the last price of the index, which is no forecast of it.'
        : 'The contract is on a level in points, which is no price: forward prices and settlement values are each 100 in the first month that has settled, and the basis is the difference of these.',
      `To give up the index for a month the strip sells quantity / ${toText(contract.multiplier.size)} contracts where the contract is on a price; a delivery that fails is in no figure.`,
      'Everything is exact, and rounded where it is shown.',
    ],
    findings: isPrice
      ? [...priceFindings(all, known, contract), ...aheadFindings(all, asked)]
      : levelFindings(all, known),
    warnings: [
      ...(known.length < all.length
        ? [
            `Without a settlement, and so without a basis: ${all
              .filter(({ value }) => !value)
              .map(({ month, status }) => `${month} (${status})`)
              .join(', ')}.`,
          ]
        : []),
      ...(isPrice
        ? []
        : ['A level follows a basket: it says nothing of the price of one capacity.']),
      ...(isPrice && contract.currency !== 'USD'
        ? [`The contract settles in ${contract.currency}: forward prices have to be in it too.`]
        : []),
    ],
    tables: [stripTable(all, known, contract, latest)],
    charts: [
      {
        ...{ name: 'strip', title: 'Forward prices and settlement values', kind: 'line' },
        ...{ table: 'strip', x: 'month', unit: isPrice ? contract.unit : 'points' },
        y: isPrice ? ['price', 'settled'] : ['price_index', 'settled_index'],
      },
    ],
    sources: [...sources],
  };
}

function average(all: readonly Compared[]): Decimal {
  return divide(sum(all.map(({ revenue }) => revenue)), sum(all.map(({ quantity }) => quantity)));
}

/** What the index would have paid for the same quantities. */
function indexed(known: readonly Compared[]): Decimal {
  return sum(known.map(({ quantity, value }) => multiply(quantity, value ?? ZERO)));
}

function priceFindings(
  all: readonly Compared[],
  known: readonly Compared[],
  { unit, multiplier }: Contract,
): string[] {
  const quantity = sum(all.map((one) => one.quantity));
  const contracts = divide(quantity, multiplier.size);
  const strip = `The strip sells ${toText(quantity)} ${multiplier.unit} at ${toFixedText(average(all), 4)} ${unit} on average: ${toFixedText(contracts, 2)} contracts.`;
  if (known.length === 0) return [strip, 'None of its months has settled: there is no basis yet.'];
  const [sold, paid] = [sum(known.map(({ revenue }) => revenue)), indexed(known)];
  const difference = subtract(sold, paid);
  const basis = divide(difference, sum(known.map((one) => one.quantity)));
  const than = isPositive(difference) ? 'more than' : 'less than';
  return [
    strip,
    `In ${counted(known.length, 'settled month')} it brought ${toFixedText(sold, 2)}, the index ${toFixedText(paid, 2)}: ${inWords(toFixedText(absolute(basis), 4), 4)} ${unit} ${toText(difference) === '0' ? 'apart from' : than} the index on average.`,
  ];
}

/** The months that are to come, beside what the index is at. */
function aheadFindings(all: readonly Compared[], { contract, latest }: StripAsked): string[] {
  const ahead = all.filter(({ value }) => value === undefined);
  if (!latest || ahead.length === 0) return [];
  const forward = average(ahead);
  const basis = subtract(forward, latest.price);
  const side = isPositive(basis) ? 'above' : 'below';
  const at = `its last price, ${toFixedText(latest.price, 4)} of ${latest.date}`;
  return [
    `The ${ahead.length === 1 ? 'month without a settlement is' : `${ahead.length} months without a settlement are`} sold at ${toFixedText(forward, 4)} ${contract.unit} on average: ${toText(basis) === '0' ? 'the index at' : `${toFixedText(absolute(basis), 4)} ${side} the index at`} ${at}.`,
  ];
}

function levelFindings(all: readonly Compared[], known: readonly Compared[]): string[] {
  const own = `The strip sells ${toText(sum(all.map((one) => one.quantity)))} at ${toFixedText(average(all), 4)} on average.`;
  const [first, last] = [known[0], known.at(-1)];
  if (!first?.value || !last?.value || first === last) {
    return [own, 'Fewer than two of its months have settled: there is no basis yet.'];
  }
  const move = (to: Decimal, from: Decimal) => toFixedText(divide(multiply(to, HUNDRED), from), 2);
  return [
    own,
    `From ${first.month} to ${last.month} its forward prices went from 100 to ${move(last.price, first.price)}, the contract to ${move(last.value, first.value)}.`,
  ];
}

const HUNDRED: Decimal = { digits: 100n, scale: 0 };

function stripTable(
  all: readonly Compared[],
  known: readonly Compared[],
  { value: kind, unit, multiplier }: Contract,
  latest: StripAsked['latest'],
): Study['tables'][number] {
  const isPrice = kind === 'price';
  const [base] = known;
  const index = (value: Decimal | undefined, from: Decimal | undefined) =>
    value && from ? divide(multiply(value, HUNDRED), from) : undefined;
  const text = (value: Decimal | undefined, places = 4) =>
    value ? toFixedText(value, places) : '';
  let [revenue, paid] = [ZERO, ZERO];
  return {
    name: 'strip',
    title: 'Month by month: forward, settled, basis',
    columns: [
      column('month', 'month', 'the month of delivery'),
      column('quantity', 'decimal', 'capacity sold', isPrice ? multiplier.unit : undefined),
      column('price', 'decimal', 'its forward price', isPrice ? unit : undefined),
      column('settled', 'decimal', 'settlement value of the contract', unit),
      column(
        'basis',
        'decimal',
        isPrice ? 'forward less settled' : 'difference of the two indices',
        isPrice ? unit : 'points',
      ),
      column('contracts', 'decimal', 'quantity / multiplier, of a contract on a price'),
      column('revenue', 'decimal', 'quantity times forward price'),
      column('at_index', 'decimal', 'quantity times settled, of a contract on a price'),
      column('difference', 'decimal', 'revenue less at_index, summed up to this month'),
      column('price_index', 'decimal', 'forward price, 100 in the first settled month', 'points'),
      column('settled_index', 'decimal', 'settlement value, likewise', 'points'),
      column(
        'to_index',
        'decimal',
        'forward less the last price of the index, of a month that has not settled',
        isPrice ? unit : undefined,
      ),
      column('status', 'text', 'of the settlement'),
    ],
    rows: all.map((one) => {
      const { month, quantity, price, value, status } = one;
      const [own, other] = [index(price, base?.price), index(value, base?.value)];
      const atIndex = isPrice && value ? multiply(quantity, value) : undefined;
      if (atIndex) [revenue, paid] = [add(revenue, one.revenue), add(paid, atIndex)];
      const basis = isPrice
        ? value && subtract(price, value)
        : own && other && subtract(own, other);
      return [
        ...[month, toText(quantity), toText(price), value ? toText(value) : '', text(basis)],
        ...[isPrice ? text(divide(quantity, multiplier.size)) : '', text(one.revenue, 2)],
        ...[text(atIndex, 2), atIndex ? text(subtract(revenue, paid), 2) : ''],
        ...[text(own), text(other), value ? '' : text(latest && subtract(price, latest.price))],
        status,
      ];
    }),
  };
}
