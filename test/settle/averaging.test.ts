import { describe, expect, it } from 'vitest';
import { periodsOf } from '../../src/index.ts';
import { codes, contract, july, settled, steps } from './small-contract.ts';

describe('the days of an average', () => {
  it('are the business days of a month', () => {
    const found = settled({ fixings: july() });
    expect(found.days).toHaveLength(23);
    expect(found.averaging).toBe('business_days');
  });

  it('leave out the holidays of a calendar, whose hash is in the document', () => {
    const holiday = { calendar: 'exchange', date: '2026-07-03', isOpen: false };
    const elsewhere = { ...holiday, date: '2027-07-03' };
    const at = (calendars: (typeof holiday)[]) =>
      settled({ terms: { calendar: 'exchange' }, fixings: july(), calendars });
    const found = at([holiday]);
    expect(found.days).toHaveLength(22);
    expect(found.calendar).toMatchObject({ name: 'exchange', count: 1 });
    // The calendar of another year changes nothing, not even the hash.
    expect(at([elsewhere, holiday])).toEqual(found);
    expect(() => at([])).toThrow(/calendars\/exchange.csv/);
  });

  it('are all of a month, with the last fixing carried over those off the calendar', () => {
    const terms = { averaging: '{ method: calendar_days }' };
    const found = settled({ terms, fixings: july({ '2026-07-03': '90.0000' }) });
    expect(found.observations).toMatchObject({ scheduled: 31, actual: 23 });
    expect(found.days.find(({ day }) => day === '2026-07-05')).toMatchObject({
      ...{ observed: '2026-07-03', rung: 'fixing', value: '90.0000' },
    });
    // Three days at 90: 28 · 100 + 3 · 90, over 31.
    expect(found.unrounded).toBe('99.03225806451612903225806451612903225806');
  });

  it('carry what the ladder gave, and a fixing from before the month', () => {
    const terms = {
      averaging: '{ method: calendar_days }',
      ladder: '[{ rule: previous, max_days: 1 }]',
    };
    const fixings = july({ '2026-07-02': '90.0000', '2026-07-03': 'withheld' });
    const found = settled({ terms, fixings });
    expect(steps(found, '2026-07-04')).toEqual(['2026-07-04 previous 90.0000']);
    // August 2026 begins on a Saturday.
    const august = settled({
      terms,
      fixings: july(),
      period: '2026-08',
      at: '2026-08-02T00:00:00Z',
    });
    expect(steps(august, '2026-08-01')).toEqual(['2026-08-01 fixing 100.0000']);
    expect(august.observations.actual).toBe(0);
  });

  it('are the last one, or the last few', () => {
    const fixings = july({ '2026-07-30': '90.0000', '2026-07-31': '80.0000' });
    const last = settled({ terms: { averaging: '{ method: last_fixing }' }, fixings });
    expect(steps(last)).toEqual(['2026-07-31 fixing 80.0000']);
    const few = settled({ terms: { averaging: '{ method: last_days, days: 3 }' }, fixings });
    expect(few).toMatchObject({ unrounded: '90', averaging: 'last_days 3' });
  });

  it('are those between two dates, each fixing for as long as it stands', () => {
    const averaging = '{ method: twap, from: 2026-07-02, to: 2026-07-06 }';
    const fixings = july({ '2026-07-03': '90.0000' });
    const found = settled({ terms: { averaging }, fixings, period: '2026-07-02/2026-07-06' });
    // Thursday and Monday at 100, Friday to Sunday at 90.
    expect(found).toMatchObject({ unrounded: '94', period: { id: '2026-07-02/2026-07-06' } });
  });
});

