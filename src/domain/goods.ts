import type { Good } from './good.ts';
import { GPU_HOUR } from './goods/gpu-hour.ts';
import { TOKEN } from './goods/token.ts';

/** Every good that an index can price. */
export const GOODS = { token: TOKEN, gpu_hour: GPU_HOUR } as const;

export type GoodId = keyof typeof GOODS;

export const GOOD_IDS = Object.keys(GOODS) as [GoodId, ...GoodId[]];

/** What a rulebook, a quote or an offer is about. */
export function goodOf({ good }: { readonly good: GoodId }): Good {
  return GOODS[good];
}

/** The good that prices of a unit are of: every good has a unit of its own. */
export function goodOfUnit(unit: string): GoodId {
  return GOOD_IDS.find((id) => GOODS[id].unit === unit) ?? 'token';
}
