import { describe, expect, it } from 'vitest';
import { lloydMoulton } from '../../src/calculate/formulas/constant-elasticity.ts';
import { matchedOf } from '../../src/calculate/formulas/matched.ts';
import { logarithmicMean } from '../../src/calculate/formulas/roots.ts';
import {
  absolute,
  compare,
  type Decimal,
  decimal,
  multiply,
  roundToDigits,
  subtract,
  toText,
} from '../../src/domain/decimal.ts';
import { bilateral, NAMED_FORMULAS } from './panel-cases.ts';

/**
 * The digits of every formula on one comparison, calculated by mpmath at 100 digits from the
 * definitions: all 40 are right. The last product has no quantity in period 1.
 */
const DIGITS = [
  ['laspeyres', '0.921405218154267228399841853776087337844512611'],
  ['paasche', '0.844868044169991094239327781989433608329269669'],
  ['fisher', '0.882307103309284099511374667464828843509787575'],
  ['tornqvist', '0.885709451837727202859440269245150431147507317'],
  ['walsh', '0.851746120547036607335888402451203940837886645'],
  ['marshall_edgeworth', '0.890617966819946041637753370588688940339370469'],
  ['geometric_laspeyres', '0.894037231061155819467772467679550185543765619'],
  ['geometric_paasche', '0.877459244223606012708122764623805249946739459'],
  ['harmonic_laspeyres', '0.859051363754737088898576044562210980540114101'],
  ['palgrave', '0.903329606799320143506682110843112160329536966'],
  ['drobisch', '0.883136631162129161319584817882760473086891140'],
  ['sato_vartia', '0.853951465463911183507580301418516737216020545'],
  ['montgomery_vartia', '0.880019120597791425101377755325260449544495534'],
  ['stuvel', '0.888417769077998901462693449130702312174907491'],
  ['lloyd_moulton_07', '0.903044092744058286541816043026832699869567805'],
  ['geary_khamis_bilateral', '0.851920665785243135316194632984839248118936946'],
  ['jevons', '0.830408771228147114535271036499152182661246525'],
  ['carli', '0.860500000000000000000000000000000000000000000'],
  ['dutot', '0.653391812865497076023391812865497076023391813'],
  ['harmonic', '0.795858211775376010883531101201723225757690273'],
  ['cswd', '0.827548180611081433948569612990655594851007766'],
  ['bmw', '0.829679862591282563814129302358900737202420753'],
  ['walsh2', '0.852708367989948881138952507097354207918017174'],
] as const;

const COMPARISON = matchedOf(
  '15 3 0.8 0.075 2.5',
  '7.5 3 0.81 0.05625 2.6',
  '119.813 928.689 2614.32 8871.712 1557.929',
  '136.084 889.591 2668.436 9542.904 0',
);

function isNear(found: Decimal, wanted: string, limit: Decimal): boolean {
  const target = decimal(wanted);
  const distance = absolute(subtract(found, target));
  return compare(distance, multiply(limit, absolute(target))) <= 0;
}

describe('40 digits of', () => {
  it('every formula are known', () => {
    expect(DIGITS.map(([name]) => name).sort()).toEqual(Object.keys(NAMED_FORMULAS).sort());
  });

  it.each(DIGITS)('%s', (name, wanted) => {
    const found = bilateral(name)(COMPARISON);
    expect(toText(found)).toBe(toText(roundToDigits(decimal(wanted))));
  });

  it.each([
    ['1', '1.00000000001', '1.000000000004999999999991666666666708333333333069444444'],
    ['1.0000000003', '1', '1.000000000149999999992500000001124999999786250000045562'],
    ['2', '2.000000000000000000000000000001', '2.0000000000000000000000000000005'],
    ['7', '7', '7'],
    ['0', '7', '0'],
  ])('the logarithmic mean of %s and %s', (a, b, wanted) => {
    const found = logarithmicMean(decimal(a), decimal(b));
    expect(isNear(found, wanted, decimal('1e-48')), toText(found)).toBe(true);
  });
});

describe('Lloyd-Moulton', () => {
  it.each([
    ['0', 'laspeyres'],
    ['1', 'geometric_laspeyres'],
    ['2', 'harmonic_laspeyres'],
  ])('of an elasticity of %s is %s', (sigma, name) => {
    const found = lloydMoulton(decimal(sigma))(COMPARISON);
    expect(isNear(found, toText(bilateral(name)(COMPARISON)), decimal('1e-39'))).toBe(true);
  });
});
