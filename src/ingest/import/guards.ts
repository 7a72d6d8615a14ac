import { compare, type Decimal, decimal, equals, multiply, toText } from '../../domain/decimal.ts';
import { GOODS } from '../../domain/goods.ts';
import { name } from '../cells.ts';
import type { Terms } from '../feeds/feed.ts';
import { held, otherTier, rejected, type Verdict } from '../feeds/verdicts.ts';
import { modelStem } from './model-stem.ts';
import { legsOf, type Offer, pricesOf } from './offers.ts';
import { NO_PEERS, type Peers, type Sides } from './peers.ts';

/** What an offer is seen against. */
export interface Company {
  /** The offer's own last price, where there is one. */
  readonly last: Partial<Readonly<Record<string, Decimal>>> | undefined;
  readonly peers: Peers;
  /** When it ended, for a price of the past that does not say when it began. */
  readonly endedAtMs: number | undefined;
}

/** Says what is wrong with an offer. */
type Guard = (offer: Offer, company: Company) => Verdict | undefined;

/** A larger move than this is more often a typing error than a price. */
const MOVE_TIMES = 5n;
/** Sellers of one model differ by less than this. */
const SELLERS_TIMES = 10n;

/**
 * Decides on one offer: the first guard to object has the word, so that there is one code for each
 * offer. `undefined` where none does.
 */
export function judge(offer: Offer, company: Company): Verdict | undefined {
  for (const guard of GUARDS) {
    const verdict = guard(offer, company);
    if (verdict) return verdict;
  }
  return undefined;
}

const GUARDS: readonly Guard[] = [
  unreadableName,
  notANumber,
  negative,
  incomplete,
  conflict,
  zero,
  doubted,
  pastWithoutStart,
  outOfBand,
  foreignAmount,
  wrongWayRound,
  largeMove,
  unlikeOtherSellers,
];

/** What others may be compared with: offers that no look at the offer alone objects to. */
export function sidesOf(offer: Offer): Sides | undefined {
  const alone: Company = { last: undefined, peers: NO_PEERS, endedAtMs: undefined };
  const { seller, venue, model } = offer.terms;
  if (!isBase(offer.terms) || judge(offer, alone)) return undefined;
  const { input, output } = legsOf(offer);
  return input && output && { seller, venue, model, input, output };
}

function unreadableName({ terms }: Offer): Verdict | undefined {
  const named = [terms.seller, terms.venue, terms.model, terms.region];
  const isName = (text: string) => text !== '' && typeof name(text) === 'string';
  if (named.every(isName)) return undefined;
  return rejected('bad_name', 'a name is empty, too long, or holds what cannot be seen');
}

function notANumber(offer: Offer): Verdict | undefined {
  const bad = pricesOf(offer).find(({ amount }) => !amount);
  if (!bad) return undefined;
  return rejected('not_a_number', `${bad.price.field} is no decimal`);
}

function negative(offer: Offer): Verdict | undefined {
  const below = pricesOf(offer).find(({ amount }) => amount && amount.digits < 0n);
  if (!below) return undefined;
  return rejected('variable_price', `${below.price.field} is negative: the price varies`);
}

function incomplete({ alternatives, terms }: Offer): Verdict | undefined {
  const { requiredLegs, tiers } = GOODS[terms.good];
  const missing = requiredLegs.find((leg) => !alternatives[leg]);
  if (!missing) return undefined;
  if (terms.serviceTier !== tiers[0]) {
    return otherTier(terms.serviceTier, `no ${missing} price beside it`);
  }
  return rejected(`incomplete_no_${missing}`, `no ${missing} price of the same offer`);
}

function conflict({ alternatives, terms }: Offer): Verdict | undefined {
  for (const leg of GOODS[terms.good].legs) {
    const stated = alternatives[leg] ?? [];
    if (stated.length < 2) continue;
    const amounts = stated.map(({ amount }) => amount && toText(amount)).join(' and ');
    return held('conflict', `the document states ${leg} as ${amounts}`);
  }
  return undefined;
}

function zero(offer: Offer): Verdict | undefined {
  const legs = legsOf(offer);
  const { requiredLegs } = GOODS[offer.terms.good];
  const zeros = requiredLegs.filter((leg) => !legs[leg]);
  if (zeros.length === 0) return undefined;
  if (zeros.length === requiredLegs.length) {
    const shown = zeros.map(() => '0').join('/');
    return rejected('zero_price', `${shown} is free or a placeholder, not a price`);
  }
  return held('one_side_zero', `the ${zeros.join(' and ')} price is zero`);
}

