import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runDaily } from '../../src/operate/daily.ts';
import { calculated } from '../../src/publish/publication/calculated.ts';
import { NOTHING } from '../../src/publish/publication/plan.ts';
import { publish as publishFixings } from '../../src/publish/publication/publish.ts';
import { deskOf, type TestDesk } from './desks.ts';

/** Each attack on a fixing, and the rule that stops it or the line that shows it. */
const RULES = { cutoff: '{ time: "16:00", zone: UTC }', live_from: '2026-07-01' };

async function publish(desk: TestDesk, ...days: readonly string[]): Promise<void> {
  for (const day of days) {
    desk.at(`${day}T17:00:00Z`);
    const { journal } = await runDaily(desk, desk.open);
    const refused = journal.find(({ what }) => what === 'refused');
    if (refused) throw new RangeError(refused.detail);
  }
}

const price = (desk: TestDesk, day: string) => desk.fixing('TEST', day).value?.price;

describe('a price that is cut a minute before the cut-off and restored after it', () => {
  const QUOTES = [
    '2026-06-30T15:00:00Z acme/alpha 4',
    '2026-07-02T15:59:00Z acme/alpha 2',
    '2026-07-02T16:01:00Z acme/alpha 4',
  ];

  it('does not count under min_hours_in_force', async () => {
    const desk = deskOf({ TEST: { ...RULES, price: '{ min_hours_in_force: 1 }' } }, QUOTES);
    await publish(desk, '2026-07-01', '2026-07-02');
    expect(price(desk, '2026-07-02')).toBe('4.0000');
  });

  it('is the price of the day without that rule: the rulebook decides', async () => {
    const desk = deskOf({ TEST: RULES }, QUOTES);
    await publish(desk, '2026-07-01', '2026-07-02');
    expect(price(desk, '2026-07-02')).toBe('2.0000');
  });

  it('moves the mean over the day by its minutes where time is weighted', async () => {
    const keys = { ...RULES, cutoff: '{ time: "23:59", zone: UTC }' };
    const desk = deskOf({ TEST: { ...keys, price: '{ time_of_day: time_weighted }' } }, QUOTES);
    await publish(desk, '2026-07-01', '2026-07-03');
    expect(Number(price(desk, '2026-07-02'))).toBeGreaterThan(3.99);
  });
});

describe('a lab that edits a price which nobody pays', () => {
  it('moves an index of usage by its share of the usage, and that share is printed', async () => {
    const weights = '{ method: usage, window_days: 7, min_days: 7, lag_days: 0 }';
    const desk = deskOf({ TEST: { ...RULES, weights } }, [
      '2026-06-30T15:00:00Z acme/alpha 4',
      '2026-06-30T15:00:00Z acme/showpiece 4',
      '2026-07-02T15:00:00Z acme/showpiece 40',
    ]);
    desk.write(
      'book/usage/june.csv',
      'model,period_start,period_end,total_tokens\n' +
        'alpha,2026-06-01,2026-07-01,999\nshowpiece,2026-06-01,2026-07-01,1\n',
    );
    await publish(desk, '2026-07-01', '2026-07-02');
    // 0.999 × 4 + 0.001 × 40
    expect(price(desk, '2026-07-02')).toBe('4.0360');
    const found = desk
      .fixing('TEST', '2026-07-02')
      .constituents.find(({ id }) => id === 'showpiece');
    expect(Number(found?.weight)).toBeCloseTo(0.001, 12);
  });
});

describe('an owner who poses as several hosts', () => {
  const hosts = ['h1', 'h2', 'h3'].map((host) => `2026-06-30T15:00:00Z ${host}/alpha 1`);
  const honest = ['acme', 'bell'].map((host) => `2026-06-30T15:00:00Z ${host}/alpha 4`);

  it('has one vote', async () => {
    const keys = { ...RULES, price: '{ sellers: median }', universe: '{ min_sellers: 3 }' };
    const desk = deskOf({ TEST: keys }, [...hosts, ...honest]);
    desk.write('book/sellers.csv', 'seller,owner\nh1,hydra\nh2,hydra\nh3,hydra\n');
    await publish(desk, '2026-07-01');
    expect(price(desk, '2026-07-01')).toBe('4.0000');
    const alone = deskOf({ TEST: keys }, [...hosts, ...honest]);
    await publish(alone, '2026-07-01');
    expect(price(alone, '2026-07-01')).toBe('1.0000');
  });
});

describe('usage that is washed for a week', () => {
  const usage = (rows: readonly string[]) =>
    `model,period_start,period_end,total_tokens\n${rows.join('\n')}\n`;
  const honest = ['alpha,2026-06-01,2026-07-01,3000', 'beta,2026-06-01,2026-07-01,3000'];
  const washed = [...honest, 'beta,2026-06-24,2026-07-01,20300'];

  it('is diluted by the window and bound by the cap', async () => {
    const base = { ...RULES, base: '{ date: 2026-07-01 }' };
    const weights = (more: string) => `{ method: usage, min_days: 7, lag_days: 0, ${more} }`;
    const of = async (rows: readonly string[], more: string) => {
      const desk = deskOf({ TEST: { ...base, weights: weights(more) } }, [
        '2026-06-30T15:00:00Z acme/alpha 4',
        '2026-06-30T15:00:00Z bell/beta 2',
      ]);
      // Two reports of the one model for the same days: only as a seller of its own can one be new.
      desk.write('book/usage/june.csv', usage(rows));
      await publish(desk, '2026-07-01');
      const { constituents } = desk.fixing('TEST', '2026-07-01');
      return constituents.find(({ id }) => id === 'beta')?.share.slice(0, 6);
    };
    // The same model reported twice for a day is refused before anything is calculated.
    await expect(of(washed, 'window_days: 28')).rejects.toThrow();
    const week = ['alpha,2026-06-01,2026-07-01,3000', 'beta,2026-06-01,2026-06-24,2300'];
    const pumped = [...week, 'beta,2026-06-24,2026-07-01,7000'];
    // In a window of the week 7000 × 2 of 7000 × 2 + 700 × 4; in four weeks 9100 × 2 and 2800 × 4.
    expect(await of(pumped, 'window_days: 7')).toBe('0.8333');
    expect(await of(pumped, 'window_days: 28')).toBe('0.6190');
    const caps = 'window_days: 7, caps: { of: value, constituent: "0.5" }';
    expect(await of(pumped, caps)).toBe('0.5');
  });
});

