import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULEBOOK_SCHEMAS } from '../../src/domain/rulebook.ts';
import { STUDIES } from '../../src/publish/methodology/clauses/studies.ts';
import { SECTIONS } from '../../src/publish/methodology/clauses.ts';

const CLAUSES = [...SECTIONS, STUDIES].flatMap(({ clauses }) => clauses);

describe('the clause', () => {
  it.each(CLAUSES)('$id is held by code and by a test that names it', ({ id, code, test }) => {
    expect(existsSync(code), code).toBe(true);
    // `describe('a screen (clause screen)'`: the title of a test, not a comment.
    const title = new RegExp(`(describe|it)[^\\n]*\\(\\s*['"][^\\n]*\\(clauses? [^)]*\\b${id}\\b`);
    expect(readFileSync(test, 'utf8')).toMatch(title);
  });

  it.each(CLAUSES)('$id is in the methodology', ({ id }) => {
    expect(readFileSync('methodology.md', 'utf8')).toContain(`<a id="${id}"></a>`);
  });

  it('has an id of its own', () => {
    const ids = CLAUSES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it('each key of a rulebook has a clause that explains it', () => {
  const explained = CLAUSES.flatMap(({ keys }) => keys);
  const schemas = Object.values(RULEBOOK_SCHEMAS);
  const paths = [...new Set(schemas.flatMap((schema) => pathsOf(schema)))];
  expect(paths.length).toBeGreaterThan(40);
  const covers = (path: string) =>
    explained.some((key) => path === key || path.startsWith(`${key}.`));
  const uncovered = paths.filter((path) => !covers(path));
  expect(uncovered).toEqual([]);
  expect(
    explained.filter((key) => !paths.some((path) => `${path}.`.startsWith(`${key}.`))),
  ).toEqual([]);
});

/** The paths of the keys that hold values, through defaults and refinements. */
function pathsOf(schema: unknown, above = ''): string[] {
  const { def } = schema as { def?: Record<string, unknown> };
  if (!def) return [];
  if (def.innerType !== undefined) return pathsOf(def.innerType, above);
  if (def.in !== undefined) return pathsOf(def.in, above);
  const shape = def.shape as Record<string, unknown> | undefined;
  if (!shape) return above === '' ? [] : [above];
  return Object.entries(shape).flatMap(([key, value]) =>
    pathsOf(value, above === '' ? key : `${above}.${key}`),
  );
}
