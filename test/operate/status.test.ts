import { describe, expect, it } from 'vitest';
import { formatMoment, parseMoment } from '../../src/domain/dates.ts';
import { momentsOfDay } from '../../src/domain/schedule.ts';
import { runDaily } from '../../src/operate/daily.ts';
import { dueDays, nextDay } from '../../src/operate/due.ts';
import { statusOf } from '../../src/operate/status.ts';
import { rulebook } from '../fix/small-book.ts';
import { deskOf, type TestDesk } from './desks.ts';

const RULES = {
  cutoff: '{ time: "16:00", zone: UTC }',
  schedule: '{ collect_by: "15:30", review_by: "17:00", publish_by: "18:00" }',
  live_from: '2026-07-01',
};
const QUOTES = ['2026-06-30T15:00:00Z acme/alpha 4'];

const run = async (desk: TestDesk, moment: string) => {
  desk.at(moment);
  return (await runDaily(desk, desk.open)).journal.map(({ what, date }) => `${what} ${date}`);
};
const due = async (desk: TestDesk, moment: string) => {
  desk.at(moment);
  const [status] = (await statusOf(desk, await desk.open())).indices;
  return status?.due.map(({ date, state, late }) => `${date} ${state}${late ? ' late' : ''}`);
};

describe('mtok status', () => {
  it('says what is due, and from when on it is late', async () => {
    const desk = deskOf({ TEST: RULES }, QUOTES);
    expect(await due(desk, '2026-07-01T15:59:59Z')).toEqual([]);
    expect(await due(desk, '2026-07-01T16:00:00Z')).toEqual(['2026-07-01 due']);
    expect(await due(desk, '2026-07-01T18:00:00Z')).toEqual(['2026-07-01 due']);
    expect(await due(desk, '2026-07-01T18:00:01Z')).toEqual(['2026-07-01 due late']);
    expect(await run(desk, '2026-07-01T18:30:00Z')).toEqual([
      'published 2026-07-01',
      'late 2026-07-01',
    ]);
    expect(await due(desk, '2026-07-01T18:31:00Z')).toEqual([]);
  });

  it('says how old the collected quotes are, and which venue is silent', async () => {
    const desk = deskOf({ TEST: RULES }, [...QUOTES, '2026-07-01T09:00:00Z bell/beta 2 router']);
    desk.at('2026-07-01T15:00:00Z');
    const { collection } = await statusOf(desk, await desk.open());
    expect(collection).toEqual({
      ...{ last_seen: '2026-07-01T09:00:00Z', age_hours: 6 },
      venues: [
        { venue: 'acme', last_seen: '2026-06-30T15:00:00Z' },
        { venue: 'router', last_seen: '2026-07-01T09:00:00Z' },
      ],
    });
  });

  it('names what is held, and who has approved', async () => {
    const keys = {
      ...RULES,
      mode: 'settlement',
      hold: '{ move: "3", max_hours: 48 }',
      approvals: '2',
    };
    const desk = deskOf({ TEST: keys }, [...QUOTES, '2026-07-01T15:00:00Z acme/alpha 40']);
    desk.at('2026-07-01T16:30:00Z');
    const [status] = (await statusOf(desk, await desk.open())).indices;
    expect(status?.due).toMatchObject([
      { state: 'in_review', held: ['acme alpha'], approved_by: [], approvals: 2 },
    ]);
    expect(await due(desk, '2026-07-01T17:00:00Z')).toEqual(['2026-07-01 awaits_approval']);
    expect(await run(desk, '2026-07-01T18:30:00Z')).toEqual([
      ...['awaits_approval 2026-07-01', 'late 2026-07-01'],
    ]);
  });
});

describe('the days that are due', () => {
  it('are all that were missed, in their order, each at its own cut-off', async () => {
    const desk = deskOf({ TEST: RULES }, [...QUOTES, '2026-07-02T15:00:00Z acme/alpha 6']);
    const lines = await run(desk, '2026-07-03T16:30:00Z');
    expect(lines.filter((line) => line.startsWith('published'))).toEqual([
      ...['published 2026-07-01', 'published 2026-07-02', 'published 2026-07-03'],
    ]);
    expect(desk.fixing('TEST', '2026-07-01').value?.price).toBe('4.0000');
    expect(desk.fixing('TEST', '2026-07-03').value?.price).toBe('6.0000');
    expect(await run(desk, '2026-07-03T16:31:00Z')).toEqual([]);
  });

  it('begin with the latest where an index was never live', async () => {
    const desk = deskOf({ TEST: { ...RULES, live_from: 'null' } }, QUOTES);
    expect(await run(desk, '2026-07-03T16:30:00Z')).toContain('published 2026-07-03');
    expect(desk.contents().fixings).toHaveLength(1);
  });

  it('leave out the days off the calendar', async () => {
    const desk = deskOf({ TEST: { ...RULES, calendar: 'weekdays' } }, QUOTES);
    const { book, evidence } = await desk.open();
    const dates = (moment: string) =>
      dueDays(book.rulebooks, evidence, undefined, parseMoment(moment) ?? 0).map(
        ({ date }) => date,
      );
    // The 4th is a Saturday.
    expect(dates('2026-07-06T17:00:00Z').slice(-3)).toEqual([
      '2026-07-02',
      '2026-07-03',
      '2026-07-06',
    ]);
    const next = nextDay(book.rulebooks, evidence, parseMoment('2026-07-03T17:00:00Z') ?? 0);
    expect(next?.date).toBe('2026-07-06');
  });
});

describe('the schedule of a day', () => {
  it('is on the clocks of its zone, and after midnight where the clock says so', () => {
    const rules = rulebook({
      cutoff: '{ time: "23:00", zone: America/New_York }',
      schedule: '{ collect_by: "22:30", review_by: "23:30", publish_by: "01:00" }',
    });
    const { cutoffMs, collectByMs, reviewByMs, publishByMs } = momentsOfDay(rules, '2026-07-01');
    const text = [collectByMs, cutoffMs, reviewByMs, publishByMs].map((ms) =>
      formatMoment(ms ?? 0),
    );
    expect(text).toEqual([
      ...['2026-07-02T02:30:00Z', '2026-07-02T03:00:00Z'],
      ...['2026-07-02T03:30:00Z', '2026-07-02T05:00:00Z'],
    ]);
  });
});
