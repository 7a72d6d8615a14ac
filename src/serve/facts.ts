import { z } from 'zod';
import { fixingSchema } from '../domain/fixing.ts';
import { sha256Of } from '../ingest/digest.ts';
import { fixingPath } from '../verify/fixing.ts';
import { ensure, Refusal } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import type { PublishedRow } from './snapshot.ts';

/** What lists show of a fixing: few of its keys, kept in memory. */
const factsSchema = z.object(
  fixingSchema.pick({
    ...{ index: true, date: true, revision: true, status: true, withheld: true, repeats: true },
    ...{ basis: true, unit: true, mode: true, series: true, value: true, level: true },
  }).shape,
);
export type Facts = Readonly<z.output<typeof factsSchema>>;

export interface FactsReader {
  /** What is known without looking. */
  readonly known: (row: PublishedRow) => Facts | undefined;
  readonly read: (row: PublishedRow) => Promise<Facts>;
}

/** Reads the facts of fixings once: a published fixing never changes. */
export function factsReader(source: Source): FactsReader {
  const known = new Map<string, Facts>();
  const reading = new Map<string, Promise<Facts>>();
  const read = async (row: PublishedRow): Promise<Facts> => {
    const path = fixingPath(row);
    const bytes = await source.read(path);
    if (!bytes) throw new Refusal(`${path} is missing`);
    ensure(sha256Of(bytes) === row.sha256, `${path} is not what was signed`);
    const facts = factsOf(bytes, path);
    known.set(row.sha256, facts);
    return facts;
  };
  return {
    known: ({ sha256 }) => known.get(sha256),
    read: async (row) => {
      const { sha256 } = row;
      const found = known.get(sha256);
      if (found) return found;
      const under = reading.get(sha256) ?? read(row).finally(() => reading.delete(sha256));
      reading.set(sha256, under);
      return under;
    },
  };
}

/** Its digest is the signed one, so its form was checked when it was written. */
function factsOf(bytes: Uint8Array, path: string): Facts {
  const result = factsSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (!result.success) throw new Refusal(`${path} is not a fixing of this release of mtok`);
  return result.data;
}
