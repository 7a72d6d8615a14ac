import { describe, expect, it } from 'vitest';
import { type BookRows, EMPTY_BOOK } from '../../src/domain/rows.ts';
import { evidenceOf } from '../../src/index.ts';
import {
  briefs,
  evidence,
  excluded,
  fixingOn,
  gpuHour,
  judgement,
  quote,
  refusals,
  rulebook,
  standing,
} from '../fix/small-book.ts';

const D = '2026-07-01';
const GPU = {
  good: 'gpu_hour',
  unit: 'USD/GPU-hour',
  workload: '{ gpus: 8 }',
  price: '{ sellers: median }',
};

const gpus = (lines: readonly string[], rows: Partial<BookRows> = {}) =>
  evidenceOf({ ...EMPTY_BOOK, quotes: lines.map(gpuHour), ...rows });

describe('a GPU hour (clause gpu-hour)', () => {
  it('has one leg, in its own unit', () => {
    const known = gpus(['2026-07-01 acme/h100-sxm-80gb 3.2', '2026-07-01 bell/h100-sxm-80gb 4']);
    const fixing = fixingOn(rulebook(GPU), known, D);
    expect(fixing.unit).toBe('USD/GPU-hour');
    expect(fixing.value).toEqual({ price: '3.6000', rate: '3.6000' });
    expect(fixing.constituents[0]?.legs).toEqual({ rate: '3.6' });
  });

  it('never mixes SXM, PCIe and NVL', () => {
    const known = gpus([
      ...['2026-07-01 acme/h100-sxm-80gb 4', '2026-07-01 acme/h100-pcie-80gb 2'],
      '2026-07-01 acme/h100-nvl-94gb 3',
    ]);
    expect(standing(fixingOn(rulebook(GPU), known, D))).toEqual([
      'h100-nvl-94gb 3 observed',
      'h100-pcie-80gb 2 observed',
      'h100-sxm-80gb 4 observed',
    ]);
  });

  it('is on the terms of the workload, and of no others', () => {
    const known = gpus([
      ...['2026-07-01 acme/h 3', '2026-07-01 acme/h 1 tier=spot', '2026-07-01 bell/h 2 tier=spot'],
      '2026-07-01 coil/h 1 tier=mixed',
    ]);
    const fixing = fixingOn(rulebook(GPU), known, D);
    expect(standing(fixing)).toEqual(['h 3 observed']);
    expect(fixing.excluded_counts).toEqual({ other_tier: 3 });
    const spot = rulebook({ ...GPU, workload: '{ gpus: 1, offer: spot }' });
    expect(standing(fixingOn(spot, known, D))).toEqual(['h 1.5 observed']);
  });

  it('is of the largest node that the workload fills', () => {
    const known = gpus([
      '2026-07-01 acme/h 5',
      '2026-07-01 acme/h 4 context=8',
      '2026-07-01 bell/h 6 context=8',
      '2026-07-01 coil/h 1 context=16',
    ]);
    expect(standing(fixingOn(rulebook(GPU), known, D))).toEqual(['h 5 observed']);
    const one = rulebook({ ...GPU, workload: '{ gpus: 1 }' });
    expect(standing(fixingOn(one, known, D))).toEqual(['h 5 observed']);
    const four = rulebook({ ...GPU, workload: '{ gpus: 4, offer: on_demand, rate: "1" }' });
    expect(standing(fixingOn(four, known, D))).toEqual(['h 5 observed']);
  });

  it('lies in one book with tokens, and neither sees the other', () => {
    const token = quote('2026-07-01 acme/h 7');
    const both = evidenceOf({ ...EMPTY_BOOK, quotes: [token, gpuHour('2026-07-01 acme/h 3')] });
    const [tokens, hours] = [fixingOn(rulebook(), both, D), fixingOn(rulebook(GPU), both, D)];
    expect(standing(tokens)).toEqual(['h 7 observed']);
    expect(standing(hours)).toEqual(['h 3 observed']);
    // Byte for byte as without the other good.
    expect(tokens).toEqual(fixingOn(rulebook(), evidence(['2026-07-01 acme/h 7']), D));
    expect(hours).toEqual(fixingOn(rulebook(GPU), gpus(['2026-07-01 acme/h 3']), D));
  });

  it('counts its age by its own quotes', () => {
    const universe = '{ min_history_days: 10 }';
    const old = quote('2026-01-01 acme/h 7');
    const known = evidenceOf({
      ...EMPTY_BOOK,
      quotes: [old, gpuHour('2026-06-30 acme/h 3'), gpuHour('2026-06-01 acme/i 2')],
    });
    const fixing = fixingOn(rulebook({ ...GPU, universe }), known, D);
    expect(standing(fixing)).toEqual(['i 2 observed']);
    expect(excluded(fixing)).toEqual(['h/acme too_new']);
  });

  it('is screened, carried forward and linked as a token is', () => {
    const rules = rulebook({
      ...GPU,
      mode: 'settlement',
      price: '{ sellers: median, screen: { method: mad, sigma: "3", ratio: "3" } }',
      fallback: '[{ rule: carry_forward, max_days: 2 }]',
    });
    const known = gpus([
      '2026-07-01 acme/h 3 until=2026-07-03',
      '2026-07-01 bell/h 3.2 until=2026-07-03',
      '2026-07-01 coil/h 3.4 until=2026-07-03',
      '2026-07-01 dyne/h 12 until=2026-07-03',
      '2026-07-04 acme/h 4',
    ]);
    expect(briefs(rules, known, D, '2026-07-04')).toEqual([
      '01 #1 price 3.2000 level 100.0000',
      '02 #1 price 3.2000 level 100.0000',
      '03 #1 price 3.2000 level 100.0000',
      '04 #1 price 4.0000 level 125.0000',
    ]);
  });

  it('takes no judged price of a token', () => {
    const keys = { ...GPU, mode: 'settlement', fallback: '[{ rule: judgement }]' };
    const lines = ['2026-07-01 acme/h 3 until=2026-07-02', '2026-07-01 acme/i 3'];
    const known = gpus(lines, { judgements: [judgement('2026-07-02 - h 9 2026-07-02')] });
    expect(standing(fixingOn(rulebook(keys), known, '2026-07-02'))).toContain('h 3 imputed');
    const rate = { ...judgement('2026-07-02 - h 9 2026-07-02') };
    const judged = gpus(lines, { judgements: [{ ...rate, legs: { rate: rate.legs.input! } }] });
    expect(standing(fixingOn(rulebook(keys), judged, '2026-07-02'))).toContain('h 9 judgement');
  });
});

describe('a rulebook of GPU hours', () => {
  it.each([
    [{ unit: 'USD/MTok' }, 'unit: "USD/GPU-hour"'],
    [{ workload: '{ input: "1", output: "0" }' }, 'workload.input: a known key'],
    [{ workload: '{ gpu: 8 }' }, 'did you mean `gpus`?'],
    [{ workload: '{ rate: "0.5" }' }, 'workload.rate: 1: a GPU hour has one leg'],
    [{ workload: '{ gpus: 0 }' }, 'workload.gpus: a whole number above 0'],
    [{ workload: '{ offer: standard }' }, 'workload.offer: one of "on_demand"'],
    [{ weights: '{ method: usage }' }, 'weights.method: equal, equal_value, equal_by_lab'],
  ])('refuses %j', (keys, expected) => {
    expect(refusals({ ...GPU, ...keys }).join('\n')).toContain(expected);
  });

  it('says of an unknown good that alone: what else it asks for cannot be told', () => {
    expect(refusals({ ...GPU, good: 'gpu-hour' })).toEqual(['good: one of "token"|"gpu_hour"']);
  });
});
