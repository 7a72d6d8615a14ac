import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, type Day } from '../../src/domain/dates.ts';
import { decimal, toText } from '../../src/domain/decimal.ts';
import { studySchema } from '../../src/domain/study.ts';
import { resultsOn } from '../../src/fix/backfill.ts';
import { calculateFixing } from '../../src/index.ts';
import { evidenceOf } from '../../src/normalize/evidence.ts';
import { drawdownOf } from '../../src/study/drawdown.ts';
import { dayOfFixing, dayOfResult, type History } from '../../src/study/history.ts';
import { groupLevels, indexLevels, type Levels, movesOf } from '../../src/study/levels.ts';
import { monthEnds, volatilityOf } from '../../src/study/months.ts';
import { type StatsBy, statsStudy } from '../../src/study/stats.ts';
import { quote, rulebook } from '../fix/small-book.ts';
import { hasR, inR, vector } from './r.ts';

const START: Day = '2026-01-01';

/** A level a day from 2026-01-01 on. */
function levelsOf(levels: readonly (number | string)[], index = 'TEST'): Levels {
  const days = levels.map((level, at) => ({ date: addDays(START, at), level: decimal(level) }));
  return { index, group: '', days, held: new Set(['a']), moved: new Set(['a']) };
}

function stats(all: readonly Levels[], by: StatsBy = 'index', to = '2026-12-31') {
  const asked = { by, from: START, to, origin: 'by hand', sources: ['By hand.'], warnings: [] };
  return studySchema.parse(statsStudy(all, asked));
}

const cellsOf = (study: ReturnType<typeof stats>, name: string, row = 0) => {
  const table = study.tables.find((one) => one.name === name);
  const cells = table?.rows[row] ?? [];
  return Object.fromEntries(table?.columns.map((column, at) => [column.name, cells[at]]) ?? []);
};

describe('moves, falls and ranges', () => {
  const study = stats([levelsOf([100, 100, 98, 98, 101, 90.9, 90.9, 95])]);

  it('are counted by hand', () => {
    expect(cellsOf(study, 'moves')).toMatchObject({
      ...{ first: '2026-01-01', last: '2026-01-08', days: '7', moved: '4', share: '0.5714' },
      ...{ up: '2', largest: '-10.0000', largest_on: '2026-01-06' },
    });
    expect(cellsOf(study, 'risk')).toMatchObject({
      ...{ months: '0', volatility: '', a_year: '', drawdown: '10.0000' },
      ...{ peak_on: '2026-01-05', low_on: '2026-01-06', recovered_on: '' },
    });
    expect(cellsOf(study, 'ranges')).toMatchObject({
      ...{ first: '100.0', low: '90.9', low_on: '2026-01-06', high: '101.0', last: '95.0' },
    });
    expect(cellsOf(study, 'years')).toMatchObject({ year: '2026', change: '-5.0000' });
    expect(study.findings).toEqual([
      'TEST moved on 4 of 7 days (57.1%); it fell by 10% from 2026-01-05 to 2026-01-06.',
    ]);
  });

  it('say when a level came back', () => {
    const fall = drawdownOf(levelsOf([100, 100, 80, 90, 100, 60, 99]).days);
    expect(fall).toMatchObject({ peakOn: '2026-01-05', lowOn: '2026-01-06' });
    expect(toText(fall?.fall ?? decimal(0))).toBe('0.4');
    const first = drawdownOf(levelsOf([100, 50, 100, 50, 100]).days);
    expect(first).toMatchObject({ peakOn: '2026-01-01', recoveredOn: '2026-01-03' });
    expect(drawdownOf(levelsOf([1, 1, 2]).days)).toBeUndefined();
  });

  it('take a year of 364 days for the last 52 weeks', () => {
    const levels = Array.from({ length: 366 }, (_, at) => (at === 1 ? 1 : at === 2 ? 50 : 100));
    const ranges = cellsOf(stats([levelsOf(levels)], 'index', '2027-12-31'), 'ranges');
    expect(ranges).toMatchObject({ low: '1', low_52w: '50' });
  });

  it('of a level that stands, and of one day', () => {
    const both = stats([levelsOf([7, 7, 7], 'STILL'), levelsOf([7], 'ONE')]);
    expect(both.findings).toEqual(['Never moved: STILL.']);
    expect(both.warnings[0]).toContain('One day alone, so that nothing can be said of moves: ONE');
    expect(cellsOf(both, 'moves', 1)).toMatchObject({ days: '0', share: '' });
    expect(cellsOf(both, 'risk', 0)).toMatchObject({ drawdown: '0.0000' });
  });
});

