import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Settlement } from '../../src/index.ts';
import { CONTRACT } from '../operate/settled-july.ts';
import { AT_DESK, type CliDesk, cliDesk } from './desk-of.ts';

/** alpha costs 4 in July and 6 from August on: the level is 100, then 150. */
const QUOTES = ['2026-06-30T15:00:00Z acme/alpha 4', '2026-08-01T15:00:00Z acme/alpha 6'];
const RULES = { cutoff: '{ time: "16:00", zone: UTC }', calendar: 'weekdays' };
const NOW = '2026-08-05T09:00:00Z';
/** Twelve months, of which two have begun; in the middle of two ticks the month before decides. */
const STRIP = CONTRACT.replace('TEST-MONTH', 'TEST-STRIP')
  .replace('tie: half_even', 'tie: nearer_prior\nperiod: year')
  .replace('tick: "0.01"', 'tick: "100"');

let desk: CliDesk;
const settle = (contract: string, period: string, ...more: readonly string[]) =>
  desk.run(NOW, 'settle', '--contract', contract, '--period', period, ...AT_DESK, ...more);
const logged = () => desk.records('settlement').map(({ row }) => row.path);

beforeAll(() => {
  desk = cliDesk(RULES, QUOTES);
  desk.write('book/contracts/month.yaml', CONTRACT);
  desk.write('book/contracts/strip.yaml', STRIP);
  const range = ['--from', '2026-07-01', '--to', '2026-08-04'];
  const out = ['--book', 'book', '--out', 'public', '--key', 'log.key'];
  expect(desk.run(NOW, 'publish', ...range, ...out).code).toBe(0);
});

describe('mtok settle --publication', () => {
  it('logs a settlement once, and says where', () => {
    const first = settle('TEST-MONTH', '2026-07');
    expect([first.code, first.err]).toEqual([
      0,
      expect.stringMatching(/logged: settlements\/TEST-MONTH\/2026-07\.0\.json, entry \d+/),
    ]);
    expect(first.out).toContain('settled  100.00 points');
    expect(settle('TEST-MONTH', '2026-07').err).toContain('logged already: settlements/TEST-MONTH');
    const page = readFileSync(join(desk.cwd, 'public/exchanges.html'), 'utf8');
    expect(page).toContain('href="settlements/TEST-MONTH/2026-07.0.json"');
    expect(desk.run(NOW, 'verify', 'public').out).toMatch(/\d settlements? settled again/);
  });

  it('logs the months of a strip that have begun, each after the one before', () => {
    // August's mean of 150 lies between two ticks: July's 100 decides, not the 900 before it.
    const { code, out, err } = settle('TEST-STRIP', '2026', '--prior', '900', '--json');
    expect([code, err]).toEqual([0, expect.stringContaining('TEST-STRIP/2026-08.0.json')]);
    const months: Settlement[] = JSON.parse(out);
    expect(months.map(({ period, settled, tie }) => [period.id, settled, tie.prior])).toEqual([
      ['2026-07', '100', '900'],
      ['2026-08', '100', '100'],
    ]);
    expect(logged()).toContain('settlements/TEST-STRIP/2026-07.0.json');
    expect(logged().filter((path) => path.includes('2026-09'))).toEqual([]);
    expect(desk.run(NOW, 'verify', 'public').code).toBe(0);
  });

  it.each([
    ['with a target', ['--target', '120'], 'expected --publication without --target'],
    ['with files of fixings', ['--fixings', 'public'], 'without --fixings'],
    ['for each day', ['--daily'], 'without --daily'],
    ['of a year that has not begun', [], 'no period can be settled yet'],
  ])('refuses one %s', (_, more, expected) => {
    const before = logged();
    const period = more.length === 0 ? '2027' : '2026-07';
    const contract = more.length === 0 ? 'TEST-STRIP' : 'TEST-MONTH';
    const { code, err } = settle(contract, period, ...more);
    expect([code, err]).toEqual([more.length === 0 ? 1 : 2, expect.stringContaining(expected)]);
    expect(logged()).toEqual(before);
  });
});
