import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compare,
  type Decimal,
  decimal,
  equals,
  multiply,
  ONE,
  subtract,
  toFixedText,
} from '../../src/domain/decimal.ts';
import { studySchema } from '../../src/domain/study.ts';
import type { ReferenceSystem } from '../../src/domain/system.ts';
import { parseSystem } from '../../src/ingest/system.ts';
import { impliedPrice, type Run } from '../../src/study/implied-price.ts';
import { type SpreadOf, spreadStudy } from '../../src/study/spread.ts';

const KEYS: Readonly<Record<string, string>> = {
  schema: 'mtok.system/1',
  system: 'TEST',
  title: 'A small system',
  version: '1.0.0',
  declared_on: '2026-08-01',
  model: 'alpha',
  gpu: 'h100-sxm-80gb',
  gpus: '4',
  precision: 'FP8',
  batch: 'in flight',
  throughput: '{ kind: measured, prompt: "2000", completion: "1000" }',
  utilization: '"0.5"',
  sources: '{ gpus: a, precision: b, throughput: c, utilization: d }',
};

const textOf = (keys: Readonly<Record<string, string>> = {}) =>
  Object.entries({ ...KEYS, ...keys })
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

function system(keys: Readonly<Record<string, string>> = {}): ReferenceSystem {
  const { system: found, rejects } = parseSystem(textOf(keys));
  if (!found) throw new RangeError(JSON.stringify(rejects));
  return found;
}

const shares = (input: string, output: string) => ({
  shares: { input: decimal(input), cached_input: decimal('0'), output: decimal(output) },
});
const at = (utilization: string, speed = '1'): Run => ({
  utilization: decimal(utilization),
  speed: decimal(speed),
});

describe('the price that a GPU hour implies (clause spread)', () => {
  it.each([
    // 2 × 4 × 10⁶ ÷ (1000 × 3600 × 0.5) = 8000000 ÷ 1800000
    ['of output alone', shares('0', '1'), '4.4444'],
    // 8000000 ÷ 3600000
    ['of input alone', shares('1', '0'), '2.2222'],
    // 0.75 × 2.2222… + 0.25 × 4.4444…
    ['of a mix', shares('0.75', '0.25'), '2.7778'],
  ])('%s', (_, workload, expected) => {
    const { price } = impliedPrice(decimal('2'), system(), workload, at('0.5'));
    expect(toFixedText(price, 4)).toBe(expected);
  });

  it('is that of the methodology, for the system that is shipped', () => {
    const file = 'data/systems/LLAMA-70B-H100X2.yaml';
    const { system: shipped } = parseSystem(readFileSync(file, 'utf8'), file);
    const price = (utilization: string) => {
      const run = at(utilization);
      const found = impliedPrice(decimal('3.3750'), shipped!, shares('0', '1'), run);
      return toFixedText(found.price, 4);
    };
    expect([price('0.5'), price('1')]).toEqual(['0.8880', '0.4440']);
    expect(readFileSync('methodology.md', 'utf8').replace(/\s+/g, ' ')).toContain(
      '`3.3750 × 2 × 10⁶ ÷ (4223 × 3600 × 0.5) = 6750000 ÷ 7601400 = 0.8880`',
    );
  });

  it('of FLOP is that of the tokens a second that they make', () => {
    // 4 × 5·10¹⁴ ÷ 2·10¹¹ = 10000 tokens/s of prompts and completions alike.
    const throughput = '{ kind: flop, flop_per_token: "2e11", flop_per_second: "5e14" }';
    const measured = '{ kind: measured, prompt: "10000", completion: "10000" }';
    const price = (of: string) =>
      impliedPrice(decimal('3'), system({ throughput: of }), shares('0.75', '0.25'), at('0.4'));
    expect(price(throughput)).toEqual(price(measured));
  });

  it('takes a cached token for a fresh one, unless the system says what it costs', () => {
    const cached = { shares: { input: decimal('0'), cached_input: ONE, output: decimal('0') } };
    const price = (keys: Readonly<Record<string, string>>) => {
      const found = impliedPrice(decimal('2'), system(keys), cached, at('0.5'));
      return toFixedText(found.price, 4);
    };
    expect(price({})).toBe('2.2222');
    const throughput = '{ kind: measured, prompt: "2000", cached: "20000", completion: "1000" }';
    expect(price({ throughput })).toBe('0.2222');
  });
});

