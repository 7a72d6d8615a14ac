import { sameLegs } from '../domain/offer.ts';
import type { Pricing } from './constituent.ts';
import type { SellerPrice } from './sellers.ts';

/** Whether a constituent that was looked at again is just as it was. */
export function isSame(before: Pricing, now: Pricing): boolean {
  const [then, sellers] = [before.priced?.sellers ?? [], now.priced?.sellers ?? []];
  return (
    before.withdrawn === now.withdrawn &&
    before.priced?.evidence === now.priced?.evidence &&
    then.length === sellers.length &&
    then.every((seller, index) => asksTheSame(seller, sellers[index])) &&
    ((isQuiet(before) && isQuiet(now)) || toldOf(before) === toldOf(now))
  );
}

function isQuiet({ excluded, outside, decisions }: Pricing): boolean {
  return excluded.length === 0 && outside.length === 0 && decisions.length === 0;
}

function toldOf({ excluded, outside, decisions }: Pricing): string {
  return JSON.stringify([excluded, outside, decisions]);
}

/** The same quote need not give the same legs on the day after a change within a day. */
function asksTheSame(before: SellerPrice, now: SellerPrice | undefined): boolean {
  return (
    before === now ||
    (before.quote === now?.quote &&
      before.rateDate === now.rateDate &&
      sameLegs(before.legs, now.legs))
  );
}
