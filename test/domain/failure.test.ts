import { describe, expect, it } from 'vitest';
import { describeReject, EXIT_CODES, MtokError, nearest } from '../../src/domain/failure.ts';

const REJECT = {
  ...{ code: 'negative_price', file: 'quotes.csv', line: 12, column: 'output' },
  ...{ value: '-2', expected: 'a price above 0' },
};

describe('the nearest known name', () => {
  it.each([
    ['formla', ['formula', 'format'], 'formula'],
    ['window_dyas', ['window_days', 'min_days'], 'window_days'],
    ['Input', ['output', 'input'], 'input'],
    ['inputs', ['output', 'input'], 'input'],
    ['zzzzzz', ['output', 'input'], undefined],
    ['x', [], undefined],
    ['cached_input_usd', ['cached_input', 'input'], 'cached_input'],
  ])('to %s in %j is %s', (name, known, near) => {
    expect(nearest(name, known)).toBe(near);
  });

  it('is not looked for where a name is absurdly long', () => {
    expect(nearest('input'.repeat(1000), ['input', 'output'])).toBeUndefined();
  });
});

describe('a reject in words', () => {
  it.each([
    [{}, 'quotes.csv:12:output: expected a price above 0, found "-2" [negative_price]'],
    [
      { value: '' },
      'quotes.csv:12:output: expected a price above 0, found nothing [negative_price]',
    ],
    [{ column: '' }, 'quotes.csv:12: expected a price above 0, found "-2" [negative_price]'],
    [{ line: 0, column: '' }, 'quotes.csv: expected a price above 0, found "-2" [negative_price]'],
    [
      { value: 'a"\n\u001b[31m' },
      'quotes.csv:12:output: expected a price above 0, found "a\\"\\n\\u001b[31m" [negative_price]',
    ],
  ])('%j', (changes, text) => {
    expect(describeReject({ ...REJECT, ...changes })).toBe(text);
  });

  it('shows the beginning of a long value', () => {
    const text = describeReject({ ...REJECT, value: 'x'.repeat(1_000_000) });
    expect(text).toContain(`"${'x'.repeat(80)}… (1000000 characters)"`);
  });
});

it('each class of failure has an exit code of its own', () => {
  expect(EXIT_CODES).toEqual({ no: 1, usage: 2, data: 3, environment: 4 });
});

it('an error carries its class and its rejects', () => {
  const error = new MtokError('data', 'one row is bad', [REJECT]);
  expect(error).toBeInstanceOf(Error);
  expect([error.kind, error.message, error.rejects]).toEqual(['data', 'one row is bad', [REJECT]]);
});