describe('an alias that is pointed elsewhere', () => {
  it('is composition: the level links to what the name meant before', async () => {
    const desk = deskOf({ TEST: { ...RULES, rebalance: '{ frequency: daily }' } }, [
      '2026-06-30T15:00:00Z acme/latest 4',
      '2026-07-03T10:00:00Z acme/latest 1',
    ]);
    desk.write(
      'book/models.csv',
      'model,lab,seller,seller_model,from,until\n' +
        'alpha,acme,acme,latest,,2026-07-03\nbeta,acme,acme,latest,2026-07-03,\n',
    );
    await publish(desk, '2026-07-01', '2026-07-02');
    const day = async (date: string) => {
      desk.at(`${date}T17:00:00Z`);
      await runDaily(desk, desk.open);
      const { status, level, withheld } = desk.fixing('TEST', date);
      return [status, level, withheld];
    };
    // alpha is gone and nothing matches it: no fall to a quarter is printed.
    expect(await day('2026-07-03')).toEqual(['withheld', null, ['no_matched_price']]);
    expect((await day('2026-07-04')).slice(0, 2)).toEqual(['published', '100.0000']);
  });
});

describe('a quote that is backdated', () => {
  it('is refused: the book admits only what the log has, from when it has it', async () => {
    const desk = deskOf({ TEST: RULES }, ['2026-06-30T15:00:00Z acme/alpha 4']);
    desk.at('2026-07-01T15:00:00Z');
    await desk.collect(['2026-07-01T14:00:00Z acme/alpha 4']);
    await publish(desk, '2026-07-01', '2026-07-02');
    desk.at('2026-07-02T18:00:00Z');
    await desk.collect(['2026-07-02T09:00:00Z acme/alpha 1']);
    await publish(desk, '2026-07-03');
    // It counts from the 3rd on, and changes nothing of the 2nd.
    expect([price(desk, '2026-07-02'), price(desk, '2026-07-03')]).toEqual(['4.0000', '1.0000']);
    expect((await desk.verify()).pass).toBe(true);
  });

  it('is seen by strangers where the owner takes the list of captures away', async () => {
    const desk = deskOf({ TEST: RULES }, ['2026-06-30T15:00:00Z acme/alpha 4']);
    desk.at('2026-07-01T15:00:00Z');
    await desk.collect(['2026-07-01T14:00:00Z acme/alpha 4']);
    await publish(desk, '2026-07-01');
    rmSync(join(desk.book, 'captures.csv'));
    desk.write(
      'book/quotes/backdated.csv',
      desk
        .read('book/quotes/first.csv')
        .replaceAll('2026-06-30', '2026-07-01')
        .replaceAll('4', '1'),
    );
    await publish(desk, '2026-07-02');
    const { steps } = await desk.verify();
    const failed = steps.filter(({ result }) => result === 'fail').map(({ name }) => name);
    expect(failed).toContain('captures');
  });
});

describe('withholding without a gate', () => {
  it('is seen: a fixing that is withheld by hand is not what its inputs give', async () => {
    const desk = deskOf({ TEST: RULES }, ['2026-06-30T15:00:00Z acme/alpha 4']);
    await publish(desk, '2026-07-01');
    const { book, evidence, rulebooks, manifest } = await desk.open();
    const [draft] = calculated(book.rulebooks, evidence, '2026-07-02', '2026-07-02');
    if (!draft) throw new RangeError('expected a fixing');
    const kept = { status: 'withheld' as const, withheld: ['min_labs'], value: null, level: null };
    const drafts = [{ ...draft, fixing: { ...draft.fixing, ...kept } }];
    const request = { ...NOTHING, nowMs: desk.now(), drafts, rulebooks, manifest };
    await publishFixings(desk.publication, desk.signers, request);
    const { steps } = await desk.verify();
    const failed = steps.filter(({ result }) => result === 'fail').map(({ name }) => name);
    expect(failed).toEqual(['recompute']);
  });

  it('is not done by leaving a day out: the next run publishes it, and the log shows it late', async () => {
    const desk = deskOf({ TEST: RULES }, ['2026-06-30T15:00:00Z acme/alpha 4']);
    await publish(desk, '2026-07-01', '2026-07-03');
    const rows = desk.contents().fixings.map(({ date, final_from }) => `${date} ${final_from}`);
    expect(rows).toEqual([
      '2026-07-01 2026-07-01T17:00:00Z',
      '2026-07-02 2026-07-03T17:00:00Z',
      '2026-07-03 2026-07-03T17:00:00Z',
    ]);
  });
});
