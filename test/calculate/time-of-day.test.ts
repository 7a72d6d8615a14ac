import { describe, expect, it } from 'vitest';
import {
  brief,
  briefs,
  evidence,
  excluded,
  fixingOn,
  rulebook,
  standing,
} from '../fix/small-book.ts';

/**
 * Real time-of-day prices. deepseek-v4-flash and -v4-pro cost double from 2026-08-17 on weekdays at
 * 01:00-04:00 and 06:00-10:00 UTC (npm @pydantic/genai-prices 0.1.8, start_date: the rows give the
 * peak; the other hours cost half of it). deepseek-chat had a standard price at 00:30-16:30 and half
 * of it at other hours (genai-prices, start_time and end_time).
 */
const PEAK = 'window=Mon-Fri_01:00-04:00_06:00-10:00';
const FLASH = [
  '2026-08-01 deepseek/deepseek-v4-flash 0.22 out=0.66 cached=0.007',
  `2026-08-17 deepseek/deepseek-v4-flash 0.44 out=1.32 cached=0.014 ${PEAK}`,
];
const PRO = [
  '2026-08-01 deepseek/deepseek-v4-pro 0.66 out=1.98 cached=0.022',
  `2026-08-17 deepseek/deepseek-v4-pro 1.32 out=3.96 cached=0.044 ${PEAK}`,
];
const CHAT = [
  '2026-08-01 deepseek/deepseek-chat 0.135 out=0.55 cached=0.035',
  '2026-08-01 deepseek/deepseek-chat 0.27 out=1.1 cached=0.07 window=00:30-16:30',
];

/** 2026-08-14 is a Friday; the double price begins on Monday the 17th. */
const BASE = { base: '{ date: 2026-08-14, level: "100" }' };
const AVERAGED = { ...BASE, price: '{ time_of_day: time_weighted }' };

describe('a price that depends on the hour, averaged over the UTC day (clause time-of-day)', () => {
  it('is of the day alone where the cut-off is in the next one', () => {
    // 23:00 in New York is 03:00 UTC: the quote of 01:00 is of the next day.
    const late = { ...AVERAGED, cutoff: '{ time: "23:00", zone: America/New_York }' };
    const lines = ['2026-08-01 acme/alpha 4', '2026-08-18T01:00:00Z acme/alpha 800'];
    const known = evidence(lines);
    const price = (day: string) => fixingOn(rulebook(late), known, day).value?.price;
    expect(price('2026-08-17')).toBe('4.0000');
    // One hour at 4, 23 at 800.
    expect(price('2026-08-18')).toBe('766.8333');
  });

  it('counts each hour: seven at double on weekdays, none on Saturday and Sunday', () => {
    const rules = rulebook(AVERAGED);
    expect(briefs(rules, evidence(FLASH), '2026-08-16', '2026-08-22')).toEqual([
      // (0.22 + 0.66) / 2
      '16 #1 price 0.4400 level 100.0000',
      // (17 · 0.44 + 7 · 0.88) / 24, and 100 · 13.64/10.56
      ...['17', '18', '19', '20', '21'].map((day) => `${day} #1 price 0.5683 level 129.1667`),
      '22 #1 price 0.4400 level 100.0000',
    ]);
  });

  it('has legs that are averaged in the same way', () => {
    const { value } = fixingOn(rulebook(AVERAGED), evidence(FLASH), '2026-08-17');
    expect(value).toEqual({
      price: '0.5683',
      input: '0.2842', // (17 · 0.22 + 7 · 0.44) / 24
      cached_input: '0.0090', // (17 · 0.007 + 7 · 0.014) / 24
      output: '0.8525', // (17 · 0.66 + 7 · 1.32) / 24
    });
  });

  it('is the same for each model by its own hours', () => {
    const fixing = fixingOn(rulebook(AVERAGED), evidence([...PRO, ...CHAT]), '2026-08-17');
    expect(standing(fixing)).toEqual([
      // Sixteen hours at 0.685 and eight at 0.3425, 13.7/24, of legs 0.225 and 22/24, which is
      // rounded up to 40 digits before they blend.
      `deepseek-chat 0.5708${'3'.repeat(35)}4 observed`,
      // (17 · 1.32 + 7 · 2.64) / 24
      'deepseek-v4-pro 1.705 observed',
    ]);
  });

  it('follows hours that pass midnight into the next day', () => {
    // Friday 22:00 to Saturday 02:00 at 8, other hours at 4.
    const lines = ['2026-08-01 x/a 4', '2026-08-01 x/a 8 window=Fri_22:00-02:00'];
    expect(briefs(rulebook(AVERAGED), evidence(lines), '2026-08-14', '2026-08-16')).toEqual([
      '14 #1 price 4.3333 level 100.0000', // (22 · 4 + 2 · 8) / 24
      '15 #1 price 4.3333 level 100.0000', // the same two hours after midnight
      '16 #1 price 4.0000 level 92.3077', // 100 · 96/104
    ]);
  });

  it('says of no hours that they are other ones', () => {
    const fixing = fixingOn(rulebook(AVERAGED), evidence(FLASH), '2026-08-17');
    expect(fixing.excluded_counts).toEqual({});
  });
});

