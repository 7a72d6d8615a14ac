import { groupBy } from '../domain/group.ts';
import type { Usage } from '../domain/rows.ts';
import type { Catalogue } from './catalogue.ts';

/** The usage of one model over one period: every figure that was published for it. */
export interface UsagePeriod {
  /** The model that the name meant when the period began. */
  readonly model: string;
  readonly seller: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** By when they were published; the last known counts. */
  readonly figures: readonly Usage[];
}

/** Groups usage by name and period, in the order in which the periods begin. */
export function usagePeriods(rows: readonly Usage[], catalogue: Catalogue): UsagePeriod[] {
  const groups = groupBy(rows, ({ model, seller, periodStartMs, periodEndMs }) =>
    JSON.stringify([periodStartMs, periodEndMs, seller, model]),
  );
  const periods = [...groups.values()].flatMap((figures): UsagePeriod[] => {
    const [first] = figures;
    if (!first) return [];
    const { model: name, seller, periodStartMs: startMs, periodEndMs: endMs } = first;
    return [
      {
        ...{ name, seller, startMs, endMs },
        model: catalogue.resolve(seller, name, startMs),
        figures: figures.sort((a, b) => a.publishedAtMs - b.publishedAtMs),
      },
    ];
  });
  return periods.sort((a, b) => a.startMs - b.startMs);
}
