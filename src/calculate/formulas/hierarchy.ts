import { add, type Decimal, divide, dot, sum, ZERO } from '../../domain/decimal.ts';
import { geometricMean } from '../../domain/transcendental.ts';
import type { Mean } from '../aggregate.ts';

/** Where an elementary aggregate stands. */
export interface ElementaryAggregate {
  readonly id: string;
  /** The aggregates that hold it, the widest first: `['1', '11']`. */
  readonly parents: readonly string[];
}

interface Node {
  readonly id: string;
  readonly weight: Decimal;
  readonly children: readonly Node[];
  /** Undefined where nothing below has an index. */
  readonly index: Decimal | undefined;
}

/**
 * Indices of all aggregates from those of the elementary ones: the weighted mean of the children
 * that have an index, by the weights of all that they hold. Then a child without one takes the
 * index of its immediate parent, "parental imputation" (CPI Manual 2020; piar).
 *
 * @param indices of the elementary aggregates that have one.
 * @param weights of the elementary aggregates, 0 or more.
 * @returns the index of every aggregate, elementary and above, half-even to 40 digits.
 * @throws {RangeError} where a widest aggregate has no index at all, or a weight is missing.
 * @example aggregateUp(
 *     [{ id: 'x', parents: ['all'] }, { id: 'y', parents: ['all'] }],
 *     new Map([['x', decimal('1.5')]]), new Map([['x', ONE], ['y', ONE]]), 'arithmetic').get('y')
 *   // 1.5
 */
export function aggregateUp(
  structure: readonly ElementaryAggregate[],
  indices: ReadonlyMap<string, Decimal>,
  weights: ReadonlyMap<string, Decimal>,
  mean: Mean,
): Map<string, Decimal> {
  const all = new Map<string, Decimal>();
  const descend = (node: Node, parent: Decimal | undefined): void => {
    const index = node.index ?? parent;
    if (!index) throw new RangeError(`expected an index anywhere below ${node.id}`);
    all.set(node.id, index);
    for (const child of node.children) descend(child, index);
  };
  for (const root of childrenAt(structure, 0, indices, weights, mean)) descend(root, undefined);
  return all;
}

function childrenAt(
  members: readonly ElementaryAggregate[],
  depth: number,
  indices: ReadonlyMap<string, Decimal>,
  weights: ReadonlyMap<string, Decimal>,
  mean: Mean,
): Node[] {
  const leaves = members.filter(({ parents }) => parents.length === depth);
  const ids = new Set(members.flatMap(({ parents }) => parents[depth] ?? []));
  return [
    ...leaves.map(({ id }) => {
      const weight = weights.get(id);
      if (!weight) throw new RangeError(`expected a weight of ${id}`);
      return { id, weight, children: [], index: indices.get(id) };
    }),
    ...[...ids].map((id) => {
      const below = members.filter(({ parents }) => parents[depth] === id);
      const children = childrenAt(below, depth + 1, indices, weights, mean);
      const weight = children.reduce((total, child) => add(total, child.weight), ZERO);
      return { id, weight, children, index: meanIndex(children, mean) };
    }),
  ];
}

function meanIndex(children: readonly Node[], mean: Mean): Decimal | undefined {
  const terms = children.flatMap(({ weight, index }) =>
    index && weight.digits > 0n ? [[weight, index] as const] : [],
  );
  if (terms.length === 0) return undefined;
  if (mean === 'geometric') return geometricMean(terms);
  return divide(dot(terms), sum(terms.map(([weight]) => weight)));
}