describe('the periods of a contract', () => {
  const ids = (keys: Record<string, string>, name?: string) => {
    const { periods, expected } = periodsOf(contract(keys), name);
    return periods?.map(({ id }) => id).join(' ') ?? expected;
  };

  it('are months, the twelve of a strip, or two dates', () => {
    expect(ids({}, '2026-02')).toBe('2026-02');
    expect(ids({ period: 'year' }, '2026')).toMatch(/^2026-01 .* 2026-12$/);
    expect(ids({ period: 'year' }, '2026-02')).toBe('2026-02');
    const averaging = '{ method: twap, from: 2026-07-02, to: 2026-07-06 }';
    expect(ids({ averaging })).toBe('2026-07-02/2026-07-06');
  });

  it.each([undefined, '2026', '2026-13', '2026-7', '2026-07-01', ''])('refuse %s', (name) => {
    expect(ids({}, name)).toBe('a month: 2026-08');
  });

  it('end where their months do', () => {
    const last = (name: string) => periodsOf(contract(), name).periods?.[0]?.to;
    expect([last('2028-02'), last('2026-02'), last('2026-12')]).toEqual([
      ...['2028-02-29', '2026-02-28', '2026-12-31'],
    ]);
  });
});

describe('a contract in another currency', () => {
  const fx = (keys: string) =>
    `{ sources: [ECB], time: "16:00", zone: Europe/Berlin, max_age_days: 4, ${keys} }`;
  const EACH = { currency: 'CNY', fx: fx('on: each_day, places: 2') };
  const averaging = '{ method: last_days, days: 2 }';
  const fixings = july({ '2026-07-30': '90.0000' });

  it('converts each day at the rate of that day, and averages then', () => {
    const rates = ['2026-07-30 7.104', '2026-07-31 7.126'];
    const found = settled({ terms: { ...EACH, averaging }, fixings, rates });
    // 90 · 7.10 + 100 · 7.13, over 2: each rate is rounded once, to its places.
    expect(found.unrounded).toBe('676');
    expect(found.days.map((day) => day.fx)).toEqual([
      { date: '2026-07-30', rate: '7.10' },
      { date: '2026-07-31', rate: '7.13' },
    ]);
    expect(found.fx).toMatchObject({ pair: 'USD/CNY', on: 'each_day', count: 2, time: '16:00' });
  });

  it('or the mean once, at the rate of the last day', () => {
    const terms = { currency: 'CNY', fx: fx('on: last_day, places: 2'), averaging };
    const rates = ['2026-07-30 7.104', '2026-07-31 7.126'];
    const found = settled({ terms, fixings, rates });
    // 95 · 7.13
    expect(found.unrounded).toBe('677.35');
    expect(found.fx).toMatchObject({ settled_at: { date: '2026-07-31', rate: '7.13' }, count: 1 });
  });

  it('takes an older rate up to its age, never a later one or one of another source', () => {
    const terms = { ...EACH, averaging: '{ method: last_fixing }' };
    const at = (...rates: string[]) => settled({ terms, fixings, rates });
    expect(at('2026-07-27 7.1', '2026-08-01 9').unrounded).toBe('710');
    expect(at('2026-07-27 7.1', '2026-07-31 9 BANK').unrounded).toBe('710');
    expect(codes(at('2026-07-26 7.1'))).toEqual(['fx_rate_too_old 2026-07-31']);
    expect(codes(at('2026-07-31 9 BANK'))).toEqual(['no_fx_rate 2026-07-31']);
  });

  it('says what the last rate was, where there is none for a day', () => {
    const [reason] = settled({ terms: EACH, fixings, rates: ['2026-07-13 7'] }).reasons;
    expect(reason?.detail).toContain('the last rate of USD/CNY is of 2026-07-13');
  });

  it('takes a rate from the hour of its fixing on', () => {
    // 16:00 in Berlin is 14:00 UTC in summer; the fixing of the day is known from here on.
    const known = '2026-07-31T08:00:00Z';
    const terms = { ...EACH, averaging: '{ method: last_fixing }' };
    const early = july({ '2026-07-31': `100.0000 known=${known}` });
    const rates = ['2026-07-30 7.10', '2026-07-31 7.20'];
    const at = (moment: string) => settled({ terms, fixings: early, rates, at: moment }).unrounded;
    expect(at('2026-07-31T13:59:59Z')).toBe('710');
    expect(at('2026-07-31T14:00:00Z')).toBe('720');
  });
});
