import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import {
  calculateFixing,
  canonicalJson,
  fixingJsonSchema,
  fixingSchema,
  SERIES_COLUMNS,
  series,
} from '../../src/index.ts';
import { alias, rate } from '../normalize/rows.ts';
import { brief, evidence, excluded, fixingOn, fixings, rulebook, usage } from './small-book.ts';

const conforms = new Ajv2020({ allErrors: true, strict: false }).compile(fixingJsonSchema());

const LINES = ['2026-07-01 x/a 4 out=6', '2026-07-01 y/b 12', '2026-07-01 z/b 9 currency=EUR'];
const FX = { fx: [rate('2026-07-01', 'EUR', 'USD', '1.1')] };

describe('the fixing document (clause document)', () => {
  const carried = {
    mode: 'settlement',
    fallback: '[{ rule: carry_forward, max_days: 1 }]',
    hold: '{ move: "5", max_hours: 24 }',
  };
  const held = [...LINES, '2026-07-02 x/a 99'];
  const absent = LINES.map((line) => `${line} until=2026-07-02`)
    .slice(0, 2)
    .concat(LINES[2]!);
  it.each([
    ['published', {}, LINES, '2026-07-01'],
    ['with two sellers', { price: '{ sellers: median }' }, LINES, '2026-07-01'],
    ['withheld by a gate', { gates: '{ min_constituents: 5 }' }, LINES, '2026-07-02'],
    ['withheld without a matched price', {}, ['2026-07-01 x/a 4 until=2026-07-02'], '2026-07-02'],
    ['with a held price', carried, held, '2026-07-02'],
    ['with a price carried forward', carried, absent, '2026-07-02'],
    ['with an imputed price', {}, absent, '2026-07-02'],
    ['on a geometric basket', { formula: 'jevons' }, LINES, '2026-07-02'],
    ['live', { live_from: '2026-07-02' }, LINES, '2026-07-02'],
  ])('satisfies its JSON Schema: %s', (_, keys, lines, date) => {
    const fixing = fixingOn(rulebook(keys as Record<string, string>), evidence(lines, FX), date);
    const written: unknown = JSON.parse(canonicalJson(fixing));
    expect(conforms(written), JSON.stringify(conforms.errors)).toBe(true);
    expect(fixingSchema.parse(written)).toEqual(fixing);
  });

  it('satisfies it with usage', () => {
    const rows = [usage('2026-06-24 2026-07-01 a 700'), usage('2026-06-24 2026-07-01 other 300')];
    const rules = rulebook({ weights: '{ method: usage, window_days: 7 }' });
    const fixing = fixingOn(rules, evidence(LINES, { ...FX, usage: rows }), '2026-07-01');
    expect(conforms(JSON.parse(canonicalJson(fixing)))).toBe(true);
    expect(fixing.usage).toEqual({
      ...{ from: '2026-06-24', until: '2026-07-01', days: 7, tokens: '1000' },
      ...{ basket: '0.7', outside: '0', unmatched: '0.3' },
    });
    expect(excluded(fixing)).toContain('b/y no_usage');
  });

  it('counts usage as it was known, whatever is first quoted later', () => {
    const rows = [usage('2026-06-24 2026-07-01 a 700'), usage('2026-06-24 2026-07-01 other 300')];
    const rules = rulebook({ weights: '{ method: usage, window_days: 7 }' });
    const later = evidence([...LINES, '2026-07-20 x/other 1'], { ...FX, usage: rows });
    expect(fixingOn(rules, later, '2026-07-01').usage!.unmatched).toBe('0.3');
  });

  it('is refused by its schema with a key too many or a float', () => {
    const fixing = fixingOn(rulebook(), evidence(LINES, FX), '2026-07-01');
    expect(conforms({ ...fixing, made_at: 'now' })).toBe(false);
    expect(conforms({ ...fixing, level: 100 })).toBe(false);
    expect(conforms({ ...fixing, level: '1e2' })).toBe(false);
  });

  it('says what each constituent contributes', () => {
    // a: (4 + 6) / 2 = 5, b: 12; each half of the tokens.
    const fixing = fixingOn(rulebook(), evidence(LINES.slice(0, 2)), '2026-07-01');
    expect(fixing.constituents.map(({ contribution }) => contribution)).toEqual(['2.5', '6']);
    expect(fixing.value).toEqual({
      ...{ price: '8.5000', input: '8.0000', cached_input: '8.0000', output: '9.0000' },
    });
    // 5 and 12 of 17: (25 + 144) / 289
    expect(fixing.influence.largest_constituent.id).toBe('b');
    expect(fixing.influence.hhi.slice(0, 12)).toBe('0.5847750865');
  });

  it('says live from the day on that the rulebook does, of quotes that somebody saw', () => {
    const rules = rulebook({ live_from: '2026-07-02' });
    const bases = (lines: readonly string[]) =>
      fixings(rules, evidence(lines, FX), '2026-07-01', '2026-07-03').map(({ basis }) => basis);
    const seen = LINES.map((line) => `${line} observed=${line.slice(0, 10)}`);
    expect(bases(seen)).toEqual(['reconstructed', 'live', 'live']);
    expect(bases(LINES)).toEqual(['reconstructed', 'reconstructed', 'reconstructed']);
  });

  it('has its cut-off in UTC, wherever the rulebook’s clock stands', () => {
    const rules = rulebook({ cutoff: '{ time: "16:00", zone: America/New_York }' });
    const fixing = fixingOn(rules, evidence(LINES, FX), '2026-07-01');
    expect([fixing.cutoff, fixing.known_at]).toEqual([
      '2026-07-01T20:00:00Z',
      '2026-07-01T20:00:00Z',
    ]);
  });

  it('names what it does not use', () => {
    const models = [{ ...alias('b', 'b'), lab: 'y' }];
    const lines = [...LINES, '2026-07-02 x/c 1', '2026-07-01 y/b 3 tier=batch'];
    const fixing = fixingOn(rulebook(), evidence(lines, { ...FX, models }), '2026-07-02');
    expect(excluded(fixing)).toEqual(['b/z not_first_party', 'c/x awaits_rebalance']);
    expect(fixing.excluded_counts).toEqual({ other_tier: 1 });
  });
});

