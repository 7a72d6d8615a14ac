import { decimal, subtract, toText } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';

/** What is different between two fixings. */
export interface FixingDiff {
  readonly a: FixingName;
  readonly b: FixingName;
  /** Published figures and facts that differ, in the order of the document. */
  readonly facts: readonly Difference[];
  readonly constituents: readonly ConstituentDifference[];
  /** Kinds of input whose canonical rows differ. */
  readonly inputs: readonly string[];
}

export type FixingName = Pick<Fixing, 'index' | 'date' | 'revision'>;

export interface Difference {
  readonly name: string;
  readonly a: string | null;
  readonly b: string | null;
  /** b − a where both are decimals, exact. */
  readonly change: string | null;
}

export interface ConstituentDifference {
  readonly id: string;
  readonly kind: 'entered' | 'left' | 'changed';
  readonly differences: readonly Difference[];
}

/** Sets two fixings side by side. Says what differs, not why: that is attribution. */
export function diffFixings(a: Fixing, b: Fixing): FixingDiff {
  const name = ({ index, date, revision }: Fixing) => ({ index, date, revision });
  return {
    a: name(a),
    b: name(b),
    facts: differences(factsOf(a), factsOf(b)),
    constituents: constituentDifferences(a, b),
    inputs: (Object.keys(a.inputs) as (keyof Fixing['inputs'])[]).filter(
      (kind) => a.inputs[kind].sha256 !== b.inputs[kind].sha256,
    ),
  };
}

type Facts = Readonly<Record<string, string>>;

function factsOf(fixing: Fixing): Facts {
  return {
    status: fixing.status,
    ...(fixing.withheld.length > 0 ? { withheld: fixing.withheld.join(', ') } : {}),
    basis: fixing.basis,
    ...(fixing.value ?? {}),
    ...(fixing.level === null ? {} : { level: fixing.level }),
    series: String(fixing.series.number),
    coverage: fixing.coverage,
    rulebook: `${fixing.rulebook.version} ${fixing.rulebook.sha256.slice(0, 12)}`,
    calculation: String(fixing.engine.calculation),
    known_at: fixing.known_at,
    ...Object.fromEntries(
      fixing.gates.map(({ name, measured, pass }) => [
        `gate ${name}`,
        `${measured ?? 'nothing'} ${pass ? 'pass' : 'fail'}`,
      ]),
    ),
  };
}

function constituentDifferences(a: Fixing, b: Fixing): ConstituentDifference[] {
  const before = new Map(a.constituents.map((one) => [one.id, one]));
  const after = new Map(b.constituents.map((one) => [one.id, one]));
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids.flatMap((id): ConstituentDifference[] => {
    const [then, now] = [before.get(id), after.get(id)];
    const found = differences(then ? partsOf(then) : {}, now ? partsOf(now) : {});
    if (found.length === 0) return [];
    return [{ id, kind: then ? (now ? 'changed' : 'left') : 'entered', differences: found }];
  });
}

function partsOf(one: Fixing['constituents'][number]): Facts {
  return {
    price: one.price,
    ...one.legs,
    weight: one.weight,
    evidence: one.evidence,
    sellers: one.sellers.map(({ seller }) => seller).join(' '),
  };
}

function differences(a: Facts, b: Facts): Difference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names
    .filter((name) => a[name] !== b[name])
    .map((name) => {
      const [then, now] = [a[name] ?? null, b[name] ?? null];
      return { name, a: then, b: now, change: changeOf(then, now) };
    });
}

function changeOf(then: string | null, now: string | null): string | null {
  const isNumber = (text: string | null): text is string => /^-?\d+(\.\d+)?$/.test(text ?? '');
  if (!isNumber(then) || !isNumber(now)) return null;
  return toText(subtract(decimal(now), decimal(then)));
}
