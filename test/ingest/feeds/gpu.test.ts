import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoment } from '../../../src/domain/dates.ts';
import { GPU_HOURS } from '../../../src/ingest/feeds/gpu-hours.ts';
import { GPU_RENTAL_PRICES } from '../../../src/ingest/feeds/gpurentalprices.ts';
import { quotesCsv } from '../../../src/publish/import.ts';
import { expectAccounted, expectNoCrash } from './accounting.ts';
import { importTexts, leftovers, shown } from './documents.ts';

const HEADER = 'marketplace,gpu,region,date,usd_per_gpu_hour,source,basis';
const panel = (...lines: readonly string[]) => [HEADER, ...lines, ''].join('\n');

describe('gpu-hours, a panel of daily minima', () => {
  const read = (...lines: readonly string[]) => importTexts(GPU_HOURS, panel(...lines));

  it('has a price of its day alone, on terms that it does not say', () => {
    const { quotes } = read(
      'aws,H100,,2026-07-07,12.29,tracker.example (CC BY 4.0),min non-spot offer',
      'aws,H100,,2026-07-08,12.29,tracker.example (CC BY 4.0),min non-spot offer',
    );
    expect(quotes.map(shown)).toEqual(['H100 mixed 0: rate 12.29', 'H100 mixed 0: rate 12.29']);
    expect(quotes.map(({ validUntilMs }) => formatMoment(validUntilMs ?? 0))).toEqual([
      '2026-07-08T00:00:00Z',
      '2026-07-09T00:00:00Z',
    ]);
    expect(quotes[0]).toMatchObject({
      ...{ good: 'gpu_hour', seller: 'aws', venue: 'tracker.example', region: 'global' },
      source: 'tracker.example (CC BY 4.0), min non-spot offer',
    });
  });

  it('keeps two panels apart, and a region where there is one', () => {
    const { quotes } = read(
      'runpod,H100,,2026-07-07,1.99,one (CC),min',
      'runpod,H100,eu,2026-07-07,2.19,two (CC),min',
    );
    expect(quotes.map(({ venue, region }) => `${venue} ${region}`)).toEqual([
      'one global',
      'two eu',
    ]);
  });

  it.each([
    ['aws,H100,,2026-07-32,3,s,b', 'rejected bad_date aws/H100 2026-07-32 usd_per_gpu_hour'],
    ['aws,H100,,2026-07-07,,s,b', 'rejected not_a_number aws/H100 2026-07-07 usd_per_gpu_hour'],
    ['aws,H100,,2026-07-07,-1,s,b', 'rejected variable_price aws/H100 2026-07-07 usd_per_gpu_hour'],
    ['aws,H100,,2026-07-07,0,s,b', 'rejected zero_price aws/H100 2026-07-07 usd_per_gpu_hour'],
    ['aws,H100,,2026-07-07,1229,s,b', 'held implausible aws/H100 2026-07-07 usd_per_gpu_hour'],
    ['aws,,,2026-07-07,3,s,b', 'rejected bad_name aws/ 2026-07-07 usd_per_gpu_hour'],
    [',H100,,2026-07-07,3,s,b', 'rejected bad_name /H100 2026-07-07 usd_per_gpu_hour'],
    ['aws,H100,,2026-07-07,3', 'rejected ragged_row line 2'],
  ])('says of %s what is wrong with it', (line, expected) => {
    const result = read(line);
    expect(leftovers(result)).toEqual([expected]);
    expect(result.quotes).toEqual([]);
  });

  it('holds two prices of one day', () => {
    const { held } = read('aws,H100,,2026-07-07,3,s,b', 'aws,H100,,2026-07-07,4,s,b');
    expect(held.map(({ code }) => code)).toEqual(['conflict', 'conflict']);
  });

  it.each([
    ['', 'empty_file'],
    ['gpu,date\nH100,2026-07-07\n', 'missing_column'],
  ])('refuses %j whole', (text, code) => {
    const [document] = importTexts(GPU_HOURS, text).documents;
    expect(document?.faults.map((fault) => fault.code)).toEqual([code]);
  });

  it('accounts for every price of any panel', () => {
    const row = fc.record({
      seller: fc.constantFrom('aws', 'runpod', ''),
      literal: fc.constantFrom('3.2', '0', '-1', '1e3', 'n/a', '2.9999900000000002'),
      day: fc.integer({ min: 1, max: 40 }).map((day) => `2026-07-${String(day).padStart(2, '0')}`),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const lines = rows.map(
          ({ seller, literal, day }) => `${seller},H100,,${day},${literal},s,b`,
        );
        const published = rows.map(({ seller, literal, day }) => ({
          ...{ row: `${seller}/H100 ${day}`, literal, unit: 'per_gpu_hour' },
        }));
        expectAccounted(read(...lines), published, rows.length);
      }),
    );
  });

  it('neither crashes nor hangs', () => {
    expectNoCrash(GPU_HOURS, fc.constant(panel('aws,H100,,2026-07-07,12.29,s,b')), 'panel.csv');
  });
});

