import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toText } from '../../src/domain/decimal.ts';
import { parseRulebook } from '../../src/ingest/rulebook.ts';
import { brief, dataFile, dataFileNames } from './data-files.ts';

function readRulebook(name: string) {
  return parseRulebook(readFileSync(dataFile(name), 'utf8'), `${name}.yaml`);
}

/** Line, column and code, then what the message has to say. A fault is on the line of its key. */
const FAULTS: readonly (readonly [file: string, place: string, expected: string])[] = [
  ['rulebook-unknown-key', '8:formla bad_rule', 'did you mean `formula`?'],
  ['rulebook-unknown-nested-key', '10:weights.window_dyas bad_rule', 'did you mean `window_days`?'],
  ['rulebook-unknown-block', '8:gatez bad_rule', 'did you mean `gates`?'],
  ['rulebook-unknown-key-far-from-any', '10:weights.qqqqqqqqqq bad_rule', 'expected one of method'],
  ['rulebook-proto-key', '8:__proto__ bad_rule', 'a known key: __proto__ can be none'],
  ['rulebook-duplicate-key', '8:column 1 malformed_yaml', 'valid YAML'],
  ['rulebook-malformed', '9:column 1 malformed_yaml', 'valid YAML'],
  ['rulebook-tab-indent', '9:column 1 malformed_yaml', 'valid YAML'],
  ['rulebook-two-documents', '8:column 1 malformed_yaml', 'valid YAML'],
  ['rulebook-workload-not-one', '5:workload bad_rule', 'exactly 1 in sum'],
  ['rulebook-bad-date', '4:base.date bad_rule', 'a day that exists, YYYY-MM-DD'],
  ['rulebook-fallback-in-research', '8:fallback bad_rule', 'no fallback in research mode'],
  ['rulebook-hold-in-research', '8:hold bad_rule', 'no hold in research mode'],
  ['rulebook-min-days-above-window', '11:weights.min_days bad_rule', 'at most window_days'],
  ['rulebook-missing-version', '1:version bad_rule', ''],
  ['rulebook-empty', '1: bad_rule', ''],
  ['rulebook-a-list', '1: bad_rule', ''],
  ['rulebook-lower-case-index', '2:index bad_rule', 'capitals, digits and single hyphens'],
  ['rulebook-weekend-base', '4:base.date bad_rule', 'a day of the calendar, found a weekend'],
  ['rulebook-unknown-zone', '10:cutoff.zone bad_rule', 'UTC or an IANA time zone'],
  ['rulebook-impossible-cutoff', '9:cutoff.time bad_rule', 'a time of day, HH:MM'],
  ['rulebook-negative-level', '4:base.level bad_rule', 'a number above 0'],
  ['rulebook-float-words', '6:workload.input bad_rule', 'a decimal number'],
];

describe('each rulebook in test/data is refused as its name says', () => {
  it.each(FAULTS)('%s', (file, place, expected) => {
    const { rulebook, rejects } = readRulebook(file);
    expect(rulebook).toBeUndefined();
    expect(rejects.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([place]);
    expect(rejects[0]!.expected).toContain(expected);
    expect(rejects[0]!.file).toBe(`${file}.yaml`);
  });

  it('no file is left unread, and none is missing', () => {
    const versions = ['version-next', 'version-other-base', 'version-clarifies-a-value'];
    const others = ['good', 'same-index', 'several-faults', 'billion-laughs'];
    const elsewhere = [...others, ...versions];
    const read = [...FAULTS.map(([file]) => file), ...elsewhere.map((name) => `rulebook-${name}`)];
    const yaml = dataFileNames().filter((name) => name.startsWith('rulebook-'));
    expect(read.sort()).toEqual(yaml.sort());
  });
});

describe('a rulebook', () => {
  it('is refused with all its faults at once', () => {
    expect(readRulebook('rulebook-several-faults').rejects.map(brief)).toEqual([
      '3:version bad_rule "one"',
      '4:base.date bad_rule "tomorrow"',
      '8:modee bad_rule "research"',
    ]);
  });

  it('that expands through aliases is refused at once, and says so', () => {
    const started = performance.now();
    const { rulebook, rejects } = readRulebook('rulebook-billion-laughs');
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(rulebook).toBeUndefined();
    expect(rejects).toHaveLength(1);
    expect(rejects[0]!.value.length).toBeLessThan(10_000);
    expect(`${rejects[0]!.value} ${rejects[0]!.expected}`).toMatch(/alias/i);
  });

  it('keeps the digits of an unquoted number', () => {
    const { rulebook } = readRulebook('rulebook-good');
    expect(toText(rulebook!.workload.shares.input!)).toBe('0.75');
    const third = '0.3333333333333333333333333333333333333333';
    const rest = '0.6666666666666666666666666666666666666667';
    const text = readFileSync(dataFile('rulebook-good'), 'utf8')
      .replace('0.75', third)
      .replace('0.25', rest);
    expect(toText(parseRulebook(text).rulebook!.workload.shares.input!)).toBe(third);
  });

  it('is known by the SHA-256 of its bytes', () => {
    const bytes = readFileSync(dataFile('rulebook-good'));
    const { rulebook } = readRulebook('rulebook-good');
    expect(rulebook!.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('that says only what it must has the defaults of the design', () => {
    const { rulebook } = readRulebook('rulebook-good');
    expect(rulebook).toMatchObject({
      ...{ good: 'token', mode: 'research', aggregate: 'weighted_mean', formula: 'laspeyres' },
      ...{ title: 'MTOK-TEST', calendar: 'every_day', hold: null, fallback: [] },
      universe: { include: { all: true }, regions: ['global'] },
      price: {
        ...{ constituent: 'model', sellers: 'first_party_else_median' },
        screen: { method: 'none' },
      },
      weights: { method: 'equal', caps: null },
      rebalance: { frequency: 'monthly', on: 'first_day', effective: 'after_close' },
      cutoff: { time: '23:59', zone: 'UTC' },
      rounding: { price: 4, level: 4, mode: 'half_even' },
    });
    expect(Object.values(rulebook!.gates).every((gate) => gate === null)).toBe(true);
  });
});
