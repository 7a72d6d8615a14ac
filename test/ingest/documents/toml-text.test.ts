import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../../src/ingest/documents/json-text.ts';
import type { JsonValue } from '../../../src/ingest/documents/json-value.ts';
import { readToml } from '../../../src/ingest/documents/toml-text.ts';

/** What a value says, without its lines. */
function plain(value: JsonValue | undefined): unknown {
  if (value?.kind === 'object') {
    return value.members.map(({ key, value: one }) => [key, plain(one)]);
  }
  return value?.kind === 'array' ? value.items.map(plain) : value?.text;
}

describe('TOML as it is written', () => {
  it.each([
    ['a = 1_000.50', [['a', '1000.50']]],
    ['a = 0.049999999999999996', [['a', '0.049999999999999996']]],
    ['a = 5e-07', [['a', '5e-07']]],
    ['a = 123456789012345678901234567890', [['a', '123456789012345678901234567890']]],
    [
      'a = 2026-07-02\nb = true',
      [
        ['a', '2026-07-02'],
        ['b', 'true'],
      ],
    ],
    [
      'a.b = "x"\na.c = 1',
      [
        [
          'a',
          [
            ['b', 'x'],
            ['c', '1'],
          ],
        ],
      ],
    ],
    ['a = { b = { c = 1 } }', [['a', [['b', [['c', '1']]]]]]],
    ['[[a.b]]\nc = 1\n[[a.b]]\nc = 2', [['a', [['b', [[['c', '1']], [['c', '2']]]]]]]],
    ['[[a]]\n[a.b]\nc = 1', [['a', [[['b', [['c', '1']]]]]]]],
    ['[__proto__]\nx = 1', [['__proto__', [['x', '1']]]]],
  ])('reads %j', (text, expected) => {
    expect(plain(readToml(text, 'f.toml').root)).toEqual(expected);
  });

  it('knows the line of every value, with any line ends', () => {
    expect(readToml('# x\r\n[cost]\r\ninput = 1\r\n', 'f.toml').root).toMatchObject({
      members: [{ key: 'cost', line: 2, value: { members: [{ line: 3, value: { line: 3 } }] } }],
    });
  });

  it.each([
    ['a = ', 1],
    ['a = 1\na = 2', 2],
    ['a = 1\n[a]\nb = 2', 2],
    ['a = 01', 1],
    ['a = 1.', 1],
    ['a = "open', 1],
    ['../../openai/models/gpt-5.4.toml', 1],
  ])('refuses %j where it goes wrong', (text, line) => {
    expect(readToml(text, 'f.toml').fault).toMatchObject({ code: 'malformed_toml', line });
  });

  it.each([
    ['keys', `${'a.'.repeat(10_000)}a = 1`],
    ['tables', `[${'a.'.repeat(10_000)}a]\nb = 1`],
    ['lists', `a = ${'['.repeat(10_000)}1${']'.repeat(10_000)}`],
    ['inline tables', `a = ${'{a='.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ])('refuses %s nested without end, and does not exhaust the stack', (_, text) => {
    expect(readToml(text, 'f.toml').fault?.code).toBe('too_deep');
  });

  it('says of a flat table what JSON says of it', () => {
    const values = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.nat(), { maxKeys: 8 });
    fc.assert(
      fc.property(values, (table) => {
        const toml = Object.entries(table).map(([key, value]) => `${key} = ${value}\n`);
        const json = readJson(JSON.stringify(table), 'f').root;
        expect(plain(readToml(toml.join(''), 'f').root)).toEqual(plain(json));
      }),
    );
  });
});
