import { describe, expect, it } from 'vitest';
import { readJson } from '../../../src/ingest/documents/json-text.ts';

describe('JSON as it is written', () => {
  it.each(['2.9999900000000002e-06', '0.10', '-0', '1E400', '123456789012345678901234567890'])(
    'keeps the literal %s',
    (literal) => {
      const { root } = readJson(`{"a": ${literal}}`, 'f.json');
      expect(root).toMatchObject({ members: [{ key: 'a', value: { text: literal } }] });
    },
  );

  it('knows the line of every value', () => {
    const { root } = readJson('{\n  "a":\n    [1,\n2]}', 'f.json');
    expect(root).toMatchObject({
      line: 1,
      members: [{ line: 2, value: { line: 3, items: [{ line: 3 }, { line: 4 }] } }],
    });
  });

  it('names a duplicate key with both lines, and keeps both values', () => {
    const { root, duplicates } = readJson('{"a": 1,\n"b": {"c": 2,\n"c": 3}}', 'f.json');
    expect(duplicates).toMatchObject([{ code: 'duplicate_key', line: 3, value: 'c' }]);
    expect(duplicates?.[0]?.expected).toContain('line 2');
    expect(root).toMatchObject({ members: [{}, { value: { members: [{}, {}] } }] });
  });

  it('takes __proto__ and constructor for keys', () => {
    const { root } = readJson('{"__proto__": {"x": 1}, "constructor": 2}', 'f.json');
    expect(root).toMatchObject({ members: [{ key: '__proto__' }, { key: 'constructor' }] });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it.each([
    ['', 1, 'column 1'],
    ['{', 1, 'column 2'],
    ['{"a": 1,}', 1, 'column 9'],
    ['{"a": 1\n"b": 2}', 2, 'column 1'],
    ['{"a": 01}', 1, 'column 8'],
    ['{"a": 1.}', 1, 'column 7'],
    ['{"a": +1}', 1, 'column 7'],
    ['{"a": .5}', 1, 'column 7'],
    ['{"a": NaN}', 1, 'column 7'],
    ['{"a": 0x10}', 1, 'column 8'],
    ['{"a": 1e}', 1, 'column 7'],
    ["{'a': 1}", 1, 'column 2'],
    ['{a: 1}', 1, 'column 2'],
    ['{"a": "\\q"}', 1, 'column 7'],
    ['{"a": "\n"}', 1, 'column 7'],
    ['{"a": "open', 1, 'column 7'],
    ['{"a": 1} {"b": 2}', 1, 'column 10'],
    ['{"a": 1]', 1, 'column 8'],
    ['{} // a comment', 1, 'column 4'],
    ['[1 2]', 1, 'column 4'],
    ['nul', 1, 'column 1'],
  ])('refuses %j where it goes wrong', (text, line, column) => {
    expect(readJson(text, 'f.json').fault).toMatchObject({ code: 'malformed_json', line, column });
  });

  it.each(['[', '{"a":'])(
    'refuses %j nested without end, and does not exhaust the stack',
    (one) => {
      expect(readJson(one.repeat(200_000), 'f.json').fault?.code).toBe('too_deep');
    },
  );
});
