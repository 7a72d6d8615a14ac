import type { Day } from '../domain/dates.ts';
import type { Fixing } from '../domain/fixing.ts';
import { type Explanation, explain } from '../fix/explain.ts';
import { readEvidence, readRulebooks } from './recompute.ts';
import type { Source } from './source.ts';

/** What is to be explained: the move of an index up to a fixing, from that fixing's own inputs. */
export interface ExplainRequest {
  readonly to: Fixing;
  readonly from: Day;
}

export type Explained =
  | { readonly explanation: Explanation; readonly none?: undefined }
  | { readonly explanation?: undefined; readonly none: string };

/** Explains a move from published rows and rulebooks alone. */
export async function explainFrom(source: Source, request: ExplainRequest): Promise<Explained> {
  const { to, from } = request;
  const evidence = await readEvidence(source, to.inputs);
  const versions = await readRulebooks(source, to);
  const result = explain(versions, evidence, from, to.date);
  return result.explanation ? result : { none: result.none.message };
}
