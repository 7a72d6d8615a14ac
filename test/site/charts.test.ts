import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartFile } from '../../src/site/charts/chart-file.ts';
import { lineChart } from '../../src/site/charts/line-chart.ts';
import { linearScale, logScale, rangeOf } from '../../src/site/charts/scale.ts';
import { marksOf, seriesLines } from '../../src/site/charts/series-lines.ts';
import { sparkline } from '../../src/site/charts/sparkline.ts';
import { waterfall } from '../../src/site/charts/waterfall.ts';
import { fromSeriesBlock, seriesBlock } from '../../src/site/series-block.ts';
import { comparedWith, type SeriesPoint } from '../../src/site/view.ts';

const point = (date: string, level: string | null, series = 1): SeriesPoint => ({
  ...{ date, series, level, price: level, input: level, cachedInput: null, output: level },
});

describe('a scale', () => {
  it('has round ticks around the values', () => {
    expect(linearScale({ least: 72.87, most: 100 }, 0, 100).ticks).toEqual([70, 80, 90, 100]);
    expect(linearScale({ least: 0.61, most: 2.14 }, 0, 1).ticks).toEqual([0.5, 1, 1.5, 2, 2.5]);
    expect(linearScale({ least: -0.95, most: 0 }, 0, 1).ticks).toEqual([
      ...[-1, -0.8, -0.6, -0.4, -0.2, 0],
    ]);
    expect(logScale({ least: 0.11, most: 5 }, 0, 1).ticks).toEqual([
      ...[0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5],
    ]);
  });

  it('keeps every value between its ends, in order', () => {
    const value = fc.double({ min: 1e-4, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
        const range = { least: Math.min(a, b), most: Math.max(a, b) };
        const between = range.least + (range.most - range.least) * share;
        for (const scale of [linearScale(range, 0, 100), logScale(range, 0, 100)]) {
          const [low, middle, high] = [range.least, between, range.most].map(scale.at);
          expect(low).toBeGreaterThanOrEqual(-1e-6);
          expect(high).toBeLessThanOrEqual(100 + 1e-6);
          expect(middle).toBeGreaterThanOrEqual((low ?? 0) - 1e-6);
          expect(middle).toBeLessThanOrEqual((high ?? 0) + 1e-6);
          expect(scale.ticks.length).toBeLessThan(80);
        }
      }),
    );
  });

  it('of one value alone is no division by zero', () => {
    const { at, ticks } = linearScale({ least: 100, most: 100 }, 0, 10);
    expect(Number.isFinite(at(100))).toBe(true);
    expect(ticks.length).toBeGreaterThan(1);
    expect(rangeOf([null, null])).toBeUndefined();
  });
});

describe('a line chart', () => {
  const size = { width: 400, height: 200, label: 'a <b>' };

  it('draws steps, and gaps where there is no value', () => {
    const points = ['100', '100', null, '90'].map((level, at) => ({
      date: `2026-07-0${at + 1}`,
      value: level === null ? null : Number(level),
    }));
    const { markup } = lineChart([{ name: 'level', style: 0, points }], [], size);
    const [, path = ''] = /class="line line-0" d="([^"]+)"/.exec(markup) ?? [];
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path).not.toContain('L');
    expect(markup).toContain('level 90.00');
    expect(markup).toContain('aria-label="a &#60;b&#62;"');
  });

  it('marks rebalances, withheld and restated days', () => {
    const series = [
      ...[point('2026-07-01', '100'), point('2026-07-02', null), point('2026-07-03', '99', 2)],
    ];
    const marks = marksOf(series, new Set(['2026-07-03']));
    expect(marks).toEqual([
      { date: '2026-07-02', kind: 'withheld' },
      { date: '2026-07-03', kind: 'rebalance' },
      { date: '2026-07-03', kind: 'restated' },
    ]);
    const { markup } = lineChart(seriesLines(new Map([['X', series]]), 'level'), marks, size);
    for (const { kind } of marks) expect(markup).toContain(`class="mark ${kind}"`);
  });

  it('compares several from 100, and moves their names apart', () => {
    const all = new Map([
      ['A', [point('2026-07-01', '50'), point('2026-07-02', '60')]],
      ['B', [point('2026-07-01', null), point('2026-07-02', '200')]],
    ]);
    const lines = seriesLines(all, 'level');
    expect(lines.map(({ points }) => points.map(({ value }) => value))).toEqual([
      [100, 120],
      [null, 100],
    ]);
    const same = lines.map((line) => ({ ...line, points: lines[0]?.points ?? [] }));
    const { markup } = lineChart(same, [], size);
    const places = [...markup.matchAll(/class="name line-\d" x="[\d.]+" y="([\d.]+)"/g)];
    const [first = 0, second = 0] = places.map(([, y]) => Number(y));
    expect(Math.abs(second - first)).toBeGreaterThanOrEqual(13);
  });

  it('of nothing is empty', () => {
    expect(lineChart([{ name: 'x', style: 0, points: [] }], [], size).markup).toBe('');
  });
});

