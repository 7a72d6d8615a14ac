import { describe, expect, it } from 'vitest';
import { EMPTY_BOOK } from '../../src/domain/rows.ts';
import { type BookRows, canonicalJson, canonicalText, evidenceOf } from '../../src/index.ts';
import { alias, correction, rate } from '../normalize/rows.ts';
import { inputsOf, readBack } from './recompute.ts';
import { calendar, evidence, fixingOn, quote, rulebook, usage } from './small-book.ts';

const DAY = '2026-07-10';
const USED = { weights: '{ method: usage, window_days: 7, lag_days: 0 }' };
const LINES = [
  '2026-07-01 acme/alpha 1 out=2',
  '2026-07-02 bell/alpha 2 out=5 cached=0.5 until=2026-07-20 observed=2026-07-03T12:00:00.250Z',
  '2026-07-04 bell/alpha withdrawn',
  '2026-07-01 "north,east"/beta 1.5e-3 currency=EUR region=global context=0 window=00:30-08:30',
  '2026-07-01 coil/beta 4',
];
const ROWS: Partial<BookRows> = {
  usage: [
    usage('2026-06-20 2026-06-28 alpha 70 published=2026-06-28T09:00:00Z'),
    usage('2026-06-28 2026-07-01 alpha 50+20 cached=5'),
    usage('2026-06-24 2026-07-01 beta 700 seller=coil'),
  ],
  fx: [rate('2026-06-30', 'EUR', 'USD', '1.2'), rate('2026-07-09', 'USD', 'EUR', '0.8')],
  models: [
    alias('alpha', 'alpha', { until: '2026-09-01T12:00:00Z' }),
    alias('beta', 'beta', { seller: 'coil', from: '2026-01-01' }),
  ],
  sellers: [{ seller: 'bell', owner: 'coil' }],
};

function book(lines: readonly string[] = LINES, rows: Partial<BookRows> = {}): BookRows {
  return { ...EMPTY_BOOK, ...ROWS, ...rows, quotes: lines.map(quote) };
}

const rules = rulebook(USED);
const digests = (rows: BookRows, on = DAY) => fixingOn(rules, evidenceOf(rows), on).inputs;

describe('the canonical inputs of a fixing (clause inputs)', () => {
  it('say that there is a calendar, and nothing of it that comes later', async () => {
    const desk = rulebook({ calendar: 'desk' });
    const of = async (...days: readonly string[]) => {
      const known = evidenceOf(book(LINES, { calendars: calendar('desk', ...days) }));
      const fixing = fixingOn(desk, known, DAY);
      // With its inputs alone it is the same.
      const again = fixingOn(desk, evidenceOf(await readBack(inputsOf(desk, known, DAY))), DAY);
      expect(canonicalJson(again)).toBe(canonicalJson(fixing));
      return fixing.inputs.calendars;
    };
    const christmas = await of('2026-12-25 closed');
    expect(await of('2026-11-26 closed', '2026-12-25 closed')).toEqual(christmas);
    expect(christmas.count).toBe(1);
    expect(await of('2026-07-07 closed', '2026-12-25 closed')).not.toEqual(christmas);
  });

  it('hide a correction of a quote that is not known yet', () => {
    const later = '2026-07-05 acme/alpha 9 out=2 observed=2026-07-20';
    const corrections = [correction('2026-07-05', '9', '3')];
    const before = digests(book());
    expect(digests(book([...LINES, later], { corrections }))).toEqual(before);
    const known = digests(book([...LINES, later], { corrections }), '2026-07-21');
    expect(known.corrections.count).toBe(1);
  });

  it('do not depend on the order of the rows', () => {
    const rows = book();
    const reversed = Object.fromEntries(
      Object.entries(rows).map(([kind, list]) => [kind, [...list].reverse()]),
    ) as unknown as BookRows;
    expect(digests(reversed)).toEqual(digests(rows));
  });

  it('do not depend on where a row was read, or on what only confirms another', () => {
    const lines = [...LINES, '2026-07-05 acme/alpha 1.00 out=2.0'];
    const rows = book(lines);
    const elsewhere = { ...rows, quotes: rows.quotes.map((row) => ({ ...row, source: 'a page' })) };
    expect(digests(elsewhere)).toEqual(digests(book()));
  });

  it.each([
    ['observed later', '2026-07-05 acme/alpha 3 observed=2026-07-11'],
    ['effective later', '2026-07-11 acme/alpha 3'],
  ])('hold nothing %s', (_, line) => {
    expect(digests(book([...LINES, line]))).toEqual(digests(book()));
  });

  it.each([
    ['quotes', '2026-07-05 acme/alpha 3', {}],
    ['usage', '', { usage: [...ROWS.usage!, usage('2026-06-25 2026-06-26 alpha 1')] }],
    ['fx', '', { fx: [...ROWS.fx!, rate('2026-07-10', 'EUR', 'USD', '1.3')] }],
    ['models', '', { models: [...ROWS.models!, alias('alpha-1', 'alpha')] }],
    ['sellers', '', { sellers: [...ROWS.sellers!, { seller: 'coil', owner: 'coil' }] }],
    ['corrections', '', { corrections: [correction('2026-07-01', '1', '3', '2026-07-02')] }],
  ])('differ in %s alone where a row of them is added', (kind, line, rows) => {
    const [before, after] = [digests(book()), digests(book(line ? [...LINES, line] : LINES, rows))];
    const changed = Object.keys(before).filter(
      (name) =>
        before[name as keyof typeof before].sha256 !== after[name as keyof typeof after].sha256,
    );
    expect(changed).toEqual([kind]);
  });

  it.each([
    ['models', { models: [...ROWS.models!, alias('gamma', 'gamma')] }],
    ['sellers', { sellers: [...ROWS.sellers!, { seller: 'dyne', owner: 'dyne' }] }],
  ])('hold no row of %s because of a quote that is not known yet', (_, rows) => {
    const later = '2026-07-20 dyne/gamma 3';
    expect(digests(book([...LINES, later], rows))).toEqual(digests(book(LINES, rows)));
  });

  it('hold no row that the universe cannot hold', () => {
    const narrow = rulebook({ universe: '{ exclude: { models: [gamma], sellers: [dyne] } }' });
    const known = (more: string[]) => fixingOn(narrow, evidence([...LINES, ...more]), DAY).inputs;
    const outside = ['2026-07-01 acme/gamma 1', '2026-07-01 dyne/delta 1'];
    expect(known(outside)).toEqual(known([]));
  });

  it('hold no rate where every price is in dollars', () => {
    const inDollars = LINES.filter((line) => !line.includes('EUR'));
    expect(digests(book(inDollars)).fx.count).toBe(0);
  });
});

