import { describe, expect, it } from 'vitest';
import { decimal, sum, toText } from '../../src/domain/decimal.ts';
import { capWithLabs, displayShares } from '../../src/weigh/caps.ts';

/** Members as `lab share`. */
function capped(members: string, cap: string | null, labCap: string | null): string {
  const shares = members.split(', ').map((member) => {
    const [lab = '', share = ''] = member.split(' ');
    return { lab, share: decimal(share) };
  });
  const limit = (text: string | null) => (text === null ? null : decimal(text));
  const result = capWithLabs(shares, limit(cap), limit(labCap));
  return result.shares ? result.shares.map(toText).join(' ') : result.reason;
}

const THIRD = `0.${'3'.repeat(40)}`;
const SIXTH = `0.1${'6'.repeat(38)}7`;
const TWO_SEVENTHS = `0.${'285714'.repeat(6)}2857`;
const FOUR_THIRTY_FIFTHS = `0.1${'142857'.repeat(6)}143`;

describe('caps on constituents and labs (clause caps)', () => {
  it.each([
    ['change nothing that is not over', 'x 0.4, y 0.3, z 0.3', '0.5', '0.5', '0.4 0.3 0.3'],
    ['need not be there', 'x 6, y 3, z 1', null, null, '0.6 0.3 0.1'],
    ['do not find an excess in equality', 'x 0.5, y 0.25, z 0.25', '0.5', '0.5', '0.5 0.25 0.25'],
    // x at 0.4; of the 0.6 left y would have 0.45: at 0.4 too; z has what is left.
    ['cascade from lab to lab', 'x 0.6, y 0.3, z 0.1', null, '0.4', '0.4 0.4 0.2'],
    // x at 0.5 in proportion 2:1, the rest in proportion 3:1: 0.5·3/4 and 0.5·1/4.
    [
      'cut a lab in proportion',
      'x 0.4, x 0.2, y 0.3, z 0.1',
      null,
      '0.5',
      `${THIRD} ${SIXTH} 0.375 0.125`,
    ],
    // x1 at 0.3; μ = 0.7/0.5 = 1.4: 0.14, 0.28, 0.28; the lab has 0.44.
    [
      'on a constituent leave its lab below its own',
      'x 0.5, x 0.1, y 0.2, z 0.2',
      '0.3',
      '0.45',
      '0.3 0.14 0.28 0.28',
    ],
    // At the one μ the lab would have 0.3 + 0.28: at 0.4, so 0.4·5/7 = 2/7, which is below 0.3;
    // of the 0.6 left y would have 0.4: at 0.3; z has 0.3.
    [
      'on a lab free its constituents from theirs',
      'x 0.5, x 0.2, y 0.2, z 0.1',
      '0.3',
      '0.4',
      `${TWO_SEVENTHS} ${FOUR_THIRTY_FIFTHS} 0.3 0.3`,
    ],
    ['are met exactly where they just can be', 'x 9, x 1, y 1', '0.5', '0.5', '0.45 0.05 0.5'],
    // min(0.5, 2·0.3) + min(0.5, 0.3) = 0.8
    ['refuse what cannot sum to 1', 'x 0.9, x 0.05, y 0.05', '0.3', '0.5', 'infeasible'],
    ['give a share of zero no room', 'x 0.6, y 0.4, z 0', '0.45', null, 'infeasible'],
    ['give a lab of zeros no room', 'x 0.6, y 0.4, z 0', null, '0.45', 'infeasible'],
    ['leave zero at zero', 'x 0.6, y 0.4, z 0', '0.5', '0.5', '0.5 0.5 0'],
  ])('%s', (_, members, cap, labCap, expected) => {
    expect(capped(members, cap, labCap)).toBe(expected);
  });
});

describe('shares for display', () => {
  // Sevenths: 0.2857… 0.1428… 0.1428… 0.4285…; two hundredths are missing, and go to the largest
  // remainders, those of the fourth (0.857) and of the first (0.571).
  it('give the missing ticks to the largest remainders', () => {
    const shown = displayShares([2, 1, 1, 3].map(decimal), decimal('0.01'));
    expect(shown.map(toText)).toEqual(['0.29', '0.14', '0.14', '0.43']);
    expect(toText(sum(shown))).toBe('1');
  });

  it('need a tick of which 1 is a whole number', () => {
    expect(() => displayShares([decimal(1)], decimal('0.3'))).toThrow(RangeError);
  });
});
