import { describe, expect, it } from 'vitest';
import { decimal, toText } from '../../src/domain/decimal.ts';
import { perMtok, UNITS } from '../../src/domain/units.ts';

describe('a price per million tokens', () => {
  it.each([
    ['0.15', 'per_mtok', '0.15'],
    ['0.00015', 'per_1k', '0.15'],
    ['1.5e-07', 'per_token', '0.15'],
    ['0.000015', 'cents_per_token', '0.15'],
    [
      '0.1234567890123456789012345678901234567890123',
      'per_1k',
      '123.4567890123456789012345678901234567890123',
    ],
  ])('%s %s is %s', (amount, unit, price) => {
    expect(toText(perMtok(decimal(amount), unit)!)).toBe(price);
  });

  it.each(['per_character', 'per_image', 'PER_MTOK', '', 'constructor', '__proto__'])(
    'cannot be made of a price %j',
    (unit) => {
      expect(perMtok(decimal('1'), unit)).toBeUndefined();
    },
  );

  it('can be made of the units of tokens, and no others', () => {
    const ofTokens = UNITS.filter((unit) => perMtok(decimal(1), unit) !== undefined);
    expect(ofTokens.sort()).toEqual(['cents_per_token', 'per_1k', 'per_mtok', 'per_token']);
    expect(UNITS).toContain('per_gpu_hour');
  });
});
