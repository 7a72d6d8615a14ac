import type { ApiIndex, ApiIndices } from '../../domain/api.ts';
import { rulebookPath } from '../../verify/recompute.ts';
import { type Context, latestOf, logOf, rulesOf, viewOf } from '../context.ts';
import type { Representation } from '../representation.ts';
import { jsonAnswer } from './json.ts';

/** Every index. */
export async function indicesAnswer({ snapshot }: Context): Promise<Representation> {
  const document: ApiIndices = {
    log: logOf(snapshot),
    indices: snapshot.contents.indices.map(({ index, title, first, latest }) => ({
      ...{ index, title, first, latest },
      fixings: snapshot.indices.get(index)?.dates.length ?? 0,
    })),
  };
  return jsonAnswer(document);
}

/** One index, with the rulebook of its latest fixing. */
export async function indexAnswer(context: Context, id: string): Promise<Representation> {
  const view = viewOf(context, id);
  const latest = latestOf(context, view);
  const { version, sha256, unit, mode } = rulesOf(context, latest);
  const document: ApiIndex = {
    log: logOf(context.snapshot),
    ...{ index: id, title: view.title },
    ...{ first: view.dates[0] ?? '', latest: view.dates.at(-1) ?? '' },
    fixings: view.dates.length,
    ...{ unit, mode },
    rulebook: { version, sha256, path: rulebookPath(id, version) },
    series: `series/${id}.csv`,
  };
  return jsonAnswer(document);
}
