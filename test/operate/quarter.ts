import { join } from 'node:path';
import { addDays } from '../../src/domain/dates.ts';
import { inOrder, versionOn } from '../../src/domain/versions.ts';
import { calculateFixing } from '../../src/index.ts';
import { findBook, readFiles } from '../../src/ingest/book.ts';
import { QUOTE_CAPTURE, readCapture } from '../../src/ingest/capture.ts';
import { HOLDS } from '../../src/ingest/decisions.ts';
import { CORRECTIONS } from '../../src/ingest/reference.ts';
import { approve } from '../../src/operate/approvals.ts';
import { collect } from '../../src/operate/collect.ts';
import { type JournalLine, runDaily } from '../../src/operate/daily.ts';
import type { Desk } from '../../src/operate/desk.ts';
import { restate } from '../../src/operate/restate.ts';
import { appendRows } from '../../src/publish/append-row.ts';
import { type Signer, signerOf } from '../../src/publish/log/keys.ts';
import { deskOf, type TestDesk } from './desks.ts';

/**
 * A quarter of an administrator with a clock of its own: captures at 15:00, the cut-off at 16:00,
 * two approvals, a cast of faults. Input and output cost the same, so that sums are done in the head.
 */
const RULES = {
  index: 'QUARTER',
  mode: 'settlement',
  live_from: '2026-07-01',
  rebalance: '{ frequency: monthly, on: first_day, effective: after_close, announce_days: 3 }',
  price: '{ confirm_within_hours: 30 }',
  hold: '{ move: "3", max_hours: 72 }',
  fallback: '[{ rule: carry_forward, max_days: 5 }]',
  on_withheld: '{ previous: 2 }',
  gates: '{ min_confirmed: "0.5" }',
  cutoff: '{ time: "16:00", zone: UTC }',
  schedule: '{ collect_by: "15:30", review_by: "17:00", publish_by: "18:00" }',
  finality: '{ hours: 20, restate_above: "0.005" }',
  approvals: '2',
  notice_days: '7',
};

/** From September a price may move by four times before it is held. */
const SECOND = {
  ...RULES,
  version: '2.0.0',
  hold: '{ move: "4", max_hours: 72 }',
  announced_at: '2026-08-20',
  effective_from: '2026-09-01',
};

export const FIRST_DAY = '2026-07-01';
export const DAYS = Array.from({ length: 92 }, (_, index) => addDays(FIRST_DAY, index));

const COLUMNS =
  'seller,model,venue,effective_at,observed_at,event,input,output,cached_input,window_utc';

/** A row as a page shows it at a moment, taking effect then unless it says another one. */
function row(at: string, name: string, price: string, more: Partial<Row> = {}): string {
  const [seller, model] = name.split('/');
  const { venue = '', effective = at, window = '' } = more;
  const said = price === 'withdrawn' ? ['withdrawn', '', ''] : ['quote', price, price];
  return [seller, model, venue, effective, at, ...said, '', window].join(',');
}

interface Row {
  readonly venue: string;
  readonly effective: string;
  readonly window: string;
}

const csv = (rows: readonly string[]) => `${[COLUMNS, ...rows].join('\n')}\n`;
const between = (day: string, from: string, to: string) => from <= day && day <= to;

/** Two prices are read from a catalogue, which can lose names. */
const CATALOGUE = { venue: 'catalogue' };

/** What the pages show on a day; nothing where the collector is dead. */
function pages(day: string): string[] {
  if (between(day, '2026-07-05', '2026-07-06')) return [];
  const at = `${day}T15:00:00Z`;
  const isGone = day === '2026-07-14';
  const alpha = { '2026-07-09': '40', '2026-08-10': '4.4' }[day] ?? '4';
  const gamma = { '2026-07-28': '7.2' }[day] ?? '6';
  const epsilon = day < '2026-08-20' ? '1' : '0.2';
  const peak = { window: 'Mon-Fri 15:30-16:30' };
  return [
    row(at, 'acme/alpha', alpha),
    ...(day === '2026-07-20' ? [] : [row(at, 'bell/beta', day < '2026-07-20' ? '2' : '1.8')]),
    row(at, 'coil/gamma', isGone ? 'withdrawn' : gamma, CATALOGUE),
    ...(day === '2026-08-05' ? [] : [row(at, 'dune/delta', isGone ? 'withdrawn' : '3', CATALOGUE)]),
    row(at, 'echo/epsilon', epsilon),
    ...(between(day, '2026-08-03', '2026-08-19') ? [row(at, 'echo/epsilon', '2', peak)] : []),
    ...(day >= '2026-08-21' ? [row(at, 'echo/epsilon', '0.2', { venue: 'router' })] : []),
    ...(day >= '2026-07-25' ? [row(at, 'fern/zeta', '5')] : []),
    // Announced, and taken back: from the 5th delta was to cost 6.
    ...(day === '2026-07-22'
      ? [row(at, 'dune/delta', '6', { ...CATALOGUE, effective: '2026-08-05T00:00:00Z' })]
      : []),
    ...(day === '2026-08-01'
      ? [row(at, 'dune/delta', '3', { ...CATALOGUE, effective: '2026-08-05T00:00:00Z' })]
      : []),
    // The hours of double price end with the price itself.
    ...(day === '2026-08-20' ? [row(at, 'echo/epsilon', 'withdrawn', peak)] : []),
  ];
}

export interface Person {
  readonly name: string;
  readonly signer: Signer;
}

