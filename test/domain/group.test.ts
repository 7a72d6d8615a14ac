import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byCodePoint, groupBy } from '../../src/domain/group.ts';

const strings = fc.string({ unit: 'binary', maxLength: 6 });

describe('code-point order', () => {
  it.each([
    ['', 'a', -1],
    ['a', 'a', 0],
    ['a', 'ab', -1],
    ['Z', 'a', -1],
    ['z', 'é', -1],
    ['a-b', 'a', 1],
    // U+1F600 is above U+FF61, though its first UTF-16 unit is below.
    ['\u{1f600}', '\uff61', 1],
    ['x\u{1f600}', 'x\ufffd', 1],
    ['\u{1f600}', '\u{1f601}', -1],
    ['\u{1f600}', '\u{10ffff}', -1],
  ])('%j against %j is %i', (a, b, order) => {
    expect(byCodePoint(a, b)).toBe(order);
    expect(byCodePoint(b, a) + order).toBe(0);
  });

  it('is the order of the code points', () => {
    fc.assert(
      fc.property(strings, strings, (a, b) => {
        expect(byCodePoint(a, b)).toBe(compareCodePoints(a, b));
      }),
    );
  });
});

function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]].map((text) => text.map((one) => one.codePointAt(0)!));
  const at = left!.findIndex((point, index) => point !== right![index]);
  if (at === -1) return left!.length === right!.length ? 0 : -1;
  return at >= right!.length || left![at]! > right![at]! ? 1 : -1;
}

it('groups keep the order in which keys and items appear', () => {
  const groups = groupBy(['b1', 'a1', 'b2', '__proto__'], (text) => text.replace(/\d/, ''));
  expect([...groups]).toEqual([
    ['b', ['b1', 'b2']],
    ['a', ['a1']],
    ['__proto__', ['__proto__']],
  ]);
});
