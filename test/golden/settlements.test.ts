import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { settlementInputs } from '../../src/cli/settle-inputs.ts';
import { canonicalJson, findBook, periodsOf, readBook, settle } from '../../src/index.ts';

/**
 * A year of settlements of each example contract, pinned by the SHA-256 of their canonical bytes,
 * with the price for people to read. They change only with `UPDATE_GOLDEN=1`, which CI refuses.
 */
const PATH = 'test/golden/settlements.json';

/** The rates of the yuan end on 2026-04-13: that month is the last, and undetermined. */
const MONTHS: Readonly<Record<string, readonly string[]>> = {
  'MTOK-LIST-USD-MONTH': monthsFrom(2025, 8, 12),
  'MTOK-LLAMA-70B-OUT-MONTH': monthsFrom(2025, 8, 12),
  'MTOK-LLAMA-70B-OUT-SWAP': monthsFrom(2025, 8, 12),
  'MTOK-CN-CNY-MONTH': monthsFrom(2025, 10, 7),
  // Its first month begins after the shipped data.
  'MTOK-H100-SXM-MONTH': [],
  'MTOK-FRONTIER-STRIP': ['2025'],
};

it('comes out as it was pinned', async () => {
  const book = await readBook(await findBook('data'));
  expect(book.contracts.map(({ contract }) => contract).sort()).toEqual(Object.keys(MONTHS).sort());
  const found: Record<string, string> = {};
  for (const contract of book.contracts) {
    const names = MONTHS[contract.contract] ?? [];
    const periods = names.flatMap((name) => periodsOf(contract, name).periods ?? []);
    const inputs = await settlementInputs(contract, periods, book, undefined);
    for (const period of periods) {
      const { settlement } = settle(contract, inputs, period);
      if (!settlement) throw new Error(`${contract.contract} has no settlement for ${period.id}`);
      const digest = createHash('sha256').update(canonicalJson(settlement)).digest('hex');
      const { status, settled, reasons } = settlement;
      const outcome = settled ?? reasons.map(({ code }) => code).join(' ');
      found[`${contract.contract} ${period.id}`] = `${status} ${outcome} ${digest}`;
    }
  }
  if (process.env.UPDATE_GOLDEN === '1') {
    if (process.env.CI) throw new Error('golden settlements are not updated in CI');
    writeFileSync(PATH, `${JSON.stringify(found, null, 2)}\n`);
  }
  expect(found).toEqual(JSON.parse(readFileSync(PATH, 'utf8')));
});

function monthsFrom(year: number, month: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const months = year * 12 + month - 1 + index;
    return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
  });
}
