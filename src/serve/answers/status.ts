import type { ApiIndexStatus, ApiStatus } from '../../domain/api.ts';
import { formatMoment } from '../../domain/dates.ts';
import { type Context, logOf, statusNow } from '../context.ts';
import type { Representation } from '../representation.ts';
import { jsonAnswer } from './json.ts';

/** Where each index stands: is its fixing due, late, provisional, final, withheld. */
export async function statusAnswer(context: Context): Promise<Representation> {
  const indices: ApiIndexStatus[] = [];
  for (const view of context.snapshot.indices.values()) {
    indices.push(await statusNow(context, view));
  }
  const document: ApiStatus = {
    log: logOf(context.snapshot),
    at: formatMoment(context.nowMs),
    indices,
  };
  return jsonAnswer(document);
}
