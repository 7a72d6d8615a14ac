import { describe, expect, it } from 'vitest';
import { publishBook } from '../../src/operate/publish-book.ts';
import { restate } from '../../src/operate/restate.ts';
import { deskOf, indicesOf, type TestDesk } from './desks.ts';

const RULES = {
  finality: '{ hours: 30, restate_above: "0.01" }',
  cutoff: '{ time: "16:00", zone: UTC }',
};
/** alpha and beta at 4 and 2; on the 2nd alpha is 5, where 4.5 was meant. */
const QUOTES = [
  '2026-06-30T15:00:00Z acme/alpha 4',
  '2026-06-30T15:00:00Z bell/beta 2',
  '2026-07-02T10:00:00Z acme/alpha 5',
];
const CORRECTION = (is: string) =>
  [
    'seller,model,effective_at,was_input,was_output,input,output,reason,known_since',
    `acme,alpha,2026-07-02T10:00:00Z,5,5,${is},${is},a slip,2026-07-03T18:30:00Z`,
    '',
  ].join('\n');

async function publishDays(desk: TestDesk, from: string, to = from) {
  const opened = await desk.open();
  const indices = indicesOf(opened.book.rulebooks);
  return publishBook(desk, opened, { indices, from, to });
}

/** Three days published as they came, then a correction of the second. */
async function corrected(is: string, keys: Readonly<Record<string, string>> = {}) {
  const desk = deskOf({ TEST: { ...RULES, ...keys } }, QUOTES);
  for (const day of ['2026-07-01', '2026-07-02', '2026-07-03']) {
    desk.at(`${day}T18:00:00Z`);
    await publishDays(desk, day);
  }
  desk.write('book/corrections.csv', CORRECTION(is));
  return desk;
}

async function restateSecond(desk: TestDesk) {
  const { book, evidence } = await desk.open();
  return restate(desk, book.rulebooks, evidence, '2026-07-02', 'acme meant another price.');
}

const SECOND = '2026-07-02';