describe('months', () => {
  const year = Array.from({ length: 365 }, (_, at) => 100 + Math.floor(at / 20) * (at % 3));

  it('count where they are over, and their change where the one before has a level', () => {
    const { days } = levelsOf(year);
    const ends = monthEnds(days, '2026-12-30');
    expect(ends.map(({ month }) => month)).toHaveLength(11);
    expect(ends[1]).toMatchObject({ month: '2026-02', date: '2026-02-28' });
    const gap = monthEnds(
      days.filter(({ date }) => !date.startsWith('2026-03')),
      '2026-12-31',
    );
    expect(gap.map(({ change }) => change === null)).toEqual([
      ...[true, false, true],
      ...Array.from({ length: 8 }, () => false),
    ]);
  });

  it('that all change alike have no volatility', () => {
    const doubled = [100, 200, 400, 800].flatMap((level, at) =>
      Array.from({ length: [31, 28, 31, 30][at] ?? 0 }, () => level),
    );
    const ends = monthEnds(levelsOf(doubled).days, '2026-12-31');
    expect(ends.slice(1).map(({ change }) => change)).toEqual(Array(3).fill(Math.LN2));
    expect(volatilityOf(ends)).toEqual({ month: 0, year: 0 });
  });
});

describe.skipIf(!hasR)('against R', () => {
  const levels = Array.from({ length: 700 }, (_, at) => {
    const wave = Math.sin(at * at) * 9 + Math.cos(at / 31) * 25;
    return (100 + Math.round((wave - (at % 11)) * 1e4) / 1e4).toFixed(4);
  });
  const study = stats([levelsOf(levels)], 'index', '2027-12-31');

  it('volatility is sd(diff(log(month ends))), and √12 times it', () => {
    const [month, annual] = inR(`x <- ${vector(levels)}
d <- as.Date("${START}") + seq_along(x) - 1
ends <- tapply(x, format(d, "%Y-%m"), function(v) v[length(v)])
ends <- ends[-length(ends)]
out(sd(diff(log(ends))) * 100, sd(diff(log(ends))) * sqrt(12) * 100)`);
    const risk = cellsOf(study, 'risk');
    // The last day is 1 December 2027: that month is in neither, since it is not over.
    expect(risk.months).toBe('22');
    expect(Number(risk.volatility)).toBeCloseTo(month ?? 0, 4);
    expect(Number(risk.a_year)).toBeCloseTo(annual ?? 0, 4);
  });

  it('the deepest fall is max(1 - x / cummax(x)), moves are what diff has', () => {
    const [fall, low, moves] = inR(`x <- ${vector(levels)}
d <- 1 - x / cummax(x)
out(max(d) * 100, which.max(d), sum(diff(x) != 0))`);
    const risk = cellsOf(study, 'risk');
    expect(Number(risk.drawdown)).toBeCloseTo(fall ?? 0, 4);
    expect(risk.low_on).toBe(addDays(START, (low ?? 0) - 1));
    expect(Number(cellsOf(study, 'moves').moved)).toBe(moves);
  });
});

