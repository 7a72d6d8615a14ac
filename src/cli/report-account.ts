import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import { type GoodId, goodOfUnit } from '../domain/goods.ts';
import { byCodePoint } from '../domain/group.ts';
import { INPUT_KINDS } from '../domain/publication.ts';
import type { BookRows } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { inOrder } from '../domain/versions.ts';
import {
  canonicalHolds,
  canonicalJudgements,
  canonicalRevisions,
} from '../fix/canonical-decisions.ts';
import { type CanonicalRows, canonicalCorrections } from '../fix/canonical-rows.ts';
import type { InputKind } from '../fix/inputs.ts';
import { lastRevisions, type YearInputs } from '../fix/report/inputs.ts';
import type { YearRecords } from '../fix/report/records.ts';
import { type Sensitivity, sensitivity } from '../fix/sensitivity.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { optionsOf, readEvidence } from '../verify/recompute.ts';
import { Refusal } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';

/** The fixings of an index over the days of a report, and the way to the rows behind each. */
export interface Account {
  readonly index: string;
  readonly from: Day;
  readonly to: Day;
  /** All of those days with their revisions; at least one. */
  readonly fixings: readonly Fixing[];
  readonly before: Fixing | undefined;
  readonly behind: (fixing: Fixing) => Promise<Behind>;
  readonly records: YearRecords | null;
}

/** What one fixing rests on. */
export interface Behind {
  /** Canonical rows, as a publication has them. */
  readonly source: Source;
  readonly versions: readonly Rulebook[];
  readonly keptBack: readonly InputKind[];
}

/** At which ends the sensitivity is calculated, the dearest part of a report by far. */
export type SensitiveAt = 'year' | 'quarters' | 'never';

/** Gathers what the report of a year is made from. */
export async function yearInputs(
  account: Account,
  year: number,
  at: SensitiveAt,
  onVariant: (name: string) => void,
): Promise<YearInputs> {
  const { index, fixings, behind } = account;
  const byDay = lastRevisions(fixings);
  const last = [...byDay.values()].at(-1);
  if (!last) throw new RangeError('expected at least one fixing');
  const { versions, keptBack } = await behind(last);
  const { rows } = await evidenceOfFixing(last, behind);
  // What was decided after the last day, of a day before it, came in with a revision.
  const decided = [{ rows }];
  for (const fixing of fixings.filter(({ revision }) => revision > 0)) {
    decided.push(await evidenceOfFixing(fixing, behind, DECISIONS));
  }
  const evidence = evidenceOf({
    ...rows,
    ...decisionsOf(
      decided.map((one) => one.rows),
      goodOfUnit(last.unit),
    ),
  });
  const ends = [...byDay].filter(([day]) => isEnd(day, [...byDay.keys()], at));
  const sensitivities: Sensitivity[] = [];
  for (const [, fixing] of ends) {
    const found = await sensitivityOf(fixing, behind, (name) =>
      onVariant(`${index} ${fixing.date} ${name}`),
    );
    if (found) sensitivities.push(found);
  }
  const { from, to, before, records } = account;
  return {
    ...{ year, from, to, versions: inOrder(versions), fixings, before },
    ...{ evidence, keptBack, sensitivities, records },
  };
}

const DECISIONS: readonly InputKind[] = ['holds', 'judgements', 'corrections', 'revisions'];

/** The published rows that a fixing rests on; kinds that are kept back are empty. */
async function evidenceOfFixing(
  fixing: Fixing,
  behind: Account['behind'],
  kinds: readonly InputKind[] = INPUT_KINDS,
): Promise<Evidence> {
  const { source, keptBack } = await behind(fixing);
  const inputs = { ...fixing.inputs };
  for (const kind of INPUT_KINDS) {
    if (keptBack.includes(kind) || !kinds.includes(kind)) {
      inputs[kind] = { ...inputs[kind], count: 0 };
    }
  }
  return readEvidence(source, inputs);
}

/** What people decided, each row once. */
function decisionsOf(all: readonly BookRows[], good: GoodId): Partial<BookRows> {
  const once = <Row extends object>(
    rows: readonly Row[],
    canonical: (rows: readonly Row[]) => CanonicalRows,
  ): Row[] => [...new Map(rows.map((row) => [canonical([row]).lines[0], row])).values()];
  return {
    holds: once(
      all.flatMap((rows) => rows.holds),
      canonicalHolds,
    ),
    judgements: once(
      all.flatMap((rows) => rows.judgements),
      (rows) => canonicalJudgements(rows, good),
    ),
    corrections: once(
      all.flatMap((rows) => rows.corrections),
      (rows) => canonicalCorrections(rows, good),
    ),
    revisions: once(
      all.flatMap((rows) => rows.revisions),
      canonicalRevisions,
    ),
  };
}

/** The last day with a fixing, of the year or of each quarter. */
function isEnd(day: Day, days: readonly Day[], at: SensitiveAt): boolean {
  if (at === 'never') return false;
  const period = (one: Day) =>
    at === 'year' ? '' : `${one.slice(0, 4)}-${Math.floor((Number(one.slice(5, 7)) - 1) / 3)}`;
  return (
    days
      .filter((one) => period(one) === period(day))
      .sort(byCodePoint)
      .at(-1) === day
  );
}

/** @returns `undefined` where not all rows were published. */
async function sensitivityOf(
  fixing: Fixing,
  behind: Account['behind'],
  onVariant: (name: string) => void,
): Promise<Sensitivity | undefined> {
  const { versions, keptBack } = await behind(fixing);
  if (keptBack.length > 0) return undefined;
  const { index, date, value, level } = fixing;
  const evidence = await evidenceOfFixing(fixing, behind);
  const result = sensitivity(versions, evidence, date, optionsOf(fixing), { onVariant });
  if (!result.sensitivity) throw new MtokError('no', result.none.message);
  const { own } = result.sensitivity;
  if (own.level !== level || own.price !== (value?.price ?? null)) {
    const message = `${index} on ${date} calculated again is not what was published`;
    throw new MtokError('no', `${message}: run mtok verify to see what differs`);
  }
  return result.sensitivity;
}

/** What a publication's files refuse is an answer to the person who asked, with what to do. */
export async function refusedAs<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const advice = 'run mtok verify to see what differs';
    throw new MtokError('no', `${name} cannot be relied on: ${error.message}; ${advice}`);
  }
}
