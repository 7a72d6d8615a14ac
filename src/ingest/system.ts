import type { Reject } from '../domain/failure.ts';
import { checkSystem, type ReferenceSystem } from '../domain/system.ts';
import { readYaml, type YamlKind } from './yaml.ts';

const SYSTEM: YamlKind<ReferenceSystem> = {
  noun: 'reference system',
  code: 'bad_system',
  check: checkSystem,
};

/**
 * Reads a reference system from the text of its YAML file. Scalars are kept as source text.
 *
 * @returns the system, or every fault with its line.
 */
export function parseSystem(
  text: string,
  file = 'system',
): { readonly system?: ReferenceSystem; readonly rejects: readonly Reject[] } {
  const { value, rejects } = readYaml(text, file, SYSTEM);
  return value ? { system: value, rejects } : { rejects };
}
