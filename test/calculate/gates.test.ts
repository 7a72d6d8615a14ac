import { describe, expect, it } from 'vitest';
import { canonicalJson, evidenceOf } from '../../src/index.ts';
import { inputsOf, readBack } from '../fix/recompute.ts';
import { evidence, fixingOn, fixings, rulebook, standing } from '../fix/small-book.ts';
import { rate } from '../normalize/rows.ts';

const TWO = ['2026-07-01 x/a 4', '2026-07-01 y/b 12'];
const D = '2026-07-02';

/** `measured` of the one gate, and whether the fixing is published. */
function measured(
  gate: string,
  lines: readonly string[],
  keys: Record<string, string> = {},
  date = D,
): string {
  const fixing = fixingOn(rulebook({ gates: `{ ${gate} }`, ...keys }), evidence(lines), date);
  const [only] = fixing.gates;
  expect(fixing.withheld).toEqual(only!.pass ? [] : [only!.name]);
  expect(fixing.value === null).toBe(!only!.pass);
  return `${only!.measured} ${fixing.status}`;
}

describe('a gate passes on its bound and fails beyond it', () => {
  const absentB = [TWO[0]!, `${TWO[1]} until=2026-07-02`];
  const carried = { mode: 'settlement', fallback: '[{ rule: carry_forward, max_days: 5 }]' };
  const hosts = ['2026-07-01 p/a 4', '2026-07-01 q/a 4', '2026-07-01 y/b 12'];
  // 8 and 12 about 10: both deviate by 2.
  const wide = ['2026-07-01 p/a 8', '2026-07-01 q/a 12', '2026-07-01 y/b 12'];
  // 4 + 13.6 = 17.6, from 16
  const moved = [...TWO, '2026-07-02 y/b 13.6'];
  it.each([
    ['min_constituents', '2', '3', '2', TWO, {}],
    ['min_constituents', '1', '2', '1', absentB, {}], // imputed ones do not count
    ['min_labs', '2', '3', '2', TWO, {}],
    ['min_labs', '1', '2', '1', absentB, {}],
    ['min_coverage', '0.25', '0.26', '0.25', absentB, {}], // 4 of 16 at the link
    ['min_confirmed', '0.25', '0.26', '0.25', absentB, carried], // 4 of 16 today
    ['max_single_seller', '0.75', '0.74', '0.75', hosts, {}], // b: 12 of 16
    ['max_dispersion', '0.2', '0.19', '0.2', wide, {}],
    ['max_move', '0.1', '0.09', '0.1', moved, {}],
  ])('%s %s, not %s', (name, on, beyond, value, lines, keys) => {
    expect(measured(`${name}: "${on}"`, lines, keys)).toBe(`${value} published`);
    expect(measured(`${name}: "${beyond}"`, lines, keys)).toBe(`${value} withheld`);
  });

  it('max_move downwards', () => {
    const down = [...TWO, '2026-07-02 y/b 10.4']; // 14.4 from 16
    expect(measured('max_move: "0.1"', down)).toBe('0.1 published');
    expect(measured('max_move: "0.09"', down)).toBe('0.1 withheld');
  });

  it('max_move has nothing to measure on the base date', () => {
    expect(measured('max_move: "0.01"', TWO, {}, '2026-07-01')).toBe('null published');
  });
});

