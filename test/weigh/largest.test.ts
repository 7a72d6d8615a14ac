import { describe, expect, it } from 'vitest';
import { decimal, toText } from '../../src/domain/decimal.ts';
import { capLargestAndOthers, displayShares } from '../../src/weigh/caps.ts';

const shares = (text: string) => text.split(' ').map((one) => decimal(one));

describe('a cap of the largest share and one of the others', () => {
  it('finds the largest wherever it is', () => {
    // 0.5 to 0.4; of the 0.1 the others would have 0.24 and 0.36, which is cut to 0.35.
    const found = capLargestAndOthers(shares('0.2 0.5 0.3'), decimal('0.4'), decimal('0.35'));
    expect(found.shares?.map(toText)).toEqual(['0.25', '0.4', '0.35']);
  });
});

describe('shares that are shown', () => {
  it('are in ticks that divide 1', () => {
    expect(() => displayShares(shares('1 1'), decimal('0.3'))).toThrow(
      'expected a tick that divides 1',
    );
    expect(displayShares(shares('1 1 1 3'), decimal('0.01')).map(toText)).toEqual([
      ...['0.17', '0.17', '0.16', '0.5'],
    ]);
  });
});
