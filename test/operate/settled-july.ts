import { join } from 'node:path';
import { readContracts } from '../../src/ingest/book.ts';
import { readFixings } from '../../src/ingest/fixings.ts';
import { runDaily } from '../../src/operate/daily.ts';
import { type LoggedSettlement, publishSettlement } from '../../src/operate/settle-publication.ts';
import { deskOf, type TestDesk } from './desks.ts';

/** A monthly average of an index TEST. */
export const CONTRACT = `schema: mtok.contract/1
contract: TEST-MONTH
title: Monthly average of TEST
version: 1.0.0
index: TEST
value: level
unit: points
multiplier: { size: "10", unit: USD a point }
averaging: { method: business_days }
calendar: weekdays
tick: "0.01"
tie: half_even
ladder:
  - { rule: previous, max_days: 3 }
min_observations: 3
currency: USD
first_day: 2026-07-01
final: { from_day: 1, deadline_day: 5, time: "18:00", zone: UTC, fixing_after_hours: 24 }
`;

/** Ten days of July, settled on two of them: the second document takes the place of the first. */
export async function settledDesk(): Promise<TestDesk> {
  const rules = { cutoff: '{ time: "16:00", zone: UTC }', calendar: 'weekdays' };
  const desk = deskOf({ TEST: rules }, ['2026-06-30T15:00:00Z acme/alpha 4']);
  for (const day of ['01', '02', '03', '06', '07', '08', '09', '10']) {
    desk.at(`2026-07-${day}T17:00:00Z`);
    await runDaily(desk, desk.open);
    if (day === '03' || day === '08') await settleAt(desk, `2026-07-${day}T18:00:00Z`);
  }
  return desk;
}

/** Settles July as it is known at a moment, on the contract as the book then has it. */
export async function settleAt(
  desk: TestDesk,
  moment: string,
  text = CONTRACT,
): Promise<LoggedSettlement> {
  desk.at(moment);
  desk.write('book/contracts/TEST-MONTH.yaml', text);
  const file = join(desk.book, 'contracts/TEST-MONTH.yaml');
  const { contracts } = await readContracts([file]);
  const fixings = await readFixings(desk.publication, ['TEST']);
  const period = { id: '2026-07', from: '2026-07-01', to: '2026-07-31' };
  const terms = { contract: contracts[0]!, text, period, knownAtMs: desk.now() };
  return publishSettlement(desk, { fixings, fx: [], calendars: [] }, terms);
}