describe('a chart as a file', () => {
  const text = { title: 'A & B', subtitle: 's', source: 'o' };
  const options = { width: 400, height: 320, isLog: false };
  const draw = (isDark: boolean) => {
    const points = [point('2026-07-01', '100'), point('2026-07-02', '110')];
    const lines = seriesLines(new Map([['X', points]]), 'level');
    return chartFile(lines, [], text, { ...options, isDark });
  };

  it('is whole, and escaped', () => {
    const svg = draw(false);
    expect(svg).toContain('<title>A &#38; B</title>');
    expect(svg.match(/<svg/g)).toHaveLength(svg.match(/<\/svg>/g)?.length ?? 0);
    expect(svg).toContain('level 110.00');
  });

  it('has the colours of the pages, light and dark', () => {
    const css = readFileSync('web/style/base.css', 'utf8');
    const [light = '', dark = ''] = css.split('[data-theme="dark"]');
    for (const [sheet, isDark] of [[light, false] as const, [dark, true] as const]) {
      const colours = [...sheet.matchAll(/--(?:page|text|muted|rule|line-\d): (#[0-9a-f]{6})/g)];
      expect(colours.length).toBeGreaterThanOrEqual(12);
      for (const [, colour = ''] of colours) expect(draw(isDark)).toContain(colour);
    }
  });
});

describe('small charts', () => {
  it('show a dash where there is nothing to draw', () => {
    expect(sparkline([], 'x').markup).toContain('–');
    expect(sparkline([1], 'x').markup).toContain('–');
    expect(sparkline([1, null, 2], 'x').markup.match(/M/g)).toHaveLength(2);
    expect(sparkline([1, 1], 'x').markup).not.toContain('NaN');
  });

  it('step from one value to the other', () => {
    const { markup } = waterfall({
      from: { name: 'a', value: 1, text: '1' },
      to: { name: 'b', value: 1.5, text: '1.5' },
      steps: [
        { name: '<up>', change: 1, text: '+1' },
        { name: 'down', change: -0.5, text: '−0.5' },
      ],
      label: 'l',
    });
    const bars = [...markup.matchAll(/<rect class="(\w+)" x="([\d.]+)".*?width="([\d.]+)"/g)];
    expect(bars.map(([, kind]) => kind)).toEqual(['up', 'down']);
    const [up, down] = bars.map(([, , x, width]) => [Number(x), Number(width)] as const);
    expect((up?.[0] ?? 0) + (up?.[1] ?? 0)).toBeCloseTo((down?.[0] ?? 0) + (down?.[1] ?? 0), 0);
    expect(markup).toContain('&#60;up&#62;');
  });
});

describe('a series in a page', () => {
  it('comes back as it was', () => {
    const text = fc.option(fc.constantFrom('1.0235', '0', '0.0000', '100.0000'));
    const points = fc.array(
      fc.record({
        ...{
          date: fc.constantFrom('2026-07-01', '2026-07-02'),
          series: fc.integer({ min: 1, max: 3 }),
        },
        ...{ price: text, input: text, cachedInput: text, output: text, level: text },
      }),
    );
    fc.assert(
      fc.property(points, (series) => {
        const block = JSON.parse(JSON.stringify(seriesBlock(series)));
        expect(fromSeriesBlock(block)).toEqual(series);
      }),
    );
  });

  it('is compared with the day, month and year before, and never with a withheld day', () => {
    const series = [
      ...[point('2025-07-31', '90'), point('2026-06-30', '95'), point('2026-07-30', null)],
      point('2026-07-31', '100'),
    ];
    const { day, month, year } = comparedWith(series, '2026-07-31');
    expect([day?.date, month?.date, year?.date]).toEqual([undefined, '2026-06-30', '2025-07-31']);
  });
});
