import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRulebook, QUOTES, readTable } from '../../src/index.ts';

const SHARED = '../shared';

describe('the shipped book', () => {
  it('is built from the sources by one command, and differs from the committed one in nothing', () => {
    const out = mkdtempSync(join(tmpdir(), 'mtok-book-'));
    execFileSync(process.execPath, ['data/build/build.mjs', '--shared', SHARED, '--out', out]);
    const built = readdirSync(out, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.csv'))
      .sort();
    expect(built).toContain(join('quotes', 'first-party.csv'));
    expect(built.length).toBeGreaterThanOrEqual(8);
    for (const name of built) {
      const [then, now] = [readFileSync(join('data', name)), readFileSync(join(out, name))];
      expect(now.equals(then), name).toBe(true);
    }
  });

  it('has the usage of the source, day by day', () => {
    const source = lines(`${SHARED}/real/usage/openrouter_daily_top50_2026.csv`).map((line) =>
      line.split(',').slice(0, 3).join(','),
    );
    const shipped = lines('data/usage/openrouter-2026.csv').map((line) =>
      line.split(',').slice(0, 3).join(','),
    );
    expect([...shipped].sort()).toEqual([...source].sort());
  });

  it('has every rate of the source', () => {
    const columns = (line: string) => line.split(',').slice(0, 4).join(',');
    const source = lines(`${SHARED}/real/fx/ecb_eur_reference_rates.csv`).map(columns);
    expect(lines('data/fx/ecb.csv').map(columns).sort()).toEqual(source.sort());
  });
});

it('reads the example rulebook of the design, key for key', () => {
  const [, example = ''] =
    /^```yaml\n([\s\S]*?)^```/m.exec(readFileSync(`${SHARED}/DESIGN.md`, 'utf8')) ?? [];
  const { rulebook, rejects } = parseRulebook(example, 'DESIGN.md');
  expect(rejects).toEqual([]);
  expect(rulebook?.index).toBe('MTOK-ALL');
});

it('reads every row of the curated prices, but those at zero', async () => {
  const path = `${SHARED}/real/prices/token_prices.csv`;
  const { rows, rejects } = await readTable(QUOTES, [readFileSync(path)], 'token_prices.csv');
  expect(rows.length).toBe(364);
  expect(rejects.map(({ code, value }) => `${code} ${value}`)).toEqual([
    'zero_price 0',
    'zero_price 0',
  ]);
});

it('ships the oracle cases as their source has them', () => {
  const cases = (path: string): { name: string }[] => JSON.parse(readFileSync(path, 'utf8')).cases;
  const source = new Map(cases(`${SHARED}/oracle/methodology.json`).map((one) => [one.name, one]));
  const shipped = cases('test/oracle/methodology.json');
  expect(shipped.length).toBeGreaterThanOrEqual(34);
  for (const one of shipped) expect(one).toEqual(source.get(one.name));
});

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').trimEnd().split(/\r?\n/).slice(1);
}
