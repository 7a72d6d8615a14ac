import { toText } from '../domain/decimal.ts';
import type { Quote } from '../domain/rows.ts';
import { pricesAgree, type ReconciledOffer, type StatedPrice } from './reconcile.ts';

/**
 * One quote for each offer: that of the first source, in a declared order of trust, that says
 * anything of it. Its legs stay together: none is filled in from another source, which may mean
 * another offer by the same words. What the other sources say is recorded in its `source`.
 *
 * @param order names of sources; one that is left out is compared, and never followed.
 */
export function trustedQuotes(
  offers: readonly ReconciledOffer[],
  order: readonly string[],
  sources: readonly string[],
): Quote[] {
  return offers.flatMap((offer) => {
    const name = order.find((one) => offer.standing.has(one));
    const chosen = name === undefined ? undefined : offer.standing.get(name);
    if (name === undefined || !chosen) return [];
    const { quote } = chosen;
    return [{ ...quote, source: sourceOf(quote, name, offer, sources) }];
  });
}

/** `litellm@1a2b; taken from litellm; agrees: openrouter; differs: b (output 12); silent: c` */
function sourceOf(
  { source }: Quote,
  name: string,
  offer: ReconciledOffer,
  sources: readonly string[],
): string {
  const agrees: string[] = [];
  const differs: string[] = [];
  const silent: string[] = [];
  for (const other of sources) {
    if (other === name) continue;
    const standing = offer.standing.get(other);
    if (!standing) silent.push(other);
    else {
      const found = differences(offer, name, other);
      if (found.length === 0) agrees.push(other);
      else differs.push(`${other} (${found.join(', ')})`);
    }
  }
  const list = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
  return [
    ...(source === '' ? [] : [source]),
    `taken from ${name}`,
    ...[...list('agrees', agrees), ...list('differs', differs), ...list('silent', silent)],
  ].join('; ');
}

/** What another source says where it does not say the same; on a leg of one alone it is silent. */
function differences({ standing, legs }: ReconciledOffer, name: string, other: string): string[] {
  const [own, theirs] = [standing.get(name)?.quote.event, standing.get(other)?.quote.event];
  if (own !== theirs) return [theirs === 'withdrawn' ? 'withdrawn' : 'still offered'];
  return legs.flatMap(({ leg, prices }) => {
    const [ours, price] = [prices.get(name), prices.get(other)];
    if (!ours || !price || pricesAgree(ours, price)) return [];
    return [`${leg} ${priceText(price)}`];
  });
}

/** The currency only where it is not the dollar. */
export function priceText({ amount, currency }: StatedPrice): string {
  return currency === 'USD' ? toText(amount) : `${toText(amount)} ${currency}`;
}
