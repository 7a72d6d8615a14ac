import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../src/domain/dates.ts';
import { parseRulebook } from '../../src/index.ts';
import { calendarsOf } from '../../src/normalize/calendars.ts';
import { statusOf } from '../../src/serve/status.ts';

const rulebook = (extra: string) => {
  const text = `schema: mtok.rulebook/1
index: ALPHA
title: An index
version: 1.0.0
base: { date: 2026-07-01, level: "100" }
workload: { input: "0.5", output: "0.5" }
${extra}`;
  return parseRulebook(text).rulebook!;
};

const LONDON = `cutoff: { time: "16:00", zone: Europe/London }
schedule: { publish_by: "18:00" }
calendar: weekdays`;

interface Case {
  readonly now: string;
  readonly latest: string;
  readonly state?: 'provisional' | 'final';
  readonly status?: 'published' | 'withheld';
  readonly isRepeated?: boolean;
  readonly rules?: string;
}

function at({ now, latest, state = 'final', status = 'published', ...more }: Case) {
  const rules = rulebook(more.rules ?? LONDON);
  const row = {
    ...{ index: 'ALPHA', date: latest, revision: 0, status, state, version: '1.0.0' },
    ...{ sha256: '', manifest: '', rulebook: '', provisional: 1, final: null },
    ...{ published_at: '2026-07-01T00:00:00Z', final_from: '2026-07-01T00:00:00Z' },
    publishedAtMs: 0,
  };
  return statusOf({
    index: 'ALPHA',
    versions: [rules],
    calendar: calendarsOf([])(rules.calendar),
    latest: { row, state, entries: { provisional: 1, final: null }, supersededBy: null },
    isRepeated: more.isRepeated ?? false,
    nowMs: parseMoment(now) ?? Number.NaN,
  });
}

// 2026-07-03 is a Friday; London is an hour before UTC then.
describe('the status of an index', () => {
  it.each([
    ['before the cut-off', { now: '2026-07-03T14:59:59Z', latest: '2026-07-02' }, 'final', true],
    ['at the cut-off', { now: '2026-07-03T15:00:00Z', latest: '2026-07-02' }, 'due', false],
    ['before it is due', { now: '2026-07-03T16:59:59Z', latest: '2026-07-02' }, 'due', false],
    ['when it was due', { now: '2026-07-03T17:00:00Z', latest: '2026-07-02' }, 'late', false],
    ['once it is there', { now: '2026-07-03T17:00:00Z', latest: '2026-07-03' }, 'final', true],
    ['on Saturday', { now: '2026-07-04T20:00:00Z', latest: '2026-07-03' }, 'final', true],
    ['on Monday morning', { now: '2026-07-06T08:00:00Z', latest: '2026-07-03' }, 'final', true],
    ['on Monday evening', { now: '2026-07-06T18:00:00Z', latest: '2026-07-03' }, 'late', false],
    [
      'while it may still be revised',
      { now: '2026-07-03T17:00:00Z', latest: '2026-07-03', state: 'provisional' },
      ...(['provisional', true] as const),
    ],
    [
      'without a value',
      { now: '2026-07-03T17:00:00Z', latest: '2026-07-03', status: 'withheld' },
      ...(['withheld', false] as const),
    ],
    [
      'with the value of another day',
      { now: '2026-07-03T17:00:00Z', latest: '2026-07-03', isRepeated: true },
      ...(['withheld', false] as const),
    ],
    [
      'where a day was left out before',
      { now: '2026-07-03T15:30:00Z', latest: '2026-07-01' },
      ...(['late', false] as const),
    ],
  ] as const)('%s', (_, given, status, isCurrent) => {
    const found = at(given);
    expect([found.status, found.latest.is_current]).toEqual([status, isCurrent]);
  });

  it('names the day, its cut-off and when it is due', () => {
    expect(at({ now: '2026-07-03T15:30:00Z', latest: '2026-07-01' })).toMatchObject({
      ...{ day: '2026-07-03', cutoff: '2026-07-03T15:00:00Z', due_by: '2026-07-02T17:00:00Z' },
      ...{ missing: 2, next_cutoff: '2026-07-06T15:00:00Z' },
    });
  });

  it('without a time to publish by is late from the next cut-off on', () => {
    const rules = 'cutoff: { time: "16:00", zone: UTC }';
    const found = at({ now: '2026-07-03T23:00:00Z', latest: '2026-07-02', rules });
    expect([found.status, found.due_by]).toEqual(['due', '2026-07-04T16:00:00Z']);
    expect(at({ now: '2026-07-04T16:00:00Z', latest: '2026-07-02', rules }).status).toBe('late');
  });

  it('that is published by after midnight is due on the next day', () => {
    const rules = 'cutoff: { time: "23:59", zone: UTC }\nschedule: { publish_by: "02:00" }';
    const found = at({ now: '2026-07-04T01:00:00Z', latest: '2026-07-02', rules });
    expect([found.status, found.due_by]).toEqual(['due', '2026-07-04T02:00:00Z']);
  });

  it('of a zone far ahead has its day while UTC has the day before', () => {
    const rules = 'cutoff: { time: "08:00", zone: Pacific/Kiritimati }';
    const found = at({ now: '2026-07-03T18:00:00Z', latest: '2026-07-04', rules });
    expect([found.day, found.status]).toEqual(['2026-07-04', 'final']);
  });

  it('is unknown where its calendar is', () => {
    const found = at({ now: '2026-07-03T18:00:00Z', latest: '2026-07-03', rules: 'calendar: own' });
    expect(found).toMatchObject({ status: 'unknown', day: null, latest: { is_current: false } });
  });

  it('never takes an older value for the one that counts now', () => {
    for (let hour = 0; hour < 24 * 14; hour += 1) {
      const now = new Date(Date.UTC(2026, 6, 3, hour)).toISOString();
      const found = at({ now, latest: '2026-07-03' });
      const isOver = now >= '2026-07-06T15:00:00.000Z';
      expect(found.latest.is_current, now).toBe(!isOver);
      expect(['due', 'late'].includes(found.status), now).toBe(isOver);
    }
  });
});