describe('the canonical rows', () => {
  it('are sorted lines under a header, each ended by a line feed', () => {
    const text = canonicalText(inputsOf(rules, evidenceOf(book()), DAY).sellers);
    expect(text).toBe('seller,owner\nbell,coil\n');
  });

  it('are a CSV that is read back to the same rows', async () => {
    const inputs = inputsOf(rules, evidenceOf(book()), DAY);
    const rows = await readBack(inputs);
    expect(rows.quotes).toHaveLength(LINES.length);
    expect(inputsOf(rules, evidenceOf(rows), DAY)).toEqual(inputs);
    for (const kind of ['usage', 'models', 'sellers'] as const) {
      expect(rows[kind]).toHaveLength(ROWS[kind]!.length);
      expect(rows[kind]).toEqual(expect.arrayContaining([...ROWS[kind]!]));
    }
  });

  it('are read back with a correction too', async () => {
    const corrections = [correction('2026-07-01', '1', '3', '2026-07-02')];
    const rows = await readBack(inputsOf(rules, evidenceOf(book(LINES, { corrections })), DAY));
    expect(rows.corrections).toHaveLength(1);
  });
});

describe('a stranger with the canonical rows and the rulebook', () => {
  const recomputed = async (rows: BookRows, keys: Record<string, string>) => {
    const own = rulebook(keys);
    const known = evidenceOf(rows);
    const inputs = inputsOf(own, known, DAY);
    const theirs = evidenceOf(await readBack(inputs));
    return [fixingOn(own, theirs, DAY), fixingOn(own, known, DAY)].map(canonicalJson);
  };

  it('gets the same bytes', async () => {
    const [theirs, ours] = await recomputed(book(), USED);
    expect(theirs).toBe(ours);
  });

  it('gets the same age of a model that another seller sold first', async () => {
    const rows = book([
      '2026-01-01 bell/alpha 1',
      '2026-06-20 acme/alpha 1',
      '2026-07-01 coil/coil-1 1',
    ]);
    const universe = '{ exclude: { sellers: [bell] }, max_model_age_days: 90 }';
    const [theirs, ours] = await recomputed(rows, { universe });
    expect(theirs).toBe(ours);
  });

  it('gets the same meaning of a name that moves to a model outside the universe', async () => {
    const models = [
      alias('latest', 'alpha', { until: '2026-07-05' }),
      alias('latest', 'gamma', { from: '2026-07-05' }),
    ];
    const rows = book(['2026-07-01 acme/latest 1', '2026-07-01 coil/coil-1 1'], { models });
    const rebalance = '{ frequency: daily }';
    const universe = '{ exclude: { models: [gamma] } }';
    const [theirs, ours] = await recomputed(rows, { universe, rebalance });
    expect(theirs).toBe(ours);
  });
});
