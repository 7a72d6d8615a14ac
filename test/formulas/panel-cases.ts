import { readFileSync } from 'node:fs';
import { BILATERAL_FORMULAS } from '../../src/calculate/formulas/catalogue.ts';
import { lloydMoulton } from '../../src/calculate/formulas/constant-elasticity.ts';
import {
  fisherContributions,
  laspeyresContributions,
  tornqvistContributions,
} from '../../src/calculate/formulas/contributions.ts';
import { lowe } from '../../src/calculate/formulas/fixed-basket.ts';
import { gearyKhamis } from '../../src/calculate/formulas/geary-khamis.ts';
import { geks, type Multilateral } from '../../src/calculate/formulas/geks.ts';
import { geometricYoung } from '../../src/calculate/formulas/geometric.ts';
import type { Bilateral } from '../../src/calculate/formulas/matched.ts';
import {
  matchPeriods,
  observedValue,
  type Panel,
  type PeriodText,
  panelOf,
} from '../../src/calculate/formulas/panel.ts';
import { young } from '../../src/calculate/formulas/relatives.ts';
import {
  chainedSeries,
  fixedBaseSeries,
  fixedWeightSeries,
} from '../../src/calculate/formulas/series.ts';
import { rollingWindows, type Splice, splice } from '../../src/calculate/formulas/splice.ts';
import { timeProductDummy } from '../../src/calculate/formulas/time-product-dummy.ts';
import {
  absolute,
  compare,
  type Decimal,
  decimal,
  multiply,
  subtract,
} from '../../src/domain/decimal.ts';

/** A panel of prices and quantities with index numbers that were calculated elsewhere. */
export interface PanelFile {
  readonly file: string;
  readonly inputs: {
    readonly periods: number;
    readonly products: readonly string[];
    readonly rows: Readonly<Record<string, PeriodText>>;
  };
  readonly cases: readonly PanelCase[];
}

export interface PanelCase {
  readonly name: string;
  readonly method: string;
  readonly variant: string;
  readonly expected: readonly string[] | Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly tolerance: { readonly relative?: string; readonly absolute?: string };
  readonly publishedBase100HalfEven4dp?: readonly string[];
}

export function readPanelFile(path: string | URL): PanelFile {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Calculates the cases of one panel; the windows of a method serve all its splices. */
export function panelCalculator({ inputs }: PanelFile): (one: PanelCase) => Decimal[] {
  const panel = panelOf(
    Array.from({ length: Number(inputs.periods) }, (_, index) => inputs.rows[index + 1] ?? {}),
  );
  const windows = new Map<string, Decimal[][]>();
  return ({ method, variant }) => {
    if (method.startsWith('contributions-')) return contributionsTo(method, panel, inputs.products);
    if (method.endsWith('_b2')) return weightedByPeriod2(method, panel);
    if (variant === 'fixed') return fixedBaseSeries(panel, bilateral(method));
    if (variant === 'chained') return chainedSeries(panel, bilateral(method));
    const index = multilaterals[method];
    if (!index) throw new Error(`no multilateral index ${method}`);
    if (variant === 'full') return index(panel);
    const [, width, kind] = /^w(\d+)_(.+)$/.exec(variant) ?? [];
    const key = `${method} ${width}`;
    const known = windows.get(key) ?? rollingWindows(panel, Number(width), index);
    windows.set(key, known);
    return splice(known, kind as Splice);
  };
}

/** The expected values in the order of the calculated ones. */
export function expectedOf({ expected }: PanelCase, products: readonly string[]): string[] {
  if (Array.isArray(expected)) return [...expected];
  return Object.values(expected as Record<string, Record<string, string>>).flatMap((period) =>
    products.flatMap((product) => period[product] ?? []),
  );
}

export function isWithin(
  found: Decimal,
  wanted: string,
  tolerance: { readonly relative?: string; readonly absolute?: string },
): boolean {
  const target = decimal(wanted);
  const distance = absolute(subtract(found, target));
  const limit = tolerance.relative
    ? multiply(decimal(tolerance.relative), absolute(target))
    : decimal(tolerance.absolute ?? '0');
  return compare(distance, limit) <= 0;
}

export const NAMED_FORMULAS: Readonly<Record<string, Bilateral>> = {
  ...BILATERAL_FORMULAS,
  lloyd_moulton_07: lloydMoulton(decimal('0.7')),
};

export function bilateral(name: string): Bilateral {
  const formula = NAMED_FORMULAS[name];
  if (!formula) throw new Error(`no bilateral index ${name}`);
  return formula;
}

export const multilaterals: Readonly<Record<string, Multilateral>> = {
  geks_fisher: geks(BILATERAL_FORMULAS.fisher),
  geks_tornqvist: geks(BILATERAL_FORMULAS.tornqvist),
  geks_walsh: geks(BILATERAL_FORMULAS.walsh),
  geks_jevons: geks(BILATERAL_FORMULAS.jevons),
  gk: gearyKhamis,
  wtpd: timeProductDummy,
};

/** Lowe and Young with the quantities or values of the second period. */
function weightedByPeriod2(method: string, panel: Panel): Decimal[] {
  const weighting = [...panel[1]!];
  const quantities = new Map(weighting.map(([id, { q }]) => [id, q]));
  const values = new Map(weighting.map(([id, observed]) => [id, observedValue(observed)]));
  if (method === 'lowe_b2') return fixedWeightSeries(panel, lowe, quantities);
  return fixedWeightSeries(panel, method === 'young_b2' ? young : geometricYoung, values);
}

function contributionsTo(method: string, panel: Panel, products: readonly string[]): Decimal[] {
  const contributions = {
    'contributions-laspeyres': laspeyresContributions,
    'contributions-tornqvist': tornqvistContributions,
    'contributions-fisher': fisherContributions,
  }[method];
  if (!contributions) throw new Error(`no ${method}`);
  const base = panel[0]!;
  return panel.slice(1).flatMap((period) => {
    const found = contributions(matchPeriods(base, period));
    const byId = new Map(
      [...base.keys()].filter((id) => period.has(id)).map((id, i) => [id, found[i]!]),
    );
    return products.flatMap((product) => byId.get(product) ?? []);
  });
}
