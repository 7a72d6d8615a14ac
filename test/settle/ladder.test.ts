import { describe, expect, it } from 'vitest';
import { codes, july, settled, steps } from './small-contract.ts';

const THIRD = '2026-07-03';
const PREVIOUS = '{ rule: previous, max_days: 2 }';
const OTHER = '{ rule: other_index, index: OTHER, max_days: 5 }';
const POSTPONE = '{ rule: postpone, max_days: 4 }';

describe('a missing or withheld day', () => {
  it('settles on its fixing where there is one', () => {
    const { days, status } = settled({ fixings: july({ [THIRD]: '90.0000' }) });
    expect(steps({ days } as never, THIRD)).toEqual(['2026-07-03 fixing 90.0000']);
    expect(status).toBe('final');
  });

  it.each([null, 'withheld'])('takes the previous print: %s', (line) => {
    const found = settled({
      terms: { ladder: `[${PREVIOUS}]` },
      fixings: july({ '2026-07-02': '90.0000', [THIRD]: line }),
    });
    expect(steps(found, THIRD)).toEqual(['2026-07-03 previous 90.0000']);
    const [day] = found.days.filter((one) => one.day === THIRD);
    expect(day!.why).toBe(line === null ? 'missing' : 'withheld');
    expect(day!.withheld).toEqual(line === null ? undefined : ['min_labs']);
    expect(day!.rests_on.map(({ date }) => date)).toEqual(['2026-07-02']);
    expect(found.observations).toMatchObject({ scheduled: 23, actual: 22, pending: 0 });
  });

  it('takes a print of at most so many days before, calendar days, and no older one', () => {
    // 2026-07-06 is a Monday: Friday is three days before.
    const at = (days: number) =>
      settled({
        terms: { ladder: `[{ rule: previous, max_days: ${days} }]` },
        fixings: july({ '2026-07-06': 'withheld' }),
      });
    expect(steps(at(3), '2026-07-06')).toEqual(['2026-07-06 previous 100.0000']);
    expect(steps(at(2), '2026-07-06')).toEqual(['2026-07-06 none null']);
    expect(codes(at(2))).toEqual(['no_value 2026-07-06']);
    expect(at(2)).toMatchObject({ status: 'undetermined', settled: null, cash: null });
  });

  it('takes a print of before the period', () => {
    const found = settled({
      terms: { ladder: `[${PREVIOUS}]` },
      fixings: ['2026-06-30 80.0000', ...july({ '2026-07-01': 'withheld' })],
    });
    expect(steps(found, '2026-07-01')).toEqual(['2026-07-01 previous 80.0000']);
  });

  it('takes another index times the last ratio to it', () => {
    const found = settled({
      terms: { ladder: `[${OTHER}]` },
      fixings: [
        ...july({ '2026-07-02': 'withheld', [THIRD]: 'withheld' }),
        ...['2026-07-01 50.0000 index=OTHER', '2026-07-03 60.0000 index=OTHER'],
      ],
    });
    // 60 · 100/50; on the second the other index has no value either.
    expect(steps(found, '2026-07-02', THIRD)).toEqual([
      '2026-07-02 none null',
      '2026-07-03 other_index 120',
    ]);
    const [day] = found.days.filter((one) => one.day === THIRD);
    expect(day!.rests_on.map(({ index, date }) => `${index} ${date}`)).toEqual([
      'OTHER 2026-07-03',
      'TEST 2026-07-01',
      'OTHER 2026-07-01',
    ]);
  });

  it('divides the ratio to 40 digits', () => {
    const found = settled({
      terms: { ladder: `[${OTHER}]` },
      fixings: [
        ...july({ [THIRD]: 'withheld' }),
        ...['2026-07-02 3.0000 index=OTHER', '2026-07-03 1.0000 index=OTHER'],
      ],
    });
    expect(steps(found, THIRD)).toEqual([
      '2026-07-03 other_index 33.33333333333333333333333333333333333333',
    ]);
  });

  it('is postponed to the next print, and no further than so many days', () => {
    const at = (days: number) =>
      settled({
        terms: { ladder: `[{ rule: postpone, max_days: ${days} }]` },
        fixings: july({ [THIRD]: 'withheld', '2026-07-06': '70.0000' }),
      });
    expect(steps(at(3), THIRD)).toEqual(['2026-07-03 postponed 70.0000']);
    expect(steps(at(2), THIRD)).toEqual(['2026-07-03 none null']);
  });

  it('may be postponed past the end of the period, but not past the deadline', () => {
    const at = (deadline: number) =>
      settled({
        terms: {
          ladder: `[${POSTPONE}]`,
          final: `{ from_day: 1, deadline_day: ${deadline}, time: "18:00", zone: UTC, fixing_after_hours: 0 }`,
        },
        fixings: [...july({ '2026-07-31': 'withheld' }), '2026-08-04 70.0000'],
      });
    expect(steps(at(2), '2026-07-31')).toEqual(['2026-07-31 postponed 70.0000']);
    expect(steps(at(1), '2026-07-31')).toEqual(['2026-07-31 none null']);
  });

  it.each([
    [[PREVIOUS, OTHER], 'previous 100.0000'],
    [[OTHER, PREVIOUS], 'other_index 200'],
    [[POSTPONE, PREVIOUS], 'postponed 100.0000'],
  ])('goes down the rungs in their order: %s', (ladder, expected) => {
    const found = settled({
      terms: { ladder: `[${ladder.join(', ')}]` },
      fixings: [
        ...july({ [THIRD]: 'withheld' }),
        ...['2026-07-02 1.0000 index=OTHER', '2026-07-03 2.0000 index=OTHER'],
      ],
    });
    expect(steps(found, THIRD)).toEqual([`${THIRD} ${expected}`]);
  });

  it('is pending until it has ended, and then while its fixing may still come', () => {
    const at = (moment: string) =>
      settled({ fixings: july({ [THIRD]: null }), at: moment }).days.find(
        ({ day }) => day === THIRD,
      )?.rung;
    expect(at('2026-07-03T12:00:00Z')).toBe('pending');
    expect(at('2026-07-20T12:00:00Z')).toBe('pending');
    expect(at('2026-08-05T17:59:59Z')).toBe('pending');
    expect(at('2026-08-05T18:00:00Z')).toBe('none');
  });
});

