import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser';
import type { Reject } from '../../domain/failure.ts';
import type { JsonMember, JsonValue } from './json-value.ts';
import type { FeedPage } from './page.ts';

/** A document, or why there is none. A duplicate key is an error that does not hide the rest. */
export type JsonReading =
  | { readonly root: JsonValue; readonly duplicates: readonly Reject[]; readonly fault?: undefined }
  | { readonly root?: undefined; readonly duplicates?: undefined; readonly fault: Reject };

/** No feed nests as deep; without a limit a hostile one would exhaust the stack. */
const DEEPEST = 64;

/**
 * Reads strict JSON (RFC 8259) without turning a number into a float or an object into one of
 * JavaScript's: `__proto__` is a key like any other, and a key that occurs twice is there twice.
 *
 * @returns the document with a reject for each duplicate key, or the fault with its position.
 * @example readJson('{"price": 2.9999900000000002e-06}', 'feed.json')
 */
export function readJson(text: string, file: string): JsonReading {
  const duplicates: Reject[] = [];
  const open: Container[] = [];
  let root: JsonValue | undefined;
  const put = (value: JsonValue) => {
    const parent = open.at(-1);
    if (!parent) root = value;
    else if (parent.kind === 'array') parent.items.push(value);
    else parent.members.push({ key: parent.key, line: parent.keyLine, value });
  };
  const begin = (container: Container, character: number) => {
    if (open.length === DEEPEST) {
      const expected = `JSON of at most ${DEEPEST} levels`;
      throw new Malformed(container.line, character, 'too_deep', 'another level', expected);
    }
    put(container);
    open.push(container);
  };
  try {
    visit(
      text,
      {
        onObjectBegin: (_offset, _length, line, character) => {
          const lines = new Map<string, number>();
          begin(
            { kind: 'object', line: line + 1, members: [], lines, key: '', keyLine: 0 },
            character,
          );
        },
        onObjectProperty: (key, _offset, _length, line) => {
          const parent = open.at(-1);
          if (parent?.kind !== 'object') return;
          [parent.key, parent.keyLine] = [ownText(key), line + 1];
          const first = parent.lines.get(key);
          if (first === undefined) parent.lines.set(key, line + 1);
          else duplicates.push(duplicateKey(key, first, line + 1, file));
        },
        onArrayBegin: (_offset, _length, line, character) => {
          begin({ kind: 'array', line: line + 1, items: [] }, character);
        },
        onObjectEnd: () => open.pop(),
        onArrayEnd: () => open.pop(),
        onLiteralValue: (value, offset, length, line) => {
          const literal = ownText(text.slice(offset, offset + length));
          put(
            typeof value === 'string'
              ? { kind: 'string', line: line + 1, text: ownText(value) }
              : { kind: kindOf(value), line: line + 1, text: literal },
          );
        },
        onError: (code: ParseErrorCode, offset, length, line, character) => {
          const found = text.slice(offset, offset + Math.max(1, length)) || 'the end of the text';
          throw new Malformed(line + 1, character, 'malformed_json', found, expectedAt(code));
        },
      },
      { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false },
    );
  } catch (error) {
    if (error instanceof Malformed) return { fault: error.rejectIn(file) };
    throw error;
  }
  if (root) return { root, duplicates };
  return { fault: new Malformed(1, 0, 'malformed_json', '', 'valid JSON').rejectIn(file) };
}

/** The same of a page that should be one object. */
export function readJsonObject(page: FeedPage) {
  const { root, duplicates, fault } = readJson(page.text, page.file);
  if (fault) return { fault };
  return root.kind === 'object' ? { root, duplicates } : { fault: notAn('object', root, page) };
}

/** The same of a page that should be one array. */
export function readJsonArray(page: FeedPage) {
  const { root, duplicates, fault } = readJson(page.text, page.file);
  if (fault) return { fault };
  return root.kind === 'array' ? { root, duplicates } : { fault: notAn('array', root, page) };
}

function notAn(kind: JsonValue['kind'], { kind: found, line }: JsonValue, page: FeedPage): Reject {
  return wrongShape(page, { line, column: '', value: `an ${found}` }, `an ${kind}`);
}

/** The fault of a document that can be read, and is another one than was asked for. */
export function wrongShape(
  { file }: FeedPage,
  found: { readonly line: number; readonly column: string; readonly value?: string },
  expected: string,
): Reject {
  return { code: 'wrong_shape', file, value: '', ...found, expected };
}

/** An engine may keep all of a text for a part of it: what is read does not hold its document. */
function ownText(part: string): string {
  return ` ${part}`.slice(1);
}

type Container =
  | {
      kind: 'object';
      line: number;
      members: JsonMember[];
      lines: Map<string, number>;
      key: string;
      keyLine: number;
    }
  | { kind: 'array'; line: number; items: JsonValue[] };

/** Leaves the visitor at the first error: what it would read after that is guesswork. */
class Malformed extends Error {
  readonly rejectIn: (file: string) => Reject;

  constructor(line: number, character: number, code: string, value: string, expected: string) {
    super(code);
    this.rejectIn = (file) => {
      return { code, file, line, column: `column ${character + 1}`, value, expected };
    };
  }
}

function kindOf(value: unknown): 'number' | 'boolean' | 'null' {
  return value === null ? 'null' : typeof value === 'boolean' ? 'boolean' : 'number';
}

function duplicateKey(key: string, first: number, line: number, file: string): Reject {
  const expected = `a key once in its object: it is on line ${first} already`;
  return { code: 'duplicate_key', file, line, column: '', value: key, expected };
}

/** `PropertyNameExpected` becomes `valid JSON (property name expected)`. */
function expectedAt(code: ParseErrorCode): string {
  const words = printParseErrorCode(code)
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
  return `valid JSON (${words})`;
}