describe('a price that depends on the hour, at the cut-off', () => {
  it.each([
    // 16:00 in Shanghai is 08:00 UTC.
    ['16:00', 'Asia/Shanghai', '0.8800', '0.4400'],
    // 18:00 in Shanghai is 10:00 UTC, where the second window ends.
    ['18:00', 'Asia/Shanghai', '0.4400', '0.4400'],
    ['01:00', 'UTC', '0.8800', '0.4400'],
    ['04:00', 'UTC', '0.4400', '0.4400'],
  ])('is that of the hour: %s in %s', (time, zone, monday, saturday) => {
    const rules = rulebook({ ...BASE, cutoff: `{ time: "${time}", zone: ${zone} }` });
    const price = (date: string) => fixingOn(rules, evidence(FLASH), date).value!.price;
    expect([price('2026-08-17'), price('2026-08-22')]).toEqual([monday, saturday]);
  });
});

describe('a change inside the day, averaged', () => {
  // Values of fixing/intraday-time-weighted (test/oracle): 14 h at 3.00 and 10 h at 2.40 give 2.75.
  const changed = ['2026-08-14 x/a 3', '2026-08-15T14:00:00Z x/a 2.4'];

  it('counts for the hours that it is in force', () => {
    expect(briefs(rulebook(AVERAGED), evidence(changed), '2026-08-14', '2026-08-16')).toEqual([
      '14 #1 price 3.0000 level 100.0000',
      '15 #1 price 2.7500 level 91.6667',
      '16 #1 price 2.4000 level 80.0000',
    ]);
  });

  it('counts from the next day where it comes after the cut-off', () => {
    const rules = rulebook({ ...AVERAGED, cutoff: '{ time: "12:00", zone: UTC }' });
    expect(briefs(rules, evidence(changed), '2026-08-15', '2026-08-16')).toEqual([
      '15 #1 price 3.0000 level 100.0000',
      '16 #1 price 2.4000 level 80.0000',
    ]);
  });

  it('counts with the hours of a window together', () => {
    // Peak 06:00-10:00 at 8, else 4; at 08:00 the peak falls to 6: (20·4 + 2·8 + 2·6) / 24
    const lines = [
      ...['2026-08-01 x/a 4', '2026-08-01 x/a 8 window=06:00-10:00'],
      '2026-08-15T08:00:00Z x/a 6 window=06:00-10:00',
    ];
    expect(fixingOn(rulebook(AVERAGED), evidence(lines), '2026-08-15').value!.price).toBe('4.5000');
    // (20·4 + 4·6) / 24
    expect(fixingOn(rulebook(AVERAGED), evidence(lines), '2026-08-16').value!.price).toBe('4.3333');
  });

  it('moves the legs of the day after, also where the price is the same', () => {
    const lines = ['2026-08-14 x/a 3 out=5', '2026-08-15T12:00:00Z x/a 5 out=3'];
    const input = (date: string) =>
      fixingOn(rulebook(AVERAGED), evidence(lines), date).value!.input;
    expect(['2026-08-14', '2026-08-15', '2026-08-16'].map(input)).toEqual([
      ...['3.0000', '4.0000', '5.0000'],
    ]);
  });

  it('moves each seller of the day after, also where their mean is the same', () => {
    const lines = [
      ...['2026-08-14 p/a 4', '2026-08-15T12:00:00Z p/a 3'],
      ...['2026-08-14 q/a 4', '2026-08-15T12:00:00Z q/a 5'],
    ];
    const rules = rulebook({ ...BASE, price: '{ sellers: mean, time_of_day: time_weighted }' });
    const sellers = (date: string) =>
      fixingOn(rules, evidence(lines), date).constituents[0]!.sellers.map(({ price }) => price);
    expect(sellers('2026-08-15')).toEqual(['3.5', '4.5']);
    expect(sellers('2026-08-16')).toEqual(['3', '5']);
  });

  it('counts a seller that begins on the day for the hours that it sells', () => {
    const lines = ['2026-08-14 p/a 4', '2026-08-15T18:00:00Z q/a 8'];
    const rules = rulebook({ ...BASE, price: '{ sellers: mean, time_of_day: time_weighted }' });
    // q asks 8 in all of its six hours: (4 + 8) / 2
    expect(fixingOn(rules, evidence(lines), '2026-08-15').value!.price).toBe('6.0000');
  });

  it('is none where the seller withdraws on the day', () => {
    const lines = ['2026-08-14 p/a 4', '2026-08-14 q/a 8', '2026-08-15T18:00:00Z q/a withdrawn'];
    const rules = rulebook({ ...BASE, price: '{ sellers: mean, time_of_day: time_weighted }' });
    const fixing = fixingOn(rules, evidence(lines), '2026-08-15');
    expect(brief(fixing)).toBe('15 #1 price 4.0000 level 66.6667');
    expect(excluded(fixing)).toEqual([]);
  });
});