describe('any levels', () => {
  const anyLevels = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 90 });

  it('keep moves, falls and volatility when they are measured in another unit', () => {
    fc.assert(
      fc.property(anyLevels, fc.integer({ min: 2, max: 50 }), (levels, times) => {
        const [one, other] = [
          stats([levelsOf(levels)]),
          stats([levelsOf(levels.map((level) => level * times))]),
        ];
        for (const table of ['moves', 'risk']) {
          expect(cellsOf(other, table)).toEqual(cellsOf(one, table));
        }
      }),
    );
  });

  it('fall from a peak before to a low after, and never more than the range', () => {
    fc.assert(
      fc.property(anyLevels, (levels) => {
        const fall = drawdownOf(levelsOf(levels).days);
        const least = Math.min(...levels) / Math.max(...levels);
        const depth = Number(toText(fall?.fall ?? decimal(0)));
        expect(depth).toBeLessThanOrEqual(1 - least + 1e-12);
        if (fall) expect(fall.peakOn < fall.lowOn).toBe(true);
        else expect([...levels].sort((a, b) => a - b)).toEqual(levels);
        expect(movesOf(levelsOf(levels).days).length).toBe(
          levels.filter((level, at) => at > 0 && level !== levels[at - 1]).length,
        );
      }),
    );
  });
});

describe('groups', () => {
  const rules = (keys: Record<string, string> = {}) =>
    rulebook({ base: '{ date: 2026-07-01, level: "100" }', ...keys });
  const evidence = evidenceOf({
    quotes: [
      ...['2026-06-01 acme/alpha 3 lab=acme', '2026-06-01 acme/beta 1 lab=acme'],
      ...['2026-06-01 bolt/gamma 2 lab=bolt', '2026-07-03 acme/alpha 2 lab=acme'],
      ...['2026-07-05 bolt/gamma 3 lab=bolt', '2026-07-06 coil/delta 5 lab=coil'],
      ...['2026-07-08 coil/delta 4 lab=coil'],
    ].map(quote),
  });
  const history = (of = rules()): History => {
    const run = resultsOn(of, evidence, '2026-07-10', () => true);
    if (!run.items) throw new Error(run.none.message);
    return { index: 'TEST', days: [...run.items].map(dayOfResult) };
  };
  const byLab = (id: string, { lab }: { lab: string }) => lab || id;

  it('are chained over the models held on both days, by hand', () => {
    const [acme, bolt] = groupLevels(history(), byLab);
    const at = (levels: Levels | undefined, day: string) =>
      toText(levels?.days.find(({ date }) => date === day)?.level ?? decimal(0));
    // (2 + 1) / (3 + 1), then nothing; 3 / 2.
    expect([at(acme, '2026-07-02'), at(acme, '2026-07-03')]).toEqual(['100', '75']);
    expect(at(acme, '2026-07-10')).toBe('75');
    expect([at(bolt, '2026-07-04'), at(bolt, '2026-07-05')]).toEqual(['100', '150']);
    expect([...(acme?.held ?? [])]).toEqual(['alpha', 'beta']);
    expect([...(acme?.moved ?? [])]).toEqual(['alpha']);
  });

  it('of one group are the level of the index, until an entrant moves on its first day', () => {
    for (const formula of ['laspeyres', 'jevons']) {
      const all = history(rules({ formula }));
      const [whole] = groupLevels(all, () => 'all');
      const published = indexLevels(all);
      expect(whole?.days.map(({ level }) => toText(level))).toEqual(
        published.days.map(({ level }) => toText(level)),
      );
      expect(published.moved).toEqual(new Set(['alpha', 'gamma']));
    }
  });

  it('are not moved by who enters: 100 on the first day', () => {
    const daily = history(rules({ rebalance: '{ frequency: daily, effective: at_fixing }' }));
    const coil = groupLevels(daily, byLab).find(({ group }) => group === 'coil');
    expect(coil?.days.map(({ date, level }) => [date, toText(level)])).toEqual([
      ...[
        ['2026-07-06', '100'],
        ['2026-07-07', '100'],
      ],
      ...['08', '09', '10'].map((day) => [`2026-07-${day}`, '80']),
    ]);
  });

  it('are the same from documents as from the calculation', () => {
    const calculated = history();
    const published = calculated.days.map(({ date }) => {
      const { fixing } = calculateFixing(rules(), evidence, date);
      if (!fixing) throw new Error('expected a fixing');
      return dayOfFixing(fixing, false);
    });
    const texts = (all: readonly Levels[]) =>
      all.map(({ group, days }) => [group, days.map(({ level }) => toText(level))]);
    const again = groupLevels({ index: 'TEST', days: published }, byLab);
    expect(texts(again)).toEqual(texts(groupLevels(calculated, byLab)));
  });
});
