import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import type { Reject } from '../../domain/failure.ts';
import type { JsonReading } from './json-text.ts';
import type { JsonArray, JsonObject, JsonValue } from './json-value.ts';

/** No feed nests as deep; without a limit a hostile one would exhaust the stack. */
const DEEPEST = 64;

/**
 * Reads TOML 1.0 into the same values as JSON: a number is its literal (without `_`) and never a
 * float, a date is a string, and everything knows its line.
 *
 * @returns the document, or the fault with its position; TOML has no duplicate keys.
 * @example readToml('input = 1_000.50', 'model.toml')
 */
export function readToml(text: string, file: string): JsonReading {
  try {
    const [{ body }] = parseTOML(text).body;
    const root = emptyTable(1);
    for (const node of body) {
      if (node.type === 'TOMLKeyValue') setPair(root, node, 0);
      else {
        const table = containerAt(root, node.resolvedKey, node.loc.start.line);
        for (const pair of node.body) setPair(table, pair, node.resolvedKey.length);
      }
    }
    return { root, duplicates: [] };
  } catch (error) {
    // The parser calls itself for each level, and so ends a hostile file.
    if (error instanceof RangeError) return { fault: faultAt(file, 0, '', 'too_deep') };
    if (error instanceof TooDeep) return { fault: faultAt(file, error.line, '', 'too_deep') };
    if (!(error instanceof ParseError)) throw error;
    const column = `column ${error.column + 1}`;
    return { fault: faultAt(file, error.lineNumber, column, 'malformed_toml', error.message) };
  }
}

class TooDeep extends Error {
  readonly line: number;

  constructor(line: number) {
    super('too deep');
    this.line = line;
  }
}

function faultAt(file: string, line: number, column: string, code: string, why = ''): Reject {
  const expected =
    code === 'too_deep' ? `TOML of at most ${DEEPEST} levels` : `valid TOML (${why.toLowerCase()})`;
  return { code, file, line, column, value: '', expected };
}

interface MutableObject extends JsonObject {
  readonly members: { key: string; line: number; value: JsonValue }[];
  /** The same by key: a hostile file has many. */
  readonly children: Map<string, JsonValue>;
}
interface MutableArray extends JsonArray {
  readonly items: JsonValue[];
}

/** The table at a path, made where it is not there. A number is a place in an array of tables. */
function containerAt(
  root: MutableObject,
  path: readonly (string | number)[],
  line: number,
): MutableObject {
  if (path.length > DEEPEST) throw new TooDeep(line);
  let at: JsonValue = root;
  for (const [index, step] of path.entries()) {
    const make = (): JsonValue =>
      typeof path[index + 1] === 'number' ? { kind: 'array', line, items: [] } : emptyTable(line);
    at = childOf(at, step, line, make);
  }
  return asObject(at);
}

function childOf(at: JsonValue, step: string | number, line: number, make: () => JsonValue) {
  if (typeof step === 'number') {
    const { items } = at as MutableArray;
    items[step] ??= make();
    return items[step];
  }
  const table = asObject(at);
  const known = table.children.get(step);
  if (known) return known;
  const value = make();
  put(table, step, line, value);
  return value;
}

function put(table: MutableObject, key: string, line: number, value: JsonValue): void {
  table.members.push({ key, line, value });
  table.children.set(key, value);
}

function emptyTable(line: number): MutableObject {
  return { kind: 'object', line, members: [], children: new Map() };
}

/** The parser has refused a path through anything else. */
function asObject(value: JsonValue): MutableObject {
  return value as MutableObject;
}

function setPair(table: MutableObject, pair: AST.TOMLKeyValue, depth: number): void {
  const line = pair.loc.start.line;
  const names = pair.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
  const parent = containerAt(table, names.slice(0, -1), line);
  const value = contentOf(pair.value, depth + names.length);
  put(parent, names.at(-1) ?? '', line, value);
}

function contentOf(node: AST.TOMLContentNode, depth: number): JsonValue {
  const line = node.loc.start.line;
  if (depth > DEEPEST) throw new TooDeep(line);
  if (node.type === 'TOMLArray') {
    return { kind: 'array', line, items: node.elements.map((one) => contentOf(one, depth + 1)) };
  }
  if (node.type === 'TOMLInlineTable') {
    const table = emptyTable(line);
    for (const pair of node.body) setPair(table, pair, depth);
    return table;
  }
  switch (node.kind) {
    case 'integer':
    case 'float':
      return { kind: 'number', line, text: node.number };
    case 'boolean':
      return { kind: 'boolean', line, text: String(node.value) };
    case 'string':
      return { kind: 'string', line, text: node.value };
    default:
      return { kind: 'string', line, text: node.datetime };
  }
}
