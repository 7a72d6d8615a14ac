import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { add, decimal, subtract, sum, toText } from '../../src/index.ts';
import { mtok, temporaryDirectory } from './run.ts';

describe('mtok explain', () => {
  it('splits a move of the shipped book into parts that sum to it', () => {
    const days = ['--from', '2026-08-16', '--to', '2026-08-18'];
    const { code, out } = mtok(['explain', ...days, '--index', 'MTOK-ALL', '--json']);
    expect(code).toBe(0);
    const { parts, rounding, price, level } = JSON.parse(out);
    for (const [of, move] of [['price', price] as const, ['level', level] as const]) {
      const total = sum(parts.map((part: Record<string, string>) => decimal(part[of]!)));
      expect(toText(add(total, decimal(rounding[of])))).toBe(toText(decimal(move.change)));
    }
  });

  it('shows figures that sum to the change shown', () => {
    const days = ['--from', '2026-07-01', '--to', '2026-08-21'];
    const { out } = mtok(['explain', ...days, '--index', 'MTOK-LIST']);
    const lines = out.split('\n');
    const from = lines.findIndex((line) => line.startsWith('cause'));
    const to = lines.findIndex((line) => line.startsWith('change'));
    const cells = (line: string, column: number) =>
      decimal(line.split(/ +/)[column]!.replace('+', ''));
    for (const column of [1, 2]) {
      const shown = sum(lines.slice(from + 1, to).map((line) => cells(line, column)));
      expect(toText(subtract(shown, cells(lines[to]!, column)))).toBe('0');
    }
  });

  it('says no where a day is withheld, and which days it takes', () => {
    const index = ['--index', 'MTOK-LIST'];
    const withheld = mtok(['explain', '--from', '2024-09-12', '--to', '2026-08-18', ...index]);
    expect(withheld.code).toBe(1);
    expect(withheld.err).toContain('2024-09-12: min_coverage');
    expect(mtok(['explain', '--from', '2026-08-18', '--to', '2026-08-16', ...index]).code).toBe(2);
    expect(mtok(['explain', '--from', '2026-08-18']).code).toBe(2);
  });
});

describe('mtok sensitivity', () => {
  it('has the fixing itself under the choice that it made', () => {
    const { code, out } = mtok(['sensitivity', '--index', 'MTOK-OPEN', '--json']);
    expect(code).toBe(0);
    const { own, variants } = JSON.parse(out);
    const same = variants.find((one: { name: string }) => one.name === 'input 0.75, output 0.25');
    expect([same.price, same.level]).toEqual([own.price, own.level]);
    expect(same.price_percent).toBe('0.00');
    const choices = new Set(variants.map((one: { choice: string }) => one.choice));
    const expected = ['workload', 'weights', 'caps', 'screen', 'formula', 'without seller'];
    expect([...choices]).toEqual([...expected, 'without source']);
  });
});

describe('mtok rebalance --preview', () => {
  it('shows on the eve of a rebalance the basket that came', () => {
    const index = ['--index', 'MTOK-EFFICIENT', '--json'];
    const preview = JSON.parse(
      mtok(['rebalance', '--preview', '--date', '2026-08-01', ...index]).out,
    );
    expect(preview.rebalance_day).toBe('2026-09-01');
    // Formed on the rebalance day itself from the same prices, one day later in force.
    const eve = JSON.parse(mtok(['rebalance', '--preview', '--date', '2026-07-31', ...index]).out);
    const fixing = JSON.parse(mtok(['fix', '--date', '2026-08-02', ...index]).out);
    const next = eve.members.filter((one: { change: string }) => one.change !== 'leaves');
    expect(next.map((one: { id: string }) => one.id)).toEqual(
      fixing.constituents.map((one: { id: string }) => one.id),
    );
  });

  it('needs --preview: it changes nothing', () => {
    expect(mtok(['rebalance']).code).toBe(2);
  });
});

describe('mtok compare', () => {
  it('finds no difference between an index and itself', () => {
    const { code, out } = mtok(['compare', 'MTOK-OPEN', 'MTOK-OPEN', '--json']);
    expect(code).toBe(0);
    const { a, b, correlation, differences } = JSON.parse(out);
    expect(a).toEqual(b);
    expect(correlation).toBe('1.00');
    expect(differences).toEqual([]);
  });

  it('compares a proposal in a file', () => {
    const proposal = join(temporaryDirectory(), 'proposal.yaml');
    const own = readFileSync('data/rulebooks/MTOK-OPEN.yaml', 'utf8');
    writeFileSync(proposal, own.replace(/^formula: .*$/m, 'formula: laspeyres'));
    const { code, out } = mtok(['compare', 'MTOK-OPEN@1.0.0', proposal]);
    expect(code).toBe(0);
    expect(out).toContain('volatility, a year');
    expect(out).toContain('largest differences');
  });

  it.each([
    [['MTOK-OPEN', 'MTOK-OPN'], 2, 'did you mean MTOK-OPEN?'],
    [['MTOK-OPEN', 'MTOK-OPEN@9.9.9'], 2, 'expected one of 1.0.0'],
    [['MTOK-OPEN', 'nothing.yaml'], 4, 'nothing.yaml'],
    [['MTOK-OPEN', 'README.yaml/'], 2, 'unknown index'],
  ])('%j exits with %d', (names, code, message) => {
    const found = mtok(['compare', ...names]);
    expect(found.code).toBe(code);
    expect(found.err).toContain(message);
  });
});
