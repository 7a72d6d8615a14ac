import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dayToMs } from '../../src/domain/dates.ts';
import { toText } from '../../src/domain/decimal.ts';
import { findBook, importFeed, LITELLM, readBook } from '../../src/index.ts';
import { QUOTES } from '../../src/ingest/quotes.ts';
import { readTable } from '../../src/ingest/table.ts';
import { reconcile } from '../../src/select/reconcile.ts';

const ROWS = readFileSync('../shared/real/prices/reconciliation_diffs.csv', 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','));

const AT = { cutoffMs: dayToMs('2026-09-01'), knownAtMs: dayToMs('2026-09-01') };

/** The side of a pair as a file of quotes; a row without both prices is none. */
async function side(pair: string, name: string, [input, output]: readonly [number, number]) {
  const lines = ROWS.filter((row) => row[0] === pair && Number(row[output]) > 0).map(
    (row) => `${row[1]},${row[2]},2026-07-01,${row[input]},${row[output]}`,
  );
  const text = ['seller,model,date,input,output', ...lines].join('\n');
  const { rows } = await readTable(QUOTES, [Buffer.from(text)], name);
  return { name, quotes: rows.map(({ row }) => row) };
}

describe('LiteLLM and the shipped book', () => {
  it('agree on more than nine prices in ten, and on less than all', async () => {
    const file = '2026-08-01_mirror-77b8722.json';
    const bytes = readFileSync(`../shared/real/litellm/${file}`);
    const observedAtMs = dayToMs('2026-08-01');
    const { quotes } = importFeed(LITELLM, [{ observedAtMs, pages: [{ file, bytes }] }]);
    const { rows } = await readBook(await findBook('data'));
    const sources = [
      { name: 'litellm', quotes },
      { name: 'book', quotes: rows.quotes },
    ];
    const [pair] = reconcile(sources, rows.models, AT).pairs;
    expect(pair?.offers.both).toBeGreaterThan(100);
    expect(Number(pair?.share && toText(pair.share))).toBeGreaterThan(0.9);
    expect(pair?.legs.differ).toBeGreaterThan(10);
  });
});

describe('the known disagreements between real sources', () => {
  it.each([
    ['litellm/models.dev', 22],
    ['litellm/genai-prices', 22],
    ['models.dev/genai-prices', 20],
    ['litellm/simonw', 9],
  ])('of %s are all found', async (pair, count) => {
    const rows = ROWS.filter((row) => row[0] === pair);
    expect(rows.length).toBe(count);
    const sources = [await side(pair, 'a', [3, 4]), await side(pair, 'b', [5, 6])];
    const { offers, pairs } = reconcile(sources, [], AT);
    for (const [, seller, model, ...prices] of rows) {
      if (prices.includes('0')) continue;
      const offer = offers.find(({ terms }) => terms.seller === seller && terms.model === model);
      for (const [leg, a, b] of [
        ['input', prices[0], prices[2]],
        ['output', prices[1], prices[3]],
      ] as const) {
        const found = offer?.legs.find((one) => one.leg === leg);
        const noise = Math.abs(Number(a) - Number(b)) < 1e-9;
        expect(found?.verdict, `${seller} ${model} ${leg}`).toBe(noise ? 'agree' : 'differ');
        const said = [...(found?.prices.values() ?? [])].map(({ amount }) => toText(amount));
        expect(said.map(Number)).toEqual([Number(a), Number(b)]);
      }
    }
    const compared = rows.filter((row) => !row.slice(3).includes('0'));
    const differing = compared.flatMap((row) => [row[3] !== row[5], row[4] !== row[6]]);
    expect(pairs[0]?.legs.differ).toBe(differing.filter(Boolean).length);
  });
});
