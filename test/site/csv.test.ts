import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reject } from '../../src/domain/failure.ts';
import { type CsvRecord, readRecords as readInNode } from '../../src/ingest/csv.ts';
import { csvText } from '../../src/publish/csv.ts';
import { readRecords as readInBrowser } from '../../web/engine/csv.ts';

async function records(
  read: typeof readInNode,
  text: string | Uint8Array,
): Promise<(CsvRecord | Reject)[]> {
  const found: (CsvRecord | Reject)[] = [];
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  await read([bytes], 'rows.csv', (item) => {
    found.push(item);
    return true;
  });
  return found;
}

const cell = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !/[\r\0\uFEFF]/.test(text)),
  fc.constantFrom('', ',', '"', '""', '\n', 'a,b', 'a"b', 'two\nlines', '0.25', 'é', '価格'),
);

describe('the reader of CSV in a browser', () => {
  it('reads what is published as the one of the command line does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { maxLength: 12 }), async (rows) => {
        const named = rows.map(([a, b, c]) => ({ a, b, c }));
        const text = [...csvText(['a', 'b', 'c'], named)].join('');
        expect(await records(readInBrowser, text)).toEqual(await records(readInNode, text));
      }),
    );
  });

  it.each([
    ['an open quote', 'a,b\n"x,1\n', 2],
    ['text after a quote', 'a,b\n"x"y,1\n', 2],
    ['a quote within a cell', 'a,b\nx"y,1\n', 2],
    ['a lone CR', 'a,b\n1,2\nx\ry,1\n', 3],
    ['CR LF, which nothing published has', 'a,b\r\n1,2\r\n', 1],
    ['a NUL', 'a\n\0\n', 2],
  ])('refuses %s, with its line', async (_, text, line) => {
    const last = (await records(readInBrowser, text)).at(-1);
    expect(last).toMatchObject({ code: 'malformed_csv', file: 'rows.csv', line });
  });

  it('refuses what is no text', async () => {
    const [only] = await records(readInBrowser, new Uint8Array([0x61, 0xff, 0x0a]));
    expect(only).toMatchObject({ code: 'invalid_utf8' });
  });

  it('stops when it is told to', async () => {
    const taken: unknown[] = [];
    const bytes = new TextEncoder().encode('a\n1\n2\n3\n');
    await readInBrowser([bytes], 'x', (item) => taken.push(item) < 2);
    expect(taken).toHaveLength(2);
  });
});