describe('a repeated print', () => {
  const fixings = july({ '2026-07-02': '90.0000', [THIRD]: '90.0000 repeats=2026-07-02' });

  it('is a fixing, though no observation of its own', () => {
    const found = settled({ fixings });
    expect(steps(found, THIRD)).toEqual(['2026-07-03 fixing 90.0000']);
    expect(found.observations.actual).toBe(22);
  });

  it('is none where the contract says so', () => {
    const found = settled({ terms: { repeats: 'missing', ladder: `[${POSTPONE}]` }, fixings });
    expect(steps(found, THIRD)).toEqual(['2026-07-03 postponed 100.0000']);
    expect(found.days.find(({ day }) => day === THIRD)?.why).toBe('repeated');
  });
});

it('too few observations leave a contract undetermined, whatever the ladder gives', () => {
  const terms = { ladder: '[{ rule: previous, max_days: 40 }]', min_observations: '3' };
  const fixings = ['2026-07-01 100.0000', '2026-07-02 100.0000'];
  const found = settled({ terms: { ...terms, events: NO_EVENTS }, fixings });
  expect(codes(found)).toEqual(['too_few_observations']);
  const enough = settled({
    terms: { ...terms, events: NO_EVENTS, min_observations: '2' },
    fixings,
  });
  expect(enough).toMatchObject({ status: 'final', settled: '100.00' });
});

const NO_EVENTS = '{ suspension: { days: 99 }, cessation: ladder }';