const positive = fc.integer({ min: 1, max: 1_000_000 }).map((cents) => decimal(`${cents}e-3`));
const share = fc.integer({ min: 1, max: 500 }).map((part) => decimal(`${part}e-3`));
const systems = fc.record({
  gpus: fc.integer({ min: 1, max: 64 }),
  prompt: positive,
  completion: positive,
});
const TWO = decimal('2');

describe('in any system', () => {
  const priced = (
    rate: Decimal,
    of: { gpus: number; prompt: Decimal; completion: Decimal },
    run: Run,
  ) => {
    const { gpus, prompt, completion } = of;
    const one = {
      ...system(),
      gpus,
      throughput: { kind: 'measured', prompt, completion },
    } as const;
    return impliedPrice(rate, one, shares('0.75', '0.25'), run).price;
  };
  /** Equal but for the 40th digit, at which both are rounded. */
  const isNear = (a: Decimal, b: Decimal) => {
    const gap = subtract(a, b);
    const size = { ...gap, digits: gap.digits < 0n ? -gap.digits : gap.digits };
    return compare(multiply(size, decimal('1e38')), b) <= 0;
  };

  it('twice the utilization halves it, and so does twice the throughput', () => {
    fc.assert(
      fc.property(positive, systems, share, (rate, of, utilization) => {
        const once = priced(rate, of, { utilization, speed: ONE });
        const used = priced(rate, of, { utilization: multiply(utilization, TWO), speed: ONE });
        const fast = priced(rate, of, { utilization, speed: TWO });
        expect(isNear(once, multiply(used, TWO))).toBe(true);
        expect(equals(used, fast)).toBe(true);
      }),
    );
  });

  it('twice the rate doubles it, and so do twice the GPUs at the same throughput', () => {
    fc.assert(
      fc.property(positive, systems, share, (rate, of, utilization) => {
        const run = { utilization, speed: ONE };
        const once = priced(rate, of, run);
        expect(isNear(priced(multiply(rate, TWO), of, run), multiply(once, TWO))).toBe(true);
        const twice = priced(rate, { ...of, gpus: of.gpus * 2 }, run);
        expect(isNear(twice, multiply(once, TWO))).toBe(true);
      }),
    );
  });

  it('lies between those of a prompt and of a completion', () => {
    fc.assert(
      fc.property(positive, systems, share, (rate, { gpus, prompt, completion }, utilization) => {
        const one = {
          ...system(),
          gpus,
          throughput: { kind: 'measured', prompt, completion },
        } as const;
        const run = { utilization, speed: ONE };
        const { price, legs } = impliedPrice(rate, one, shares('0.75', '0.25'), run);
        const [input, output] = [
          Number(toFixedText(legs.input!, 12)),
          Number(toFixedText(legs.output!, 12)),
        ];
        const value = Number(toFixedText(price, 12));
        expect(value).toBeGreaterThanOrEqual(Math.min(input, output) * (1 - 1e-9));
        expect(value).toBeLessThanOrEqual(Math.max(input, output) * (1 + 1e-9));
      }),
    );
  });
});

function spread(changes: Partial<SpreadOf> = {}) {
  const { shares: of } = shares('0', '1');
  return studySchema.parse(
    spreadStudy({
      ...{ system: system(), gpuIndex: 'GPU', tokenIndex: 'TOKEN', isMixed: false },
      held: { gpus: ['h100-sxm-80gb'], models: ['alpha'] },
      workload: { shares: of, size: 0, tier: 'standard', fill: 'input' },
      days: [
        { date: '2026-08-01', rate: decimal('2'), listed: decimal('8') },
        { date: '2026-08-02', rate: decimal('3'), listed: decimal('8') },
      ],
      ...{ origin: 'calculated from the book', sources: ['a book'] },
      ...changes,
    }),
  );
}

