import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../src/domain/csv.ts';
import { formatMoment } from '../../../src/domain/dates.ts';
import { parseColumnMap, readColumnMap } from '../../../src/ingest/feeds/column-map.ts';
import { CSV, csvFeed } from '../../../src/ingest/feeds/csv.ts';
import { quotesCsv } from '../../../src/publish/import.ts';
import { expectAccounted, literals } from './accounting.ts';
import { importTexts, leftovers, shown } from './documents.ts';

describe('a table with the columns of quotes', () => {
  it('comes out as it went in, with its own times and sources', () => {
    const header = [
      ...['seller', 'venue', 'model', 'region', 'service_tier', 'context_from', 'input'],
      ...['cached_input', 'cache_write', 'output', 'currency', 'unit', 'effective_at'],
      ...['observed_at', 'valid_until', 'event', 'basis', 'window_utc', 'source'],
    ].join();
    const line = [
      ...['zai', 'zai', 'glm', 'cn', 'batch', '32000', '2', '0.4', '', '8', 'CNY', 'per_mtok'],
      ...['2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z', '2027-01-01T00:00:00Z', 'quote'],
      ...['curated', '00:30-08:30', 'the price page'],
    ].join();
    const text = `${header}\n${line}\n`;
    expect([...quotesCsv(importTexts(CSV, text).quotes)].join('')).toBe(text);
  });

  it('dates a row without a day by the time that the file was fetched', () => {
    const { quotes } = importTexts(CSV, 'vendor,model,input,output\r\na,m,3,15\r\n');
    expect(quotes.map(({ effectiveAtMs }) => formatMoment(effectiveAtMs))).toEqual([
      '2026-08-01T12:00:00Z',
    ]);
  });

  it.each([
    ['a day that is none', 'a,m,2026-02-30,3,15', 'bad_date'],
    ['another number of cells', 'a,m,2026-01-01,3', 'ragged_row'],
    ['no seller', ',m,2026-01-01,3,15', 'missing_value'],
    ['0/0', 'a,m,2026-01-01,0,0', 'zero_price'],
    ['a comma for a point', 'a,m,2026-01-01,"3,5",15', 'not_a_number'],
    ['no output', 'a,m,2026-01-01,3,', 'incomplete_no_output'],
  ])('does not quote %s', (_, line, code) => {
    const result = importTexts(CSV, `seller,model,date,input,output\n${line}\n`);
    expect(result.quotes).toEqual([]);
    expect(result.documents[0]?.tally.filter(({ rows }) => rows > 0)).toMatchObject([{ code }]);
  });

  it.each([
    ['a quote left open', 'seller,model,input,output\n"a,m,1,2\n', 'malformed_csv'],
    ['no output at all', 'seller,model,input\na,m,1\n', 'missing_column'],
    ['a column twice', 'seller,model,input,output,input\na,m,1,2,3\n', 'duplicate_column'],
    ['nothing', '', 'empty_file'],
  ])('is refused for %s', (_, text, code) => {
    expect(importTexts(CSV, text).documents[0]?.faults).toMatchObject([{ code }]);
  });

  it('does not take a withdrawal, and names a column that it does not read', () => {
    const text = 'seller,model,event,input,output,notes\na,m,withdrawn,,,gone\n';
    const result = importTexts(CSV, text);
    expect(leftovers(result)).toEqual(['rejected withdrawn a/m']);
    expect(result.documents[0]?.warnings).toMatchObject([
      { code: 'unread_column', value: 'notes' },
    ]);
  });
});

describe('a table by a map', () => {
  const text = 'Name,price_in,price_out,note\nm,0.0025,0.01,x\n';

  it.each([
    ['flags', parseColumnMap('model=Name,input=price_in,output=price_out,seller:acme,unit:per_1k')],
    [
      'YAML',
      readColumnMap(
        'columns: { model: Name, input: price_in, output: price_out }\n' +
          'values: { seller: acme, unit: per_1k }\n',
        'map.yaml',
      ),
    ],
    [
      'JSON',
      readColumnMap(
        JSON.stringify({
          columns: { model: 'Name', input: 'price_in', output: 'price_out' },
          values: { seller: 'acme', unit: 'per_1k' },
        }),
        'map.json',
      ),
    ],
  ])('is read the same from %s', (_, map) => {
    const { quotes } = importTexts(csvFeed(map), text);
    expect(quotes.map((quote) => `${quote.seller} ${shown(quote)}`)).toEqual([
      'acme m standard 0: input 2.5, output 10',
    ]);
  });

  it('is refused where the file lacks a column that it names', () => {
    const map = parseColumnMap('model=Name,input=in,output=price_out,seller:acme');
    const [report] = importTexts(csvFeed(map), text).documents;
    expect(report?.faults).toMatchObject([{ code: 'missing_column', column: 'in' }]);
  });

  it.each([
    ['inputs=a', 'did you mean input?'],
    ['input', 'expected input=price_in'],
    ['constructor=a', 'expected a column of quotes'],
  ])('%s is no map', (map, message) => {
    expect(() => parseColumnMap(map)).toThrow(message);
  });

  it.each([
    ['columns: [input]', 'columns'],
    ['colums: {}', 'colums'],
    ['{', 'expected YAML or JSON'],
    ['- 1', 'expected'],
    ['columns: &a { input: x }\nvalues: *a', 'expected'],
  ])('the file %j is no map', (file, message) => {
    expect(() => readColumnMap(file, 'map.yaml')).toThrow(message);
  });
});

const cell = fc.oneof(literals, fc.constantFrom('', '$3', '1,5', ' 1', 'n/a'));
const row = fc.record({
  model: fc.constantFrom('m', 'n', 'a "b", c', '__proto__'),
  day: fc.constantFrom('', '2026-01-01', '2026-02-30'),
  unit: fc.constantFrom('', 'per_1k', 'per_token', 'per_image'),
  prices: fc.tuple(cell, cell, cell),
});

it('accounts for every price of a generated file', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
      const lines = rows.map(({ model, day, unit, prices }) =>
        csvLine(['x', model, day, unit, ...prices]),
      );
      const header = 'seller,model,date,unit,input,output,cached_input';
      const published = rows.flatMap(({ model, unit, prices }) =>
        prices
          .map((literal, index) => ({
            ...{ row: model, model, literal, unit: unit || 'per_mtok' },
            field: ['input', 'output', 'cached_input'][index] ?? '',
          }))
          .filter(({ literal }) => literal !== ''),
      );
      const result = importTexts(CSV, [header, ...lines].join('\n'));
      expectAccounted(result, published, rows.length);
    }),
  );
});