describe('gates (clause gates)', () => {
  it('are all named that fail', () => {
    const gates = '{ min_constituents: 3, min_labs: 2, min_coverage: "1" }';
    const fixing = fixingOn(rulebook({ gates }), evidence(TWO), D);
    expect(fixing.gates.map(({ name, pass }) => `${name} ${pass}`)).toEqual([
      ...['min_constituents false', 'min_labs true', 'min_coverage true'],
    ]);
    expect(fixing.withheld).toEqual(['min_constituents']);
  });

  it('decide on publication, not on the chain', () => {
    const lines = [...TWO, '2026-07-02 y/b 28', '2026-07-03 y/b 12'];
    const rules = rulebook({ gates: '{ max_move: "0.5" }' });
    // 16 → 32 → 16: up by 1, down by ½ of the withheld level.
    expect(fixingOn(rules, evidence(lines), '2026-07-02').withheld).toEqual(['max_move']);
    const after = fixingOn(rules, evidence(lines), '2026-07-03');
    expect([after.level, after.gates[0]!.measured]).toEqual(['100.0000', '0.5']);
  });

  it('measure coverage at the prices of the link, not of today', () => {
    const lines = ['2026-07-01 x/a 4', '2026-07-01 y/b 12 until=2026-07-02', '2026-07-02 x/a 8'];
    expect(fixingOn(rulebook(), evidence(lines), D).coverage).toBe('0.25');
  });

  it('measure coverage by exponents under a geometric formula', () => {
    const lines = ['2026-07-01 x/a 4', '2026-07-01 y/b 12 until=2026-07-02'];
    expect(fixingOn(rulebook({ formula: 'jevons' }), evidence(lines), D).coverage).toBe('0.5');
  });

  // Two owners: p and p-2 are one.
  const hosts = ['p', 'p-2', 'q'].map((seller) => `2026-07-01 ${seller}/a 4`);
  const sellers = ['p', 'p-2'].map((seller) => ({ seller, owner: 'p' }));
  it.each([
    ['min_sellers', 2, { sellers }],
    ['min_sellers', 3, {}],
    ['min_venues', 3, { sellers }],
  ])('count %s: %i', (name, count, rows) => {
    for (const [threshold, pass] of [
      [count, true],
      [count + 1, false],
    ] as const) {
      const rules = rulebook({
        ...{ gates: `{ ${name}: ${threshold} }`, price: '{ sellers: median }' },
      });
      const { gates } = fixingOn(rules, evidence(hosts, rows), D);
      expect(gates).toEqual([
        { name, threshold: String(threshold), measured: String(count), pass },
      ]);
    }
  });

  it('count one venue where all was seen at one', () => {
    const seen = hosts.map((line) => `${line} venue=openrouter`);
    const rules = rulebook({ gates: '{ min_venues: 2 }', price: '{ sellers: median }' });
    expect(fixingOn(rules, evidence(seen), D).gates[0]).toMatchObject({
      ...{ measured: '1', pass: false },
    });
  });

  it('do not count sellers behind an imputed price', () => {
    const lines = ['2026-07-01 x/a 4', '2026-07-01 y/b 4 until=2026-07-02'];
    const rules = rulebook({ gates: '{ min_sellers: 2 }' });
    expect(fixingOn(rules, evidence(lines), D).withheld).toEqual(['min_sellers']);
  });

  it('measure the age of the oldest rate behind a price', () => {
    const lines = ['2026-07-01 x/a 4 currency=EUR', '2026-07-01 y/b 4 currency=GBP', TWO[1]!];
    const fx = [rate('2026-06-28', 'EUR', 'USD', '1.1'), rate('2026-07-01', 'GBP', 'USD', '1.3')];
    const on = (limit: number) => {
      const rules = rulebook({
        gates: `{ max_fx_age_days: ${limit} }`,
        price: '{ sellers: mean }',
      });
      return fixingOn(rules, evidence(lines, { fx }), D);
    };
    // From 28 June to 2 July.
    expect(on(4).gates[0]).toMatchObject({ measured: '4', pass: true });
    expect(on(3).withheld).toEqual(['max_fx_age_days']);
  });

  it('have no age of a rate to measure where all is in dollars', () => {
    const rules = rulebook({ gates: '{ max_fx_age_days: 0 }' });
    expect(fixingOn(rules, evidence(TWO), D).gates[0]).toMatchObject({
      measured: null,
      pass: true,
    });
  });
});

describe('a price that has to be seen again', () => {
  // Seen on 1 July at 00:00, 3 July at 00:00; cut-offs at 12:00, within 48 hours.
  const rules = rulebook({
    cutoff: '{ time: "12:00", zone: UTC }',
    price: '{ confirm_within_hours: 48 }',
    gates: '{ min_confirmed: "0.5" }',
  });
  const known = evidence([
    '2026-07-01 x/a 2 observed=2026-07-01',
    '2026-07-03 x/a 2 observed=2026-07-03',
  ]);

  it('is unconfirmed when nobody has seen it lately, and its gate fails', () => {
    const all = fixings(rules, known, '2026-07-01', '2026-07-06');
    expect(all.flatMap(standing)).toEqual([
      ...['a 2 observed', 'a 2 observed', 'a 2 observed'],
      // On the 5th at 12:00 it was last seen 60 hours ago.
      ...['a 2 observed', 'a 2 unconfirmed', 'a 2 unconfirmed'],
    ]);
    expect(all.map(({ status }) => status).join(' ')).toBe(
      'published published published published withheld withheld',
    );
  });

  it('is an input each time that it was seen', async () => {
    const rows = await readBack(inputsOf(rules, known, '2026-07-04'));
    expect(rows.quotes).toHaveLength(2);
    const again = fixingOn(rules, evidenceOf(rows), '2026-07-04');
    expect(canonicalJson(again)).toBe(canonicalJson(fixingOn(rules, known, '2026-07-04')));
  });
});
