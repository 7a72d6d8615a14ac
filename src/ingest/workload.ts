import { MtokError, type Reject } from '../domain/failure.ts';
import { checkWorkload, type DeclaredWorkload } from '../domain/workload.ts';
import { describeAll } from './faults.ts';
import { filesIn, readText, requireFile, shownPath } from './files.ts';
import { readYaml, type YamlKind } from './yaml.ts';

const WORKLOAD: YamlKind<DeclaredWorkload> = {
  noun: 'workload',
  code: 'bad_workload',
  check: checkWorkload,
};

/** Reads a workload from the text of its YAML file. */
export function parseWorkload(text: string, file = 'workload') {
  return readYaml(text, file, WORKLOAD);
}

/**
 * The workloads of a folder, or of one file, by name.
 *
 * @throws {MtokError} with every fault, where one cannot be read, or two have one name.
 */
export async function readWorkloads(path: string): Promise<DeclaredWorkload[]> {
  const files = path.endsWith('.yaml') ? [path] : await filesIn(path, '.yaml');
  const rejects: Reject[] = [];
  const found = new Map<string, DeclaredWorkload>();
  for (const each of files) {
    await requireFile(each);
    const file = shownPath(each);
    const reading = parseWorkload(await readText(each), file);
    rejects.push(...reading.rejects);
    const { value } = reading;
    if (!value) continue;
    if (!found.has(value.workload)) found.set(value.workload, value);
    else {
      const expected = 'a name of its own: another file is of this workload';
      const place = { file, line: 1, column: 'workload' };
      rejects.push({ code: 'duplicate_workload', ...place, value: value.workload, expected });
    }
  }
  if (rejects.length > 0) throw new MtokError('data', describeAll(rejects), rejects);
  if (found.size > 0) return [...found.values()];
  throw new MtokError('data', `expected workloads, *.yaml, in ${shownPath(path)}: found none`);
}