const offer = (changes: object = {}) => ({
  ...{ provider: 'aws', gpu: 'h100-sxm', vram_gb: 80, usd_hr: 12.29, kind: 'on-demand' },
  ...{ source_url: 'https://prices.example', fetched_at: '2026-08-01T06:00:00Z', min_gpus: 8 },
  ...changes,
});
const snapshot = (...offers: readonly unknown[]) => JSON.stringify({ offers }, null, 1);

describe('gpurentalprices, the offers of a day', () => {
  const read = (...offers: readonly unknown[]) =>
    importTexts(GPU_RENTAL_PRICES, snapshot(...offers));

  it('names the SKU with its form and memory, and the node', () => {
    const { quotes } = read(
      offer(),
      offer({ provider: 'a', gpu: 'h100', min_gpus: undefined }),
      offer({ provider: 'b', gpu: 'a100-pcie-40', vram_gb: 40, min_gpus: 1 }),
    );
    expect(quotes.map(shown)).toEqual([
      'h100-sxm-80gb on_demand 8: rate 12.29',
      'h100-80gb on_demand 0: rate 12.29',
      'a100-pcie-40gb on_demand 0: rate 12.29',
    ]);
    expect(formatMoment(quotes[0]?.observedAtMs ?? 0)).toBe('2026-08-01T06:00:00Z');
  });

  it('keeps kinds apart: a secure offer is on demand', () => {
    const kinds = ['secure', 'community', 'spot', 'serverless', 'reserved'];
    const { quotes } = read(...kinds.map((kind) => offer({ kind })));
    expect(quotes.map(({ serviceTier }) => serviceTier)).toEqual([
      ...['on_demand', 'community', 'spot', 'serverless', 'reserved'],
    ]);
  });

  it.each([
    [offer({ kind: 'weekend' }), 'rejected unknown_kind aws/h100-sxm weekend usd_hr'],
    [offer({ vram_gb: 'big' }), 'rejected unknown_memory aws/h100-sxm on-demand usd_hr'],
    [offer({ min_gpus: 0 }), 'rejected unknown_node aws/h100-sxm on-demand usd_hr'],
    [offer({ usd_hr: undefined }), 'rejected no_price aws/h100-sxm on-demand'],
    [offer({ usd_hr: 0 }), 'rejected zero_price aws/h100-sxm on-demand usd_hr'],
    [offer({ usd_hr: 12_290 }), 'held implausible aws/h100-sxm on-demand usd_hr'],
    [offer({ provider: '' }), 'rejected bad_name /h100-sxm on-demand usd_hr'],
    ['H100', 'rejected not_an_entry offers[0]'],
  ])('says of %j what is wrong with it', (row, expected) => {
    expect(leftovers(read(row))).toEqual([expected]);
  });

  it('refuses a document without offers', () => {
    const [document] = importTexts(GPU_RENTAL_PRICES, '{"prices": []}').documents;
    expect(document?.faults.map(({ code }) => code)).toEqual(['wrong_shape']);
  });

  it('holds a price five times what it was', () => {
    const { held } = importTexts(
      GPU_RENTAL_PRICES,
      snapshot(offer({ usd_hr: 2 })),
      snapshot(offer({ usd_hr: 11 })),
    );
    expect(held.map(({ code }) => code)).toEqual(['large_move']);
  });

  it('writes quotes that say which good they are of', () => {
    const [header, line] = [...quotesCsv(read(offer()).quotes)];
    expect(header).toBe(
      'good,seller,venue,model,region,service_tier,context_from,rate,currency,unit,' +
        'effective_at,observed_at,valid_until,event,basis,window_utc,source\n',
    );
    expect(line).toContain(
      'gpu_hour,aws,gpurentalprices.com,h100-sxm-80gb,global,on_demand,8,12.29',
    );
  });

  it('neither crashes nor hangs', () => {
    expectNoCrash(GPU_RENTAL_PRICES, fc.constant(snapshot(offer(), offer({ kind: 'spot' }))));
  });
});
