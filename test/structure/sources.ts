import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Source {
  /** Under src/, with forward slashes. */
  readonly path: string;
  /** `index.ts` stands in a folder of its own name. */
  readonly folder: string;
  readonly text: string;
}

const ROOT = fileURLToPath(new URL('../../src/', import.meta.url));

export const SOURCES: readonly Source[] = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.split(/[\\/]/).join('/'))
  .sort()
  .map((path) => ({
    path,
    folder: path.split('/')[0] ?? '',
    text: readFileSync(join(ROOT, path), 'utf8'),
  }));

/** What a file imports or exports from: `node:fs`, or a path under src/. */
export function importsOf({ path, text }: Source): string[] {
  const named = [...text.matchAll(/\bfrom\s+'([^']+)'/g)].map((match) => match[1] ?? '');
  const bare = [...text.matchAll(/^import\s+'([^']+)'/gm)].map((match) => match[1] ?? '');
  const dynamic = [...text.matchAll(/\bimport\(\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  return [...named, ...bare, ...dynamic].map((target) =>
    target.startsWith('.') ? posix.join(posix.dirname(path), target) : target,
  );
}

/** The code without comments, and without what its strings say. */
export function codeOf({ text }: Source): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1')
    .replace(/'(?:\\.|[^'\\\n])*'/g, "''");
}
