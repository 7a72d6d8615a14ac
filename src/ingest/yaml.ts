import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Reject } from '../domain/failure.ts';
import type { StrictIssue } from '../domain/strict.ts';

/** What a YAML file says once it was checked, or what is wrong with it. */
export type YamlReading<Value> =
  | { readonly value: Value; readonly rejects: readonly [] }
  | { readonly value?: undefined; readonly rejects: readonly Reject[] };

/** A kind of file: what messages call it, the code of its faults, and its rules. */
export interface YamlKind<Value> {
  readonly noun: string;
  readonly code: string;
  readonly check: (plain: unknown) => { value?: Value; issues: readonly StrictIssue[] };
}

/**
 * Reads a strict YAML file. Scalars are kept as source text, so that no number passes through a
 * float.
 *
 * @returns what it says, or every fault with its line.
 */
export function readYaml<Value>(
  text: string,
  file: string,
  { noun, code, check }: YamlKind<Value>,
): YamlReading<Value> {
  if (text.length > LONGEST_FILE) {
    const expected = `a ${noun} of at most ${LONGEST_FILE} characters`;
    return { rejects: [reject(file, 1, '', expected, `${text.length} characters`, 'too_long')] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  });
  const [fault] = document.errors;
  if (fault) {
    const { line, col } = lines.linePos(fault.pos[0]);
    return {
      rejects: [reject(file, line, `column ${col}`, 'valid YAML', fault.message, 'malformed_yaml')],
    };
  }
  const plain = toPlain(document);
  if (plain === undefined) {
    const expected = 'YAML without aliases that multiply';
    return { rejects: [reject(file, 1, '', expected, 'too many aliases', 'malformed_yaml')] };
  }
  const { value, issues } = check(plain);
  if (value !== undefined) return { value, rejects: [] };
  const rejects = issues.map(({ path, message }) => {
    const found = document.getIn(path);
    const expected = message.replace(/^expected /, '');
    return reject(file, lineOf(path), path.join('.'), expected, scalarText(found), code);
  });
  return { rejects };

  /** The line of the key that a path ends with, else that of the nearest one above it. */
  function lineOf(path: readonly (string | number)[]): number {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const above =
        depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
      const pair = isMap(above)
        ? above.items.find(({ key }) => isScalar(key) && String(key.value) === path[depth - 1])
        : undefined;
      const node = pair ? pair.key : document.getIn(path.slice(0, depth), true);
      const start = (node as { range?: number[] } | undefined)?.range?.[0];
      if (start !== undefined) return lines.linePos(start).line;
    }
    return 1;
  }
}

/** A basket of thousands is a few hundred kilobytes. */
const LONGEST_FILE = 500_000;

/** Aliases could expand a small file into a huge one: YAML's own limit refuses that. */
function toPlain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

function scalarText(found: unknown): string {
  if (found === undefined || found === null) return '';
  return typeof found === 'string' ? found : JSON.stringify(found);
}

function reject(
  file: string,
  line: number,
  column: string,
  expected: string,
  value: string,
  code: string,
): Reject {
  return { code, file, line, column, value, expected };
}