describe('no fixing', () => {
  const weekdays = rulebook({ calendar: 'weekdays' });
  it.each([
    ['before_base', rulebook(), LINES, '2026-06-30'],
    ['off_calendar', weekdays, LINES, '2026-07-04'],
    ['no_first_basket', rulebook(), ['2026-07-02 x/a 4'], '2026-07-03'],
  ])('is given, but a reason: %s', (code, rules, lines, date) => {
    const result = calculateFixing(rules, evidence(lines, FX), date);
    expect(result.fixing).toBeUndefined();
    expect(result.fixing ? '' : result.none.code).toBe(code);
  });
});

describe('a series', () => {
  it('says of each day what its fixing says', () => {
    const rules = rulebook({ gates: '{ max_move: "0.2" }', calendar: 'weekdays' });
    const known = evidence([...LINES, '2026-07-03 x/a 8 out=12'], FX);
    const rows = [...series(rules, known, '2026-06-20', '2026-07-07').items!];
    const documents = fixings(rules, known, '2026-06-20', '2026-07-07');
    expect(rows.map(({ date }) => date.slice(8))).toEqual(['01', '02', '03', '06', '07']);
    expect(rows.map(({ status }) => status)).toEqual([
      ...['published', 'published', 'withheld', 'published', 'published'],
    ]);
    const said = rows.map(({ date, series: number, price, level }) =>
      price === ''
        ? `${date.slice(8)} #${number} withheld max_move`
        : `${date.slice(8)} #${number} price ${price} level ${level}`,
    );
    expect(said).toEqual(documents.map(brief));
    expect(Object.keys(rows[0]!)).toEqual([...SERIES_COLUMNS]);
  });
});
