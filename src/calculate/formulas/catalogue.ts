import { bmw, carli, cswd, dutot, harmonic, jevons } from './elementary.ts';
import {
  gearyKhamisBilateral,
  laspeyres,
  marshallEdgeworth,
  paasche,
  walsh,
} from './fixed-basket.ts';
import { geometricLaspeyres, geometricPaasche, tornqvist, walsh2 } from './geometric.ts';
import type { Bilateral } from './matched.ts';
import { harmonicLaspeyres, palgrave } from './relatives.ts';
import { drobisch, fisher, stuvel } from './superlative.ts';
import { montgomeryVartia, satoVartia } from './vartia.ts';

/** The formulas that need nothing but prices and quantities of the two periods, by their names. */
export const BILATERAL_FORMULAS = {
  laspeyres,
  paasche,
  fisher,
  tornqvist,
  walsh,
  marshall_edgeworth: marshallEdgeworth,
  geometric_laspeyres: geometricLaspeyres,
  geometric_paasche: geometricPaasche,
  harmonic_laspeyres: harmonicLaspeyres,
  palgrave,
  drobisch,
  sato_vartia: satoVartia,
  montgomery_vartia: montgomeryVartia,
  stuvel,
  geary_khamis_bilateral: gearyKhamisBilateral,
  jevons,
  carli,
  dutot,
  harmonic,
  cswd,
  bmw,
  walsh2,
} as const satisfies Readonly<Record<string, Bilateral>>;

export type BilateralName = keyof typeof BILATERAL_FORMULAS;
