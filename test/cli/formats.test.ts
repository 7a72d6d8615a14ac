import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { contractSchema } from '../../src/domain/contract.ts';
import { RULEBOOK_SCHEMAS } from '../../src/domain/rulebook.ts';
import { CORRECTIONS, FX, HOLDS, MODELS, QUOTES, SELLERS, USAGE } from '../../src/index.ts';

const PAGE = readFileSync('docs/formats.md', 'utf8');

it.each(
  [QUOTES, USAGE, FX, MODELS, SELLERS, CORRECTIONS, HOLDS].map(
    (table) => [table.kind, table] as const,
  ),
)('docs/formats.md names every column of %s', (_, { columns, aliases }) => {
  const names = [...columns, ...Object.keys(aliases)].filter(
    (name) => !name.endsWith('_usd_per_mtok'),
  );
  expect(names.filter((name) => !PAGE.includes(`\`${name}\``))).toEqual([]);
});

it('docs/formats.md names every key of a rulebook', () => {
  const keys = Object.values(RULEBOOK_SCHEMAS).flatMap(keysOf);
  const missing = keys.filter((key) => !PAGE.includes(key));
  expect(keys.length).toBeGreaterThan(120);
  expect(missing).toEqual([]);
});

it('docs/formats.md names every key of a contract', () => {
  const section = PAGE.slice(PAGE.indexOf('## contracts'), PAGE.indexOf('## settlements'));
  const keys = keysOf(contractSchema);
  expect(keys.length).toBeGreaterThan(40);
  expect(keys.filter((key) => !section.includes(key))).toEqual([]);
});

/** The keys of a schema, through defaults, unions and refinements. */
function keysOf(schema: unknown): string[] {
  const { def } = schema as { def?: Record<string, unknown> };
  if (!def) return [];
  const inner = [
    def.innerType,
    def.in,
    def.element,
    ...((def.options as unknown[] | undefined) ?? []),
  ];
  const shape = Object.entries((def.shape as Record<string, unknown> | undefined) ?? {});
  return [
    ...inner.filter((one) => one !== undefined).flatMap(keysOf),
    ...shape.flatMap(([key, value]) => [key, ...keysOf(value)]),
  ];
}
