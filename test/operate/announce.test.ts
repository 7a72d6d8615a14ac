import { describe, expect, it } from 'vitest';
import { parseRulebook } from '../../src/index.ts';
import { runDaily } from '../../src/operate/daily.ts';
import {
  cessationNotice,
  consultationNotice,
  noticeRecord,
  rebalanceNotice,
  rulebookNotice,
} from '../../src/operate/notices.ts';
import { publishRecords } from '../../src/publish/publication/publish.ts';
import { rulebookText } from '../fix/small-book.ts';
import { deskOf, type TestDesk } from './desks.ts';

const RULES = { cutoff: '{ time: "16:00", zone: UTC }', live_from: '2026-07-01' };
const QUOTES = ['2026-06-30T15:00:00Z acme/alpha 4', '2026-07-02T10:00:00Z bell/beta 2'];
const NEXT = { version: '2.0.0', effective_from: '2026-07-20', announced_at: '2026-07-05' };

const run = async (desk: TestDesk, moment: string) => {
  desk.at(moment);
  const { journal } = await runDaily(desk, desk.open);
  return journal.map(({ what, date, detail }) => `${what} ${date} ${detail}`);
};

describe('the notice of a rebalance', () => {
  it('has the basket, who enters and who leaves', async () => {
    const rebalance = '{ frequency: weekly, on: monday }';
    const { book, evidence } = await deskOf({ TEST: { ...RULES, rebalance } }, QUOTES).open();
    const notice = rebalanceNotice(book.rulebooks, evidence, '2026-07-02', '2026-07-02');
    expect(notice.subject).toEqual({
      ...{ notice: 'rebalance', rebalance: '2026-07-06', first_day: '2026-07-07' },
      known_at: '2026-07-02T16:00:00Z',
      // 4 and 2 in equal quantities.
      basket: [
        { id: 'alpha', weight: '0.5', share: `0.${'6'.repeat(39)}7` },
        { id: 'beta', weight: '0.5', share: `0.${'3'.repeat(40)}` },
      ],
      ...{ added: ['beta'], removed: [] },
    });
  });

  it('is refused of an index that never rebalances', async () => {
    const { book, evidence } = await deskOf({ TEST: RULES }, QUOTES).open();
    const notice = () => rebalanceNotice(book.rulebooks, evidence, '2026-07-02', '2026-07-02');
    expect(notice).toThrow('TEST never rebalances');
  });
});

describe('a change of the rulebook', () => {
  const versions = async (first: object, second: object) => {
    const desk = deskOf({ a: { ...RULES, ...first }, b: { ...RULES, ...NEXT, ...second } }, QUOTES);
    return (await desk.open()).book.rulebooks;
  };

  it('is announced with the days that are left', async () => {
    const rulebooks = await versions({ notice_days: '14' }, {});
    const { subject } = rulebookNotice(rulebooks, '2026-07-06');
    expect(subject).toMatchObject({
      ...{ change: 'material', effective_from: '2026-07-20', notice_days: 14 },
      ...{ from: { version: '1.0.0' }, to: { version: '2.0.0' } },
    });
  });

  it('is refused inside the notice period where it is material, and not where it is urgent', async () => {
    const rulebooks = await versions({ notice_days: '14' }, {});
    expect(() => rulebookNotice(rulebooks, '2026-07-07')).toThrow(
      'comes in 13 days: notice_days is 14',
    );
    const urgent = await versions({ notice_days: '14' }, { change: 'emergency' });
    expect(rulebookNotice(urgent, '2026-07-19').subject).toMatchObject({ notice_days: 1 });
  });

  it('is refused by its own dates', async () => {
    const late = versions({ notice_days: '16' }, {});
    await expect(late).rejects.toThrow('2026-07-04 or earlier: 16 days before it takes effect');
    await expect(versions({ notice_days: '1' }, { announced_at: 'null' })).rejects.toThrow(
      'announced',
    );
  });

  it('that the log never announced stops the first live day under it, and no other index', async () => {
    const desk = deskOf(
      {
        a: { ...RULES, notice_days: '7' },
        b: { ...RULES, ...NEXT, effective_from: '2026-07-12' },
        other: { ...RULES, index: 'OTHER' },
      },
      QUOTES,
    );
    // The machine was off from the 5th on, when the notice was due.
    await run(desk, '2026-07-04T17:00:00Z');
    const lines = await run(desk, '2026-07-12T17:00:00Z');
    const refused = lines.filter((line) => line.startsWith('refused'));
    expect(refused).toEqual([
      expect.stringContaining('version 2.0.0 of TEST needs a notice in the log by 2026-07-05'),
    ]);
    const last = (index: string) =>
      desk.contents().indices.find((one) => one.index === index)?.latest;
    expect([last('TEST'), last('OTHER')]).toEqual(['2026-07-11', '2026-07-12']);
  });

  it('is announced by the daily run on its day, once', async () => {
    const desk = deskOf({ a: { ...RULES, notice_days: '7' }, b: { ...RULES, ...NEXT } }, QUOTES);
    expect(await run(desk, '2026-07-04T17:00:00Z')).not.toContainEqual(
      expect.stringContaining('announced'),
    );
    const announced = expect.stringContaining('announced 2026-07-20 Version 2.0.0');
    expect(await run(desk, '2026-07-05T17:00:00Z')).toContainEqual(announced);
    expect(await run(desk, '2026-07-06T17:00:00Z')).not.toContainEqual(announced);
    expect((await desk.verify()).pass).toBe(true);
  });
});

