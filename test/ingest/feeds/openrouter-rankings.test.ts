import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPENROUTER_RANKINGS } from '../../../src/ingest/feeds/openrouter-rankings.ts';
import { importUsage } from '../../../src/ingest/import/run-rows.ts';
import { readTable } from '../../../src/ingest/table.ts';
import { USAGE } from '../../../src/ingest/usage.ts';
import { usageCsv } from '../../../src/publish/import-rows.ts';
import { NOON } from './documents.ts';

type Row = readonly [date: string, model: string, tokens: unknown];

function rankings(asOf: string, ...rows: readonly Row[]): string {
  const data = rows.map(([date, model_permaslug, total_tokens]) => {
    return { date, model_permaslug, total_tokens };
  });
  return JSON.stringify({ data, meta: { as_of: asOf, version: 'v1' } });
}

async function usage(...texts: readonly string[]) {
  const result = await importUsage(
    OPENROUTER_RANKINGS,
    texts.map((text, day) => ({
      observedAtMs: NOON + day,
      pages: [{ file: 'rankings.json', bytes: Buffer.from(text) }],
    })),
  );
  const codes = result.documents.at(-1)?.leftovers.map(({ verdict }) => verdict.code);
  return { ...result, codes, lines: [...usageCsv(result.rows)].slice(1) };
}

const AS_OF = '2026-05-12T02:00:00Z';

describe('openrouter-rankings', () => {
  it('pins the time as of which the figures stand, and cites it', async () => {
    const text = rankings(AS_OF, ['2026-05-11', 'openai/gpt-4o-2024-05-13', '595090081549123456']);
    const { lines, rows } = await usage(text);
    expect(lines).toEqual([
      '2026-05-11,openai/gpt-4o-2024-05-13,595090081549123456,2026-05-12T02:00:00Z,' +
        '"OpenRouter (openrouter.ai/rankings), as of 2026-05-12T02:00:00Z"\n',
    ]);
    const read = await readTable(USAGE, [Buffer.from([...usageCsv(rows)].join(''))], 'u.csv');
    expect(read.rows.map(({ row }) => row)).toEqual(rows);
  });

  it('says how much is of no model and how much is free', async () => {
    const day = '2026-05-11';
    const rows: Row[] = [
      [day, 'a/m', '600'],
      [day, 'a/m:free', '100'],
      [day, 'other', '300'],
    ];
    const { documents } = await usage(rankings(AS_OF, ...rows));
    expect(documents[0]?.warnings.map(({ code, value }) => [code, value])).toEqual([
      ...[
        ['below_top', '30.0%'],
        ['free_usage', '10.0%'],
      ],
    ]);
  });

  it('takes a restated figure, and the same one again for known', async () => {
    const one = rankings(AS_OF, ['2026-05-11', 'a/m', '600'], ['2026-05-11', 'a/n', '5']);
    const two = rankings(
      '2026-05-13T02:00:00Z',
      ['2026-05-11', 'a/m', '610'],
      ['2026-05-11', 'a/n', '5'],
    );
    const { lines, codes } = await usage(one, two);
    expect(lines.map((line) => line.split(',', 4).join(' '))).toEqual([
      '2026-05-11 a/m 600 2026-05-12T02:00:00Z',
      '2026-05-11 a/m 610 2026-05-13T02:00:00Z',
      '2026-05-11 a/n 5 2026-05-12T02:00:00Z',
    ]);
    expect(codes).toEqual(['unchanged']);
  });

  it.each([
    ['a float', ['2026-05-11', 'a/m', 6.5], 'not_a_number'],
    ['a negative', ['2026-05-11', 'a/m', '-1'], 'not_a_number'],
    ['no model', ['2026-05-11', '', '6'], 'missing_value'],
    ['no day', ['2026-05-32', 'a/m', '6'], 'bad_date'],
    ['a day that was not over', ['2026-05-12', 'a/m', '6'], 'incomplete_day'],
  ] as const)('does not take %s', async (_, row, code) => {
    const { rows, codes } = await usage(rankings(AS_OF, row));
    expect([rows, codes]).toEqual([[], [code]]);
  });

  it('holds two figures for one model and day', async () => {
    const text = rankings(AS_OF, ['2026-05-11', 'a/m', '6'], ['2026-05-11', 'a/m', '7']);
    expect((await usage(text)).codes).toEqual(['conflict', 'conflict']);
  });

  it.each([
    ['without as_of', '{"data": [], "meta": {}}', 'no_as_of'],
    ['without data', '{"meta": {}}', 'wrong_shape'],
    ['of other columns', 'date,model\n2026-05-11,m\n', 'missing_column'],
  ])('refuses a document %s', async (_, text, code) => {
    const { documents } = await usage(text);
    expect(documents[0]?.faults).toMatchObject([{ code }]);
  });

  it('accounts for every figure of a generated document', async () => {
    const row = fc.tuple(
      fc.constantFrom('2026-05-10', '2026-05-11', '2026-05-12', 'x'),
      fc.constantFrom('a/m', 'a/m:free', 'other', '', '__proto__'),
      fc.oneof(fc.nat().map(String), fc.constantFrom('', '-1', 'many', 5)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const { rows: taken, codes } = await usage(rankings(AS_OF, ...rows));
        expect(taken.length + (codes?.length ?? 0)).toBe(rows.length);
      }),
    );
  });
});
