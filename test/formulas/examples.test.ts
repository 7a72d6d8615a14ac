import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decimal, ONE, toText } from '../../src/domain/decimal.ts';

/** Every `@example` of the formulas is run: `expression // result`, `…` where digits are left out. */
const FOLDER = new URL('../../src/calculate/formulas/', import.meta.url);
const FILES = readdirSync(fileURLToPath(FOLDER)).filter((name) => name.endsWith('.ts'));

const scope: Record<string, unknown> = { decimal, ONE, toText };
for (const name of FILES) Object.assign(scope, await import(new URL(name, FOLDER).href));

const examples = FILES.flatMap((name) => {
  const text = readFileSync(new URL(name, FOLDER), 'utf8');
  return [...text.matchAll(/@example ([\s\S]*?)\/\/ (.*)$/gm)].map(
    ([, code = '', result = '']) => [`${name}: ${strip(code)}`, strip(code), result] as const,
  );
});

function strip(code: string): string {
  return code.replace(/\n\s*\*\s*/g, ' ').trim();
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(', ');
  if (value && typeof value === 'object' && 'digits' in value) return toText(value as never);
  return String(value);
}

describe('an example', () => {
  it('stands at every formula', () => expect(examples.length).toBeGreaterThanOrEqual(50));

  it.each(examples)('%s', (_, code, result) => {
    const run = new Function(...Object.keys(scope), `return ${code};`);
    const shown = show(run(...Object.values(scope)));
    if (!result.endsWith('…')) expect(shown).toBe(result);
    else expect(shown.startsWith(result.slice(0, -1)), shown).toBe(true);
  });
});