describe('a consultation', () => {
  it('shows what is proposed beside what is in force, and the largest difference', async () => {
    const desk = deskOf({ TEST: RULES }, [...QUOTES, '2026-07-03T10:00:00Z acme/alpha 6']);
    const { book, evidence } = await desk.open();
    const text = rulebookText({ ...RULES, version: '2.0.0', base: '{ date: 2026-07-02 }' });
    const { rulebook: proposed } = parseRulebook(text);
    if (!proposed) throw new RangeError('expected a rulebook');
    const period = { from: '2026-07-02', to: '2026-07-03' };
    const dates = { closes: '2026-08-01', dated: '2026-07-04' };
    const { subject } = consultationNotice(book.rulebooks, proposed, evidence, period, dates);
    expect(subject).toMatchObject({
      shadow: [
        {
          date: '2026-07-02',
          published: { price: '4.0000', level: '100.0000' },
          proposed: { price: '3.0000', level: '100.0000' },
        },
        // 6 of 4; and (6 + 2) of (4 + 2).
        {
          date: '2026-07-03',
          published: { price: '6.0000', level: '150.0000' },
          proposed: { price: '4.0000', level: '133.3333' },
        },
      ],
      // 16.6667 of 150.
      largest_difference: { date: '2026-07-03', percent: '11.1111' },
    });
  });
});

describe('the end of an index', () => {
  it('has a last day: nothing is published after it', async () => {
    const desk = deskOf({ TEST: RULES }, QUOTES);
    await run(desk, '2026-07-02T17:00:00Z');
    const { book } = await desk.open();
    const notice = cessationNotice(
      book.rulebooks,
      '2026-07-03',
      'OTHER',
      'Too few sellers.',
      '2026-07-02',
    );
    expect(notice.text).toContain('OTHER follows it. Too few sellers.');
    const records = [noticeRecord(notice)];
    await publishRecords(desk.publication, desk.signers, { nowMs: desk.now(), records });
    await run(desk, '2026-07-06T17:00:00Z');
    expect(desk.contents().indices).toMatchObject([{ latest: '2026-07-03' }]);
    expect((await desk.verify()).pass).toBe(true);
  });

  it('is not announced for a day that is over', async () => {
    const { book } = await deskOf({ TEST: RULES }, QUOTES).open();
    const notice = () => cessationNotice(book.rulebooks, '2026-07-01', null, 'why', '2026-07-02');
    expect(notice).toThrow('expected a last day from 2026-07-02 on');
  });
});

describe('a clock', () => {
  it('that is set back logs nothing', async () => {
    const desk = deskOf({ a: { ...RULES, notice_days: '7' }, b: { ...RULES, ...NEXT } }, QUOTES);
    await run(desk, '2026-07-05T17:00:00Z');
    desk.at('2026-07-05T16:00:00Z');
    const { book } = await desk.open();
    const notice = cessationNotice(book.rulebooks, '2026-07-09', null, 'why', '2026-07-05');
    const records = [noticeRecord(notice)];
    await expect(
      publishRecords(desk.publication, desk.signers, { nowMs: desk.now(), records }),
    ).rejects.toThrow(/the clock shows 2026-07-05T16:00:00Z, and the log has .*17:00:00Z/);
  });
});
