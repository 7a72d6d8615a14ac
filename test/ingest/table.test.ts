import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toText } from '../../src/domain/decimal.ts';
import { describeReject } from '../../src/domain/failure.ts';
import { QUOTES } from '../../src/ingest/quotes.ts';
import { readTable } from '../../src/ingest/table.ts';
import { accepted, brief, dataFile, readDataFiles } from './data-files.ts';

const HEADER = 'seller,model,effective_at,input,output';

function readText(...lines: string[]) {
  return readTable(QUOTES, [Buffer.from(lines.join('\n'))], 'quotes.csv');
}

describe('a file of quotes', () => {
  it('gives every fault of many bad rows in the order of the lines, and the good rows', async () => {
    const book = await readDataFiles(['quotes-many-bad-rows']);
    expect(book.rejects.map(brief)).toEqual([
      '3:input negative_price "-2"',
      '4:input zero_price "0"',
      '4:output not_a_number "NaN"',
      '6:model bad_name " epsilon"',
      '7: ragged_row "4 cells"',
      '8:effective_at bad_date "2026-02-30"',
      '8:input sentinel_price "-1"',
    ]);
    expect(accepted('quotes-many-bad-rows', book)).toBe('alpha delta theta');
  });

  it.each([
    ['quotes-nul-byte', '3: nul_byte "a NUL byte"'],
    ['quotes-invalid-utf8', '3: invalid_utf8 "acme,béta,2026-07-01,1,2"'],
  ])('%s ends the reading where the bytes cease to be text', async (file, reject) => {
    const { rejects } = await readDataFiles([file]);
    expect(rejects.map(brief)).toEqual([reject]);
  });

  it.each([
    ['quotes-lone-cr', '1 lone_cr'],
    ['quotes-lone-cr-in-row', '2 lone_cr'],
  ])('%s is one fault, on the line that ends so: %s', async (file, fault) => {
    const { rejects } = await readDataFiles([file]);
    expect(rejects.map(({ code, line }) => `${line} ${code}`)).toEqual([fault]);
  });

  it.each(['quotes-proto-column', 'quotes-constructor-column', 'quotes-unknown-column'])(
    '%s is left out where unknown columns are ignored',
    async (file) => {
      const { rows, rejects } = await readDataFiles([file], { ignoreUnknownColumns: true });
      expect(rejects).toEqual([]);
      expect(rows.quotes.map(({ model }) => model)).toEqual(['alpha']);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      expect(Object.getPrototypeOf(rows.quotes[0])).toBe(Object.prototype);
    },
  );

  it('suggests the column that was meant', async () => {
    const { rejects } = await readDataFiles(['quotes-unknown-column']);
    expect(rejects[0]!.expected).toBe('a column of quotes: did you mean cached_input?');
  });

  it('names both spellings of a column that is missing', async () => {
    const { rejects } = await readDataFiles(['quotes-missing-output-column']);
    expect(rejects[0]!.expected).toBe('a column output or output_usd_per_mtok');
  });

  it('says where a rejected row is and what was expected', async () => {
    const { rejects } = await readDataFiles(['quotes-minus-one']);
    expect(describeReject(rejects[0]!)).toBe(
      `${dataFile('quotes-minus-one')}:3:input: expected a price: -1 stands for "varies", ` +
        'which is none, found "-1" [sentinel_price]',
    );
  });

  it('warns of a cache leg of zero and reads it as not offered', async () => {
    const { rows, warnings } = await readDataFiles(['quotes-zero-cache-leg']);
    expect(warnings.map(brief)).toEqual([
      '2:cached_input zero_leg "0"',
      '2:cache_write zero_leg "0.00"',
    ]);
    expect(rows.quotes.map(({ legs }) => Object.keys(legs).sort())).toEqual([
      ['input', 'output'],
      ['cache_write', 'input', 'output'],
    ]);
  });

  it('keeps a newline that is quoted in the source', async () => {
    const { rows } = await readDataFiles(['quotes-quoted-newline-in-source']);
    expect(rows.quotes[0]!.source).toBe('seen twice:\nlist and invoice');
  });

  it('refuses a cell of 1 MB without reading all of it into a row', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'mtok-'));
    try {
      const path = join(directory, 'quotes-huge-cell.csv');
      const huge = `acme,${'b'.repeat(1_000_000)},2026-07-01,1,2`;
      await writeFile(path, `${HEADER}\nacme,alpha,2026-07-01,1,2\n${huge}\n`);
      const { rejects } = await readTable(QUOTES, createReadStream(path), 'huge.csv');
      expect(rejects.map(brief)).toEqual(['3: record_too_long ""']);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('a quote that leaves columns out', () => {
  it('has the defaults of the format', async () => {
    const { rows } = await readText(HEADER, 'acme,alpha,2026-07-01,1.5,2');
    expect(rows).toHaveLength(1);
    const { legs, ...quote } = rows[0]!.row;
    expect(Object.entries(legs).map(([leg, price]) => `${leg} ${toText(price)}`)).toEqual([
      'input 1.5',
      'output 2',
    ]);
    expect(quote).toEqual({
      ...{
        good: 'token',
        seller: 'acme',
        model: 'alpha',
        lab: '',
        venue: 'acme',
        region: 'global',
      },
      ...{ serviceTier: 'standard', contextFrom: 0, currency: 'USD', event: 'quote' },
      ...{ effectiveAtMs: Date.UTC(2026, 6, 1), observedAtMs: Date.UTC(2026, 6, 1) },
      isReconstructed: true,
      ...{ validUntilMs: null, basis: 'list', windowUtc: '', source: '' },
    });
  });

  it.each([
    'vendor,model,date,input,output',
    'vendor,model,effective_date,input_usd_per_mtok,output_usd_per_mtok',
  ])('may call its columns %s', async (header) => {
    const { rows, rejects } = await readText(header, 'acme,alpha,2026-07-01,1.5,2');
    expect(rejects).toEqual([]);
    const { seller, effectiveAtMs, legs } = rows[0]!.row;
    expect([seller, effectiveAtMs, toText(legs.input!)]).toEqual([
      'acme',
      Date.UTC(2026, 6, 1),
      '1.5',
    ]);
  });

  it.each([
    ['per_mtok', '0.15', '0.15'],
    ['per_1k', '0.00015', '0.15'],
    ['per_token', '1.5e-07', '0.15'],
    ['cents_per_token', '0.000015', '0.15'],
  ])('is restated from %s: %s is %s', async (unit, input, perMtok) => {
    const { rows } = await readText(`${HEADER},unit`, `acme,alpha,2026-07-01,${input},2,${unit}`);
    expect(toText(rows[0]!.row.legs.input!)).toBe(perMtok);
  });
});

it('reads the same rows and rejects in whatever pieces the bytes arrive', async () => {
  const line = (index: number) => `acme,mödel-${index},2026-07-01,${index % 7},2,"a\nb"`;
  const lines = Array.from({ length: 200 }, (_, index) => line(index));
  const bytes = Buffer.from([`${HEADER},source`, ...lines].join('\n'));
  const whole = await readTable(QUOTES, [bytes], 'quotes.csv');
  // Each seventh price is 0, from the first: 29 of 200.
  expect([whole.rows.length, whole.rejects.length]).toEqual([171, 29]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 20 }), async (cuts) => {
      const ends = [...cuts, bytes.length].sort((a, b) => a - b);
      const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      expect(await readTable(QUOTES, pieces, 'quotes.csv')).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

it('loses no row of a file of many chunks', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `acme,m${index},2026-07-01,1,2`);
  const { rows, rejects } = await readTable(
    QUOTES,
    (function* () {
      const bytes = Buffer.from([HEADER, ...lines, ''].join('\n'));
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    })(),
    'quotes.csv',
  );
  expect(rejects).toEqual([]);
  expect(rows.map(({ row, line }) => `${line} ${row.model}`)).toEqual(
    lines.map((_, index) => `${index + 2} m${index}`),
  );
});