const person = (name: string, seed: number): Signer =>
  signerOf(`${name}@index.example`, 'log', new Uint8Array(32).fill(seed));
export const ANN = person('ann', 1);
export const BOB = person('bob', 2);

export interface Quarter {
  readonly desk: TestDesk;
  readonly journal: readonly JournalLine[];
}

export interface Conduct {
  /** Who signs first. */
  readonly approvers: readonly Signer[];
  /** Days on which every step is killed at every point, and done again. */
  readonly crashes?: readonly string[];
  readonly days?: readonly string[];
}

/** Lives through the quarter, day by day. */
export async function quarter({ approvers, crashes = [], days = DAYS }: Conduct): Promise<Quarter> {
  const desk = deskOf({ first: RULES, second: SECOND }, []);
  desk.write('book/quotes/first.csv', csv(opening()));
  const journal: JournalLine[] = [];
  for (const day of days) {
    const crashesToday = crashes.includes(day);
    const step = async <Result>(act: (on: Desk) => Promise<Result>): Promise<Result> =>
      crashesToday ? killedEverywhere(desk, act) : act(desk);
    const run = async (time: string) => {
      desk.at(`${day}T${time}:00Z`);
      const done = await step((on) => runDaily(on, desk.open));
      for (const line of done.journal) journal.push(line);
    };
    await morning(desk, day);
    desk.at(`${day}T15:00:30Z`);
    await step((on) => take(on, pages(day)));
    await run('16:10');
    if (day === '2026-07-20') {
      desk.at('2026-07-20T17:20:00Z');
      await step((on) => take(on, [row('2026-07-20T15:00:00Z', 'bell/beta', '1.8')]));
    }
    await approveAll(desk, day, approvers);
    await run('17:30');
    if (day === '2026-07-28') {
      await correct(desk, 'coil,gamma,2026-07-28T15:00:00Z,7.2,6', '2026-07-28T19:00:00Z');
      desk.at('2026-07-28T19:05:00Z');
      await step((on) => restateDay(on, desk, '2026-07-28', 'coil had shown a price in euro.'));
      await run('19:10');
      await approveAll(desk, day, approvers);
      await run('19:30');
    }
    if (day === '2026-08-13') {
      await correct(desk, 'acme,alpha,2026-08-10T15:00:00Z,4.4,4', '2026-08-13T19:00:00Z');
      desk.at('2026-08-13T19:05:00Z');
      await step((on) => restateDay(on, desk, '2026-08-10', 'acme had shown tax.'));
    }
  }
  return { desk, journal };
}

function opening(): string[] {
  const at = '2026-06-30T15:00:00Z';
  return [
    ...[row(at, 'acme/alpha', '4'), row(at, 'bell/beta', '2'), row(at, 'echo/epsilon', '1')],
    ...[row(at, 'coil/gamma', '6', CATALOGUE), row(at, 'dune/delta', '3', CATALOGUE)],
  ];
}

/** What two people decide before the day's captures. */
async function morning(desk: TestDesk, day: string): Promise<void> {
  if (day !== '2026-07-10') return;
  await appendRows(join(desk.book, 'holds.csv'), HOLDS, [
    {
      ...{ seller: 'acme', model: 'alpha', effective_at: '2026-07-09T15:00:00Z' },
      ...{ decision: 'reject', rationale: 'a comma for a point', approvers: 'c. wu; d. roy' },
      decided_at: '2026-07-10T09:00:00Z',
    },
  ]);
}

async function take(desk: Desk, rows: readonly string[]): Promise<void> {
  if (rows.length === 0) return;
  const there = await readFiles(QUOTE_CAPTURE.table, (await findBook(desk.book)).quotes);
  const capture = await readCapture(QUOTE_CAPTURE, Buffer.from(csv(rows)), 'seen', there.rows);
  if (capture.rejects.length > 0) throw new RangeError(JSON.stringify(capture.rejects));
  await collect(desk, QUOTE_CAPTURE, [capture]);
}

/** `seller,model,effective_at,was,is` */
async function correct(desk: TestDesk, said: string, known_since: string): Promise<void> {
  const [seller = '', model = '', effective_at = '', was = '', is = ''] = said.split(',');
  await appendRows(join(desk.book, 'corrections.csv'), CORRECTIONS, [
    {
      ...{ seller, model, effective_at, was_input: was, was_output: was, input: is, output: is },
      ...{ reason: 'seen again on the page', known_since },
    },
  ]);
}

async function approveAll(
  desk: TestDesk,
  day: string,
  approvers: readonly Signer[],
): Promise<void> {
  const { book, evidence } = await desk.open();
  const { fixing } = calculateFixing(book.rulebooks, evidence, day);
  if (!fixing) throw new RangeError(`expected a fixing on ${day}`);
  const rules = versionOn(inOrder(book.rulebooks), day);
  for (const signer of approvers) await approve(desk.book, fixing, rules, signer);
}

async function restateDay(on: Desk, desk: TestDesk, day: string, reason: string): Promise<void> {
  const { book, evidence } = await desk.open();
  await restate(on, book.rulebooks, evidence, day, reason);
}

class Killed extends Error {}

/** Does a step that is killed when it looks at the clock for the first time, the second, … */
async function killedEverywhere<Result>(
  desk: TestDesk,
  act: (on: Desk) => Promise<Result>,
): Promise<Result> {
  for (let at = 1; ; at += 1) {
    let looks = 0;
    const now = () => {
      looks += 1;
      if (looks === at) throw new Killed();
      return desk.now();
    };
    try {
      return await act({ ...desk, now });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
}