describe('an error in a published fixing', () => {
  it('is restated while it is provisional and material; the old one stays', async () => {
    const desk = await corrected('4.5');
    desk.at('2026-07-03T19:00:00Z');
    const { notice, revisions } = await restateSecond(desk);
    // (5 + 2) / 2 against (4.5 + 2) / 2; the base is (4 + 2) / 2.
    expect(notice.subject).toEqual({
      ...{ notice: 'restatement', date: SECOND, revision: 1 },
      reason: 'acme meant another price.',
      published: { price: '3.5000', level: '116.6667' },
      restated: { price: '3.2500', level: '108.3333' },
      // The 3rd is provisional as well, and the wrong price stood on it.
      later: [
        {
          ...{ date: '2026-07-03', stands: false },
          published: { price: '3.5000', level: '116.6667' },
          restated: { price: '3.2500', level: '108.3333' },
        },
      ],
    });
    expect(revisions.map(({ date, revision }) => `${date} ${revision}`)).toEqual([
      ...[`${SECOND} 1`, '2026-07-03 1'],
    ]);
    const { added } = await publishDays(desk, SECOND, '2026-07-03');
    expect(added).toMatchObject([
      { date: SECOND, revision: 1 },
      { date: '2026-07-03', revision: 1 },
    ]);
    expect(desk.fixing('TEST', '2026-07-03.r1').value?.price).toBe('3.2500');
    expect(desk.fixing('TEST', SECOND).value?.price).toBe('3.5000');
    expect(desk.fixing('TEST', `${SECOND}.r1`).value?.price).toBe('3.2500');
    expect(desk.records('notice')).toHaveLength(1);
    expect((await desk.verify()).pass).toBe(true);
  });

  it('stands where it is not material, with a note of what it would have been', async () => {
    const desk = await corrected('4.95');
    desk.at('2026-07-03T19:00:00Z');
    const { notice, revisions } = await restateSecond(desk);
    expect(revisions).toEqual([]);
    expect(notice.subject).toMatchObject({
      ...{ notice: 'late_correction', why: 'immaterial' },
      published: { price: '3.5000', level: '116.6667' },
      would_be: { price: '3.4750', level: '115.8333' },
    });
    expect((await desk.verify()).pass).toBe(true);
  });

  it('stands once it is final, however large it is', async () => {
    const desk = await corrected('0.5');
    desk.at('2026-07-04T19:00:00Z');
    const { notice, revisions } = await restateSecond(desk);
    expect(revisions).toEqual([]);
    expect(notice.subject).toMatchObject({
      ...{ why: 'final', would_be: { price: '1.2500', level: '41.6667' } },
    });
    expect(notice.text).toContain('it is final');
    await publishDays(desk, '2026-07-04');
    expect(desk.contents().fixings.filter(({ revision }) => revision > 0)).toEqual([]);
    expect((await desk.verify()).pass).toBe(true);
  });

  it('on a link day says which later levels it changes, and gives them revisions', async () => {
    // A new member at the link of Thursday the 2nd: later levels rest on the prices of that day.
    const rebalance = '{ frequency: weekly, on: thursday }';
    const finality = '{ hours: 30, restate_above: "0.005" }';
    const desk = deskOf({ TEST: { ...RULES, rebalance, finality } }, [
      ...QUOTES,
      '2026-07-01T17:00:00Z coil/gamma 1',
    ]);
    for (const day of ['2026-07-01', '2026-07-02', '2026-07-03']) {
      desk.at(`${day}T18:00:00Z`);
      await publishDays(desk, day);
    }
    desk.write('book/corrections.csv', CORRECTION('4.5'));
    desk.at('2026-07-03T19:00:00Z');
    const { notice, revisions } = await restateSecond(desk);
    expect(notice.subject).toMatchObject({
      published: { price: '3.5000', level: '116.6667' },
      restated: { price: '3.2500', level: '108.3333' },
      // The 3rd begins the next series: (4.5 + 2 + 1) / 3, and the level of the link.
      later: [
        {
          ...{ date: '2026-07-03', stands: false },
          published: { price: '2.6667', level: '116.6667' },
          restated: { price: '2.5000', level: '108.3333' },
        },
      ],
    });
    expect(revisions.map(({ date }) => date)).toEqual(['2026-07-02', '2026-07-03']);
    const { added } = await publishDays(desk, '2026-07-02', '2026-07-03');
    expect(added.map(({ date, revision }) => `${date} ${revision}`)).toEqual([
      '2026-07-02 1',
      '2026-07-03 1',
    ]);
    const third = desk.fixing('TEST', '2026-07-03.r1');
    expect([third.value?.price, third.level]).toEqual(['2.5000', '108.3333']);
    expect((await desk.verify()).pass).toBe(true);
  });

  it('on a link day is told of a later day that is final, which stands', async () => {
    // A clarifying version has shorter hours: the 3rd is final before the 2nd.
    const rebalance = '{ frequency: weekly, on: thursday }';
    const first = { ...RULES, rebalance, finality: '{ hours: 100, restate_above: "0.005" }' };
    const second = {
      ...{ ...first, version: '1.0.1', change: 'clarifying', effective_from: '2026-07-03' },
      finality: '{ hours: 2, restate_above: "0.005" }',
    };
    const desk = deskOf({ first, second }, [...QUOTES, '2026-07-01T17:00:00Z coil/gamma 1']);
    for (const day of ['2026-07-01', '2026-07-02', '2026-07-03']) {
      desk.at(`${day}T18:00:00Z`);
      await publishDays(desk, day);
    }
    desk.write('book/corrections.csv', CORRECTION('4.5'));
    desk.at('2026-07-03T21:00:00Z');
    const { notice, revisions } = await restateSecond(desk);
    expect(notice.subject).toMatchObject({
      restated: { price: '3.2500', level: '108.3333' },
      // At its own cut-off: 108.3333 × (5 + 2 + 1) / (4.5 + 2 + 1).
      later: [
        { date: '2026-07-03', stands: true, restated: { price: '2.6667', level: '115.5556' } },
      ],
    });
    expect(notice.text).toContain('2026-07-03 would be others too, and stand');
    expect(revisions.map(({ date }) => date)).toEqual(['2026-07-02']);
  });

  it('that is no error is refused, and so is one of a day that is not published', async () => {
    const desk = await corrected('5.0');
    desk.at('2026-07-03T19:00:00Z');
    await expect(restateSecond(desk)).rejects.toThrow('would be the same');
    const { book, evidence } = await desk.open();
    await expect(
      restate(desk, book.rulebooks, evidence, '2026-06-01', 'before the base'),
    ).rejects.toThrow('nothing is published of TEST on 2026-06-01');
  });

  it('is gone on with where an interruption kept the note from the log', async () => {
    const desk = await corrected('4.5');
    desk.at('2026-07-03T19:00:00Z');
    desk.write(
      'book/revisions.csv',
      [
        'index,date,revision,known_at,reason',
        `TEST,${SECOND},1,2026-07-03T18:59:00Z,a slip`,
        'TEST,2026-07-03,1,2026-07-03T18:59:00Z,a slip',
        '',
      ].join('\n'),
    );
    const before = desk.read('book/revisions.csv');
    const { revisions } = await restateSecond(desk);
    expect(revisions).toHaveLength(2);
    expect(desk.read('book/revisions.csv')).toBe(before);
    expect(desk.records('notice')).toHaveLength(1);
  });
});

describe('a revision that is written by hand', () => {
  it('is refused where it corrects nothing material', async () => {
    const desk = await corrected('4.95');
    desk.write(
      'book/revisions.csv',
      `index,date,revision,known_at,reason\nTEST,${SECOND},1,2026-07-03T19:00:00Z,a slip\n`,
    );
    desk.at('2026-07-03T19:30:00Z');
    await expect(publishDays(desk, SECOND)).rejects.toThrow('by more than restate_above 0.01');
  });
});
