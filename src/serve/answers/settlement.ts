import type { ApiSettlement } from '../../domain/api.ts';
import { parseMoment } from '../../domain/dates.ts';
import { settlementsOf } from '../../domain/settlement-path.ts';
import { readRecord } from '../../verify/records.ts';
import { ensure } from '../../verify/refusal.ts';
import { type Context, logOf } from '../context.ts';
import { Problem } from '../problem.ts';
import type { Representation } from '../representation.ts';
import { jsonAnswer } from './json.ts';

export interface SettlementQuery {
  readonly known_at?: string | undefined;
}

/** What a contract settles at for a period: the last document, or the one of a moment. */
export async function settlementAnswer(
  { snapshot, source }: Context,
  id: string,
  period: string,
  { known_at }: SettlementQuery,
): Promise<Representation> {
  const own = settlementsOf(snapshot.records.values(), id);
  const ofPeriod = own.filter((one) => one.period === period);
  const untilMs = known_at === undefined ? undefined : parseMoment(known_at);
  const last = ofPeriod.findLast(
    ({ row }) => untilMs === undefined || (parseMoment(row.at) ?? 0) <= untilMs,
  );
  if (!last) {
    const others = [...new Set(own.map((one) => one.period))].join(', ');
    const there = others === '' ? 'of that contract there is none' : `there are ${others}`;
    const when = ofPeriod.length > 0 ? ` that was known at ${known_at}` : '';
    const none = `there is no settlement of ${id} for ${period}${when}; ${there}`;
    throw new Problem('no-such-settlement', none);
  }
  const { path, sha256, entry, at } = last.row;
  const settlement = await readRecord(source, last.row);
  ensure(settlement.schema === 'mtok.settlement/1', `${path} is no settlement`);
  const document: ApiSettlement = {
    log: logOf(snapshot),
    record: { path, sha256, entry, at },
    superseded_by: ofPeriod[ofPeriod.indexOf(last) + 1]?.row.path ?? null,
    settlement,
  };
  return jsonAnswer(document);
}
