import { describe, expect, it } from 'vitest';
import { EMPTY_BOOK } from '../../src/domain/rows.ts';
import { studySchema } from '../../src/domain/study.ts';
import { evidenceOf } from '../../src/index.ts';
import { trackerStudy } from '../../src/study/tracker.ts';
import { fixings, gpuHour, rulebook } from '../fix/small-book.ts';

const RULES = rulebook(keysOf('mixed'));

/** Prices of one day: `01 acme 3`. */
function study(lines: readonly string[], days: number, rules = RULES) {
  const quotes = lines.map((line) => {
    const [day = '', seller = '', price = ''] = line.split(' ');
    const next = String(Number(day) + 1).padStart(2, '0');
    return gpuHour(`2026-07-${day} ${seller}/H100 ${price} until=2026-07-${next} tier=mixed`);
  });
  const evidence = evidenceOf({ ...EMPTY_BOOK, quotes });
  const last = lines.at(-1)?.slice(0, 2);
  const all = fixings(rules, evidence, '2026-07-01', `2026-07-${last}`);
  return studySchema.parse(
    trackerStudy({ rules, fixings: all.slice(-days), days, sources: ['a tracker'], warnings: [] }),
  );
}

describe('a tracker', () => {
  it('counts marketplaces, and has the lowest, median, mean and highest of each day', () => {
    const { tables, findings } = study(
      ['01 a 1', '01 b 2', '01 c 6', '02 a 1', '02 b 2', '02 c 6', '02 d 4'],
      2,
    );
    // 1, 2, 6: median 2, mean 3. 1, 2, 4, 6: median 3, mean 3.25.
    expect(tables[0]?.rows).toEqual([
      ['2026-07-01', 'H100', '3', '1.0000', '2.0000', '3.0000', '6.0000'],
      ['2026-07-02', 'H100', '4', '1.0000', '3.0000', '3.2500', '6.0000'],
    ]);
    // Average of 3 and 3.25, of 2 and 3.
    expect(tables[1]?.rows).toEqual([
      ['H100', '2', '3.1250', '3.0000', '3.2500', '2.5000', '2.0000', '3.0000'],
    ]);
    expect(findings).toEqual([
      'H100 on 2026-07-02: 4 marketplaces, median 3.00, mean 3.25 USD/GPU-hour, from 1.00 to 6.00; ' +
        '2-day range of the daily mean 3.00 to 3.25, average 3.12.',
    ]);
  });

  it('says of daily minima what they cannot support, and of missing days that they are missing', () => {
    expect(study(['01 a 1'], 7).warnings).toEqual([
      expect.stringContaining('Daily minima, with forms (SXM, PCIe, NVL) and terms mixed'),
      '6 of the 7 days have no fixing.',
    ]);
    const spot = rulebook(keysOf('spot'));
    const quotes = [gpuHour('2026-07-01 a/H100 1 tier=spot')];
    const all = fixings(spot, evidenceOf({ ...EMPTY_BOOK, quotes }), '2026-07-01', '2026-07-01');
    expect(
      trackerStudy({ rules: spot, fixings: all, days: 1, sources: [], warnings: [] }).warnings,
    ).toEqual([]);
  });

  it('leaves a day without prices out of its range', () => {
    const { tables } = study(['01 a 2', '03 a 4'], 3);
    expect(tables[0]?.rows.map(([date]) => date)).toEqual(['2026-07-01', '2026-07-03']);
    expect(tables[1]?.rows[0]?.slice(0, 5)).toEqual(['H100', '2', '3.0000', '2.0000', '4.0000']);
  });
});

function keysOf(offer: string) {
  return {
    ...{ good: 'gpu_hour', unit: 'USD/GPU-hour', title: 'H100' },
    ...{ workload: `{ offer: ${offer} }`, price: '{ sellers: mean }' },
  };
}
