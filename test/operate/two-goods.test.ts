import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/dates.ts';
import { EMPTY_BOOK } from '../../src/domain/rows.ts';
import { readContracts } from '../../src/ingest/book.ts';
import { readFixings } from '../../src/ingest/fixings.ts';
import { publishSettlement } from '../../src/operate/settle-publication.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { siteFiles } from '../../src/site/write-site.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { gpuHour, quote, rulebookText } from '../fix/small-book.ts';
import { filesUnder, requestFor, SIGNER } from '../publish/publications.ts';

const DAYS = Array.from({ length: 34 }, (_, at) => addDays('2026-07-01', at));
const TOKENS = rulebookText({ index: 'TOKENS', finality: '{ hours: 1 }' });
const HOURS = rulebookText({
  ...{ index: 'HOURS', good: 'gpu_hour', unit: 'USD/GPU-hour', workload: '{ gpus: 8 }' },
  ...{ price: '{ sellers: median }', finality: '{ hours: 1 }' },
});
const ROWS = {
  ...EMPTY_BOOK,
  quotes: [
    ...['2026-07-01 acme/alpha 3', '2026-07-16 acme/alpha 2'].map(quote),
    ...['2026-07-01 acme/h100-sxm-80gb 3', '2026-07-01 bell/h100-sxm-80gb 4'].map(gpuHour),
    gpuHour('2026-07-16 acme/h100-sxm-80gb 2'),
  ],
};

const contractOf = (index: string, unit: string, size: string) => `schema: mtok.contract/1
contract: ${index}-MONTH
title: A month of ${index}
version: 1.0.0
index: ${index}
value: price
series: 1
unit: ${unit}
multiplier: { size: "${size}", unit: ${unit.slice(4)} }
averaging: { method: calendar_days }
calendar: every_day
tick: "0.0001"
tie: half_up
min_observations: 20
currency: USD
first_day: 2026-07-01
final: { from_day: 1, deadline_day: 3, time: "18:00", zone: UTC, fixing_after_hours: 1 }
`;

describe('tokens and GPU hours in one publication', () => {
  const directory = temporaryDirectory();
  const text = (path: string) => filesUnder(directory).get(path)?.toString() ?? '';

  beforeAll(async () => {
    for (const day of DAYS) {
      const request = requestFor(day, day, { rules: [TOKENS, HOURS], rows: ROWS });
      await publish(directory, [SIGNER], request);
    }
  }, 60_000);

  it('have a series each: a good with one leg has no column for it', () => {
    expect(text('series/TOKENS.csv').split('\n').slice(0, 2)).toEqual([
      'date,index,status,basis,series,price,input,cached_input,output,level,constituents,coverage',
      '2026-07-01,TOKENS,published,reconstructed,1,3.0000,3.0000,3.0000,3.0000,100.0000,1,1.0000',
    ]);
    expect(text('series/HOURS.csv').split('\n').slice(0, 2)).toEqual([
      'date,index,status,basis,series,price,level,constituents,coverage',
      '2026-07-01,HOURS,published,reconstructed,1,3.5000,100.0000,1,1.0000',
    ]);
  });

  it('settle alike, and both are verified: fixings, rows, chain and settlement', async () => {
    const settled: string[] = [];
    for (const [index, unit, size] of [
      ['TOKENS', 'USD/MTok', '1000'],
      ['HOURS', 'USD/GPU-hour', '730'],
    ] as const) {
      const terms = contractOf(index, unit, size);
      const file = join(temporaryDirectory(), 'contract.yaml');
      writeFileSync(file, terms);
      const { contracts } = await readContracts([file]);
      const fixings = await readFixings(directory, [index]);
      const nowMs = Date.parse('2026-08-04T12:00:00Z');
      const { settlement } = await publishSettlement(
        { publication: directory, signers: [SIGNER], now: () => nowMs },
        { fixings, fx: [], calendars: [] },
        {
          ...{ contract: contracts[0]!, text: terms, knownAtMs: nowMs },
          period: { id: '2026-07', from: '2026-07-01', to: '2026-07-31' },
        },
      );
      settled.push(`${index} ${settlement.status} ${settlement.settled}`);
    }
    // 15 days at 3 and 16 at 2; 15 days at 3.5 and 16 at 3.
    expect(settled).toEqual(['TOKENS final 2.4839', 'HOURS final 3.2419']);
    const keys = [parseVerifierKey(SIGNER.verifierKey)];
    const done = await verify(directorySource(directory), { keys, witnesses: [] });
    expect(done.steps.filter(({ result }) => result === 'fail')).toEqual([]);
    expect(done.steps.find(({ name }) => name === 'recompute')?.result).toBe('pass');
    expect(done.steps.find(({ name }) => name === 'settlements')?.result).toBe('pass');
    expect(done.fixings).toBe(2 * DAYS.length);
  });

  it('names the rows of its own good among the inputs of each', () => {
    const rows = [...filesUnder(directory)]
      .map(([, bytes]) => bytes.toString())
      .filter((file) => file.startsWith('seller,model,lab,venue,'));
    const headers = new Set(rows.map((file) => file.split('\n')[0]));
    expect(headers.size).toBe(2);
    for (const file of rows) {
      const [header = '', ...lines] = file.trimEnd().split('\n');
      const isHours = header.endsWith(',rate,good');
      expect(lines.every((line) => line.endsWith(',gpu_hour') === isHours)).toBe(true);
    }
  });

  it('have pages: of a GPU hour without columns for legs', async () => {
    const files = await siteFiles(directory);
    const page = (index: string) => files.get(`indices/${index}.html`)?.toString() ?? '';
    expect(page('TOKENS')).toContain('Cached input');
    expect(page('HOURS')).not.toContain('Cached input');
    expect(page('HOURS')).toContain('USD/GPU-hour');
    expect(page('HOURS')).not.toContain('USD/MTok');
    expect(page('HOURS')).toContain('8 GPUs at once, on demand');
  });
});
