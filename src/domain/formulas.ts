/**
 * The formulas by which a rulebook may link its level within a series, and what each needs. The
 * others are library functions for analysts (calculate/formulas).
 */

/** The level moves in proportion to the basket's arithmetic mean price. */
const ARITHMETIC = ['laspeyres', 'lowe', 'young', 'carli', 'dutot'] as const;
/** The level moves in proportion to the basket's geometric mean price. */
const GEOMETRIC = ['jevons', 'geometric_laspeyres'] as const;
/** The level compares the day with the link by quantities of both. */
const CURRENT = [
  ...(['paasche', 'fisher', 'tornqvist', 'walsh'] as const),
  ...(['marshall_edgeworth', 'geometric_paasche'] as const),
] as const;
/** The level compares the day with the link, item by item with equal weights. */
const HARMONIC = ['harmonic'] as const;

export const LINK_FORMULAS = [...ARITHMETIC, ...GEOMETRIC, ...CURRENT, ...HARMONIC] as const;

export type LinkFormula = (typeof LINK_FORMULAS)[number];
export type ComparingFormula = (typeof CURRENT)[number] | (typeof HARMONIC)[number];

function isOneOf<Name extends string>(names: readonly Name[], formula: string): formula is Name {
  return names.some((name) => name === formula);
}

/** True where weights are exponents: shares of value, never divided by a price. */
export function isGeometricFormula(formula: LinkFormula): boolean {
  return isOneOf(GEOMETRIC, formula);
}

/** True where the level needs the quantities of the day itself, which are published later. */
export function needsCurrentWeights(formula: LinkFormula): boolean {
  return isOneOf(CURRENT, formula);
}

/** True where the level is no fixed multiple of the reference price within a series. */
export function comparesPeriods(formula: LinkFormula): formula is ComparingFormula {
  return isOneOf(CURRENT, formula) || isOneOf(HARMONIC, formula);
}

/** The weights that give a formula its meaning; any, where it is not named here. */
export const WEIGHTS_OF_FORMULA: Partial<Record<LinkFormula, readonly string[]>> = {
  lowe: ['usage', 'fixed'],
  carli: ['equal', 'equal_value'],
  dutot: ['equal'],
  harmonic: ['equal', 'equal_value'],
  ...Object.fromEntries(CURRENT.map((formula) => [formula, ['usage']])),
};
