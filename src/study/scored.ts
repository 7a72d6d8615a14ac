import type { Day } from '../domain/dates.ts';
import { dayToMs } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import { describeReject, MtokError, nearest, type Reject } from '../domain/failure.ts';
import type { Score } from '../ingest/scores.ts';
import type { PlacedRow } from '../ingest/table.ts';
import type { Evidence } from '../normalize/evidence.ts';

/**
 * The scores by the book's models. A row names a model by its id, or by any name that it is sold
 * under.
 *
 * @param day on which a moving alias is resolved.
 * @throws {MtokError} where a model is not of the book, or two rows are of one.
 */
export function scoresByModel(
  scores: readonly PlacedRow<Score>[],
  evidence: Evidence,
  day: Day,
): ReadonlyMap<string, Decimal> {
  const names = namesOf(evidence, day);
  const found = new Map<string, { readonly score: Decimal; readonly line: number }>();
  const rejects: Reject[] = [];
  for (const { row, file, line } of scores) {
    const place = { file, line, column: 'model', value: row.model };
    const [model, ...others] = names.get(row.model) ?? [];
    if (model === undefined) {
      const near = nearest(row.model, names.keys());
      const expected = `a model of the book${near ? `: did you mean ${near}?` : ''}`;
      rejects.push({ code: 'unknown_model', ...place, expected });
      continue;
    }
    if (others.length > 0) {
      const expected = `the id of a model: sellers mean ${[model, ...others].join(' or ')} by it`;
      rejects.push({ code: 'ambiguous_model', ...place, expected });
      continue;
    }
    const before = found.get(model);
    if (before) {
      const expected = `one score of ${model}: line ${before.line} is of it too`;
      rejects.push({ code: 'duplicate_model', ...place, expected });
    } else found.set(model, { score: row.score, line });
  }
  if (rejects.length > 0) {
    throw new MtokError('data', rejects.map(describeReject).join('\n'), rejects);
  }
  return new Map([...found].map(([model, { score }]) => [model, score]));
}

/** By each name what it means on a day: a model's id itself, else what its sellers mean by it. */
function namesOf({ catalogue, offers, rows }: Evidence, day: Day): Map<string, Set<string>> {
  const atMs = dayToMs(day);
  const names = new Map<string, Set<string>>();
  const add = (name: string, model: string) => {
    names.set(name, (names.get(name) ?? new Set()).add(model));
  };
  for (const { good, seller, model } of offers) {
    if (good === 'token') add(model, catalogue.resolve(seller, model, atMs));
  }
  for (const { seller, sellerModel } of rows.models) {
    if (seller === '') add(sellerModel, catalogue.resolve('', sellerModel, atMs));
  }
  for (const { model } of rows.models) names.set(model, new Set([model]));
  return names;
}