/** A feed may know better than any guard that a price is doubtful. */
function doubted(offer: Offer): Verdict | undefined {
  return pricesOf(offer).find(({ price }) => price.doubt)?.price.doubt;
}

/** Taken from when it was seen, an older price would overtake the one that has replaced it. */
function pastWithoutStart(_: Offer, { endedAtMs }: Company): Verdict | undefined {
  if (endedAtMs === undefined) return undefined;
  return held('start_unknown', 'a price of the past that does not say when it began');
}

function outOfBand(offer: Offer): Verdict | undefined {
  const { band: likely, unit } = GOODS[offer.terms.good];
  for (const [leg, amount] of Object.entries(legsOf(offer))) {
    const isWithin = compare(amount, likely.least) >= 0 && compare(amount, likely.most) <= 0;
    if (isWithin) continue;
    const band = `${toText(likely.least)} to ${toText(likely.most)} ${unit.replace('USD', '$')}`;
    return held('implausible', `${leg} ${toText(amount)} is outside ${band}`);
  }
  return undefined;
}

/** What a dollar has cost in yuan since 2023, with room. */
const YUAN = { least: decimal('6.5'), most: decimal('7.5') };

/** Both sides the same multiple of another seller's: an amount in yuan that is called dollars. */
function foreignAmount(offer: Offer, { last, peers }: Company): Verdict | undefined {
  const { input, output } = legsOf(offer);
  if (last || !input || !output || offer.terms.currency !== 'USD') return undefined;
  const dollars = peers.multiple({ input, output }, YUAN.least, YUAN.most);
  if (!dollars) return undefined;
  const times = `the same multiple of what ${dollars.seller} charges on both sides, near 7`;
  return held('currency_suspect', `${times}: yuan in a field for dollars?`);
}

function wrongWayRound(offer: Offer, { last, peers }: Company): Verdict | undefined {
  const { input, output } = legsOf(offer);
  if (!input || !output || compare(output, input) >= 0) return undefined;
  const isMirrorOfLast =
    last?.input &&
    last.output &&
    equals(multiply(last.input, input), multiply(last.output, output));
  return isMirrorOfLast || peers.hasMirror({ input, output })
    ? held('swapped_sides', 'input is above output, the mirror of another price of the model')
    : held('output_below_input', 'output is cheaper than input');
}

function largeMove(offer: Offer, { last }: Company): Verdict | undefined {
  if (!last) return undefined;
  for (const [leg, amount] of Object.entries(legsOf(offer))) {
    const before = last[leg];
    if (!before || !isFarther(amount, before, MOVE_TIMES, false)) continue;
    const move = `${leg} from ${toText(before)} to ${toText(amount)}`;
    return held('large_move', `${move} is more than ${MOVE_TIMES} times`);
  }
  return undefined;
}

/**
 * An offer's own history is better evidence than its neighbours, so only new offers are compared.
 * A batch or long-context price has few of its kind: its own base price is compared instead.
 */
function unlikeOtherSellers(offer: Offer, { last, peers }: Company): Verdict | undefined {
  if (last) return undefined;
  const base = peers.base(offer.terms);
  const legs = legsOf(offer);
  for (const leg of GOODS.token.requiredLegs) {
    const amount = legs[leg];
    if (!amount) continue;
    if (base && isFarther(amount, base[leg], SELLERS_TIMES, true)) {
      return held(
        'implausible',
        `${leg} ${toText(amount)}: its base price is ${toText(base[leg])}`,
      );
    }
    const usual = peers.usual(leg, offer.terms);
    if (!usual || !isFarther(base?.[leg] ?? amount, usual.price, SELLERS_TIMES, true)) continue;
    const name = modelStem(offer.terms.model);
    const elsewhere = `others (${usual.sellers}) sell ${name} for about ${toText(usual.price)}`;
    return held('implausible', `${leg} ${toText(amount)}: ${elsewhere}`);
  }
  return undefined;
}

type BaseTerms = Pick<Terms, 'good' | 'serviceTier' | 'contextFrom'>;

/** The price that most people mean: of a short prompt, answered at once. */
export function isBase({ good, serviceTier, contextFrom }: BaseTerms): boolean {
  return serviceTier === GOODS[good].tiers[0] && contextFrom === 0;
}

function isFarther(a: Decimal, b: Decimal, times: bigint, orEqual: boolean): boolean {
  const [small, large] = compare(a, b) < 0 ? [a, b] : [b, a];
  const order = compare(large, { digits: small.digits * times, scale: small.scale });
  return order > 0 || (orEqual && order === 0);
}