describe('the study of a spread', () => {
  it('has a row a day, and the margin of each', () => {
    // 12000000 ÷ 1800000 = 6.6667; 8 − 6.6667 = 1.3333, 16.7% of 8.
    expect(spread().tables[0]?.rows).toEqual([
      ['2026-08-01', '2.0000', '8.0000', '2.2222', '4.4444', '4.4444', '3.5556', '44.4'],
      ['2026-08-02', '3.0000', '8.0000', '3.3333', '6.6667', '6.6667', '1.3333', '16.7'],
    ]);
  });

  it('says at which utilization nothing is left', () => {
    // At 1: 12000000 ÷ 3600000 = 3.3333, over 8 is 0.4167.
    expect(spread().findings[1]).toBe('The margin is 0 at a utilization of 0.417.');
    const listed = decimal('1');
    const never = spread({ days: [{ date: '2026-08-01', rate: decimal('3'), listed }] });
    expect(never.findings[1]).toContain('more than there are hours');
  });

  it('is sensitive as the formula says', () => {
    const rows = spread().tables[1]?.rows ?? [];
    const implied = (utilization: string, speed: string) =>
      rows.find(([a, b]) => a === utilization && b === speed)?.[2];
    expect(rows).toHaveLength(15);
    expect(implied('0.5', '1')).toBe('6.6667');
    expect(implied('0.5', '2')).toBe('3.3333');
    expect(implied('1', '1')).toBe('3.3333');
    expect(implied('0.25', '2')).toBe('6.6667');
  });

  it('never goes without its assumptions, nor without what its GPU index cannot support', () => {
    const { assumptions, warnings, sources } = spread({ isMixed: true });
    const all = assumptions.join(' ');
    for (const said of [
      'TEST 1.0.0',
      '4 × h100-sxm-80gb',
      'FP8',
      'Utilization 0.5',
      '1000 completion',
    ]) {
      expect(all).toContain(said);
    }
    expect(warnings[0]).toContain('forms and terms mixed');
    const others = { gpus: ['h200-any-form'], models: ['alpha', 'beta'] };
    expect(spread({ held: others }).warnings.slice(0, 2)).toEqual([
      'The GPU of the system is h100-sxm-80gb; GPU holds h200-any-form.',
      'The model of the system is alpha; TOKEN holds 2 constituents, one of them it.',
    ]);
    expect(sources).toEqual([
      'gpus: a',
      'precision: b',
      'throughput: c',
      'utilization: d',
      'a book',
    ]);
  });
});

describe('a reference system', () => {
  it.each([
    [{ schema: 'mtok.system/2' }, 'schema'],
    [{ system: 'small' }, 'system'],
    [{ version: '1' }, 'version'],
    [{ declared_on: '2026-02-30' }, 'declared_on'],
    [{ gpus: '0' }, 'gpus'],
    [{ gpus: '1.5' }, 'gpus'],
    [{ utilization: '"0"' }, 'utilization'],
    [{ utilization: '"1.01"' }, 'utilization'],
    [{ utilization: 'half' }, 'utilization'],
    [{ throughput: '{ kind: guessed }' }, 'throughput'],
    [{ throughput: '{ kind: measured, prompt: "1e400", completion: "1" }' }, 'throughput.prompt'],
    [{ throughput: '{ kind: flop, flop_per_token: "1e-9", flop_per_second: "1e99" }' }, 'flop'],
    [{ utilization: '"1e-30"' }, 'utilization'],
    [{ title: '"x\\e[31mred"' }, 'title'],
    [{ throughput: '{ kind: measured, prompt: "1" }' }, 'throughput.completion'],
    [{ throughput: '{ kind: measured, prompt: "1", completion: "-1" }' }, 'throughput.completion'],
    [{ throughput: '{ kind: flop, flop_per_token: "0", flop_per_second: "1" }' }, 'throughput'],
    [{ sources: '{ gpus: a }' }, 'sources.'],
    [{ sources: '' }, 'sources'],
    [{ utilisation: '"0.5"' }, 'utilisation'],
  ])('with %j is refused, with its place', (keys, column) => {
    const { system: found, rejects } = parseSystem(textOf(keys), 'bad.yaml');
    expect(found).toBeUndefined();
    expect(rejects.map((one) => one.column).join(' ')).toContain(column);
    expect(rejects.every(({ file, line }) => file === 'bad.yaml' && line > 0)).toBe(true);
  });
});
