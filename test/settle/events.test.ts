import { describe, expect, it } from 'vitest';
import { codes, july, settled, steps } from './small-contract.ts';

const days = (from: number, to: number, line: string | null) =>
  Object.fromEntries(
    Array.from({ length: to - from + 1 }, (_, index) => [
      `2026-07-${String(from + index).padStart(2, '0')}`,
      line,
    ]),
  );

describe('a change of the rulebook inside the period', () => {
  const fixings = july(days(15, 31, '100.0000 rulebook=2.0.0'));

  it('is named with its day, and the versions are', () => {
    const found = settled({ fixings });
    expect(found.events).toEqual([
      { event: 'rulebook_change', days: ['2026-07-15'], action: 'continue' },
    ]);
    expect(found.rulebooks.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0']);
    expect(found.status).toBe('final');
  });

  it('leaves the contract undetermined where it says so', () => {
    const terms = { events: '{ rulebook_change: undetermined }' };
    expect(codes(settled({ terms, fixings }))).toEqual(['rulebook_change 2026-07-15']);
    expect(settled({ terms, fixings: july() }).status).toBe('final');
  });
});

describe('a roll inside the period', () => {
  const fixings = july(days(15, 31, '100.0000 series=2'));

  it('moves no level, and is named', () => {
    const found = settled({ fixings });
    expect(found).toMatchObject({ series: [1, 2], status: 'final', settled: '100.00' });
    expect(found.events.map(({ event, days }) => [event, ...days])).toEqual([
      ['roll', '2026-07-15'],
    ]);
    const terms = { events: '{ roll: undetermined }' };
    expect(codes(settled({ terms, fixings }))).toEqual(['roll 2026-07-15']);
  });

  it('takes a contract on one series down its ladder', () => {
    const terms = { series: '1', ladder: '[{ rule: previous, max_days: 3 }]' };
    const rolled = july({ ...days(1, 30, '9.0000 price=5.0000'), '2026-07-31': '9.0000 series=2' });
    const found = settled({ terms, fixings: rolled });
    expect(found).toMatchObject({ value: 'price', series: [1], settled: '5.00' });
    expect(steps(found, '2026-07-31')).toEqual(['2026-07-31 previous 5.0000']);
    expect(found.days.at(-1)?.why).toBe('other_series');
  });

  it('changes nothing where the series is priced on, frozen', () => {
    const terms = { series: '1' };
    const rolled = july({ ...days(1, 30, '9.0000 price=5.0000'), '2026-07-31': '9.0000 series=2' });
    const found = settled({ terms, fixings: [...rolled, '2026-07-31 1.0000 price=6.0000 frozen'] });
    expect(steps(found, '2026-07-31')).toEqual(['2026-07-31 fixing 6.0000']);
    // 22 · 5 + 6, over 23. A contract on the level never sees the frozen series.
    expect(found.unrounded).toBe('5.043478260869565217391304347826086956522');
    const level = settled({ fixings: [...rolled, '2026-07-31 1.0000 price=6.0000 frozen'] });
    expect(level.unrounded).toBe('9');
  });
});

describe('a suspension', () => {
  const LADDER = '[{ rule: previous, max_days: 9 }]';
  const suspended = july(days(13, 15, 'withheld'));

  it('is a run of so many scheduled days, over a weekend too', () => {
    const at = (length: number, fixings: string[]) =>
      codes(
        settled({
          terms: { ladder: LADDER, events: `{ suspension: { days: ${length} } }` },
          fixings,
        }),
      );
    expect(at(3, suspended)).toEqual(['suspension 2026-07-13 2026-07-14 2026-07-15']);
    expect(at(4, suspended)).toEqual([]);
    // Friday, Monday and Tuesday.
    expect(at(3, july({ ...days(10, 14, 'withheld') }))).toEqual([
      'suspension 2026-07-10 2026-07-13 2026-07-14',
    ]);
    // Two runs of two are none of three.
    const split = july({ ...days(13, 14, 'withheld'), ...days(16, 17, 'withheld') });
    expect(at(3, split)).toEqual([]);
  });

  it('is what the index itself calls one, from the first day', () => {
    const terms = { ladder: LADDER };
    const found = settled({ terms, fixings: july({ '2026-07-15': 'withheld why=suspended' }) });
    expect(codes(found)).toEqual(['suspension 2026-07-15']);
  });

  it('goes down the ladder where the contract says so', () => {
    const events = '{ suspension: { days: 3, action: ladder } }';
    const found = settled({ terms: { ladder: LADDER, events }, fixings: suspended });
    expect(found).toMatchObject({ status: 'final', settled: '100.00' });
    expect(found.events).toEqual([
      {
        ...{ event: 'suspension', action: 'ladder' },
        days: ['2026-07-13', '2026-07-14', '2026-07-15'],
      },
    ]);
  });

  it('is left out of the mean where the contract says so', () => {
    const events = '{ suspension: { days: 3, action: leave_out } }';
    const fixings = july({ '2026-07-10': '80.0000', ...days(13, 15, 'withheld') });
    const found = settled({ terms: { ladder: LADDER, events }, fixings });
    expect(steps(found, '2026-07-14')).toEqual(['2026-07-14 left_out null']);
    // 19 · 100 + 80, over 20: not the 80 of the day before three times over.
    expect(found.unrounded).toBe('99');
  });
});

describe('a cessation', () => {
  const ended = july(days(20, 31, null));
  const at = (cessation: string, moment?: string) =>
    settled({
      terms: { ladder: '[{ rule: previous, max_days: 3 }]', events: `{ cessation: ${cessation} }` },
      fixings: ended,
      ...(moment ? { at: moment } : {}),
    });

  it('is known at the deadline, not before', () => {
    const before = at('undetermined', '2026-08-05T17:00:00Z');
    expect(before).toMatchObject({ status: 'indicative', events: [] });
    const [code] = codes(at('undetermined')).slice(-1);
    expect(code).toMatch(/^cessation 2026-07-20 .* 2026-07-31$/);
  });

  it('settles on the last print where the contract says so', () => {
    const found = at('last_print');
    expect(found).toMatchObject({ status: 'final', settled: '100.00' });
    expect(steps(found, '2026-07-31')).toEqual(['2026-07-31 last_print 100.0000']);
  });

  it('goes down the ladder where the contract says so', () => {
    expect(codes(at('ladder'))[0]).toMatch(/^no_value 2026-07-21 /);
  });
});
