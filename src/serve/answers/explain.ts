import type { ApiExplain } from '../../domain/api.ts';
import { readFixing } from '../../verify/fixing.ts';
import { type Context, logOf, viewOf, wholeHorizon } from '../context.ts';
import { revisionSeen, type SeenRow } from '../horizon.ts';
import { badParameter, Problem } from '../problem.ts';
import type { Representation } from '../representation.ts';
import type { IndexView } from '../snapshot.ts';
import { jsonAnswer } from './json.ts';

export interface ExplainQuery {
  readonly from: string;
  readonly to: string;
}

/** Why an index moved between two published fixings, calculated from published rows. */
export async function explainAnswer(
  context: Context,
  id: string,
  { from, to }: ExplainQuery,
): Promise<Representation> {
  const view = viewOf(context, id);
  if (to < from) throw badParameter('to', `a day on or after from, ${from}`, to);
  const [first, last] = [publishedOn(context, view, from), publishedOn(context, view, to)];
  if (last.row.digest_only) {
    const kinds = last.row.digest_only.join(', ');
    throw cannot(`the rows behind ${id} ${to} are not all published: of ${kinds} a digest alone`);
  }
  const fixing = await readFixing(context.source, last.row);
  const { explanation, none } = await context.explainer.explain({ to: fixing, from });
  if (!explanation) throw cannot(none);
  for (const [end, seen] of [
    ['from', first],
    ['to', last],
  ] as const) {
    await requirePublished(context, seen, explanation.price[end], explanation.level[end]);
  }
  const document: ApiExplain = {
    log: logOf(context.snapshot),
    fixings: { from: first.row.sha256, to: last.row.sha256 },
    explanation: {
      ...explanation,
      parts: [...explanation.parts],
      crossed: [...explanation.crossed],
      days: [...explanation.days],
    },
  };
  return jsonAnswer(document);
}

function publishedOn(context: Context, view: IndexView, date: string): SeenRow {
  const seen = revisionSeen(view, date, wholeHorizon(context.snapshot));
  const name = `${view.index} ${date}`;
  if (!seen) throw new Problem('no-such-fixing', `${name} is not published`, { found: date });
  if (seen.row.status === 'published') return seen;
  throw cannot(`${name} was withheld: it has no value to explain`);
}

/** A day that was revised after the other was published came out otherwise from its inputs. */
async function requirePublished(
  { facts }: Context,
  { row }: SeenRow,
  price: string,
  level: string,
): Promise<void> {
  const { value, unit, level: published, repeats } = await facts.read(row);
  if (value?.price === price && published === level && repeats === undefined) return;
  const was = `${value?.price} ${unit} and the level ${published}`;
  const why = repeats === undefined ? 'a revision came between' : `it repeats ${repeats}`;
  throw cannot(
    `${row.index} ${row.date} was published with ${was}; from the inputs of the later day it has ` +
      `${price} and ${level}: ${why}`,
  );
}

function cannot(why: string): Problem {
  return new Problem('cannot-be-explained', why);
}
