/** A JSON value as it is written: a number is its literal, and everything knows its line. */
export type JsonValue = JsonObject | JsonArray | JsonScalar;

export interface JsonObject {
  readonly kind: 'object';
  readonly line: number;
  /** In the order of the text, with every one of a key's occurrences. */
  readonly members: readonly JsonMember[];
}

export interface JsonMember {
  readonly key: string;
  readonly line: number;
  readonly value: JsonValue;
}

export interface JsonArray {
  readonly kind: 'array';
  readonly line: number;
  readonly items: readonly JsonValue[];
}

export interface JsonScalar {
  readonly kind: 'string' | 'number' | 'boolean' | 'null';
  readonly line: number;
  /** The literal; of a string what it says. */
  readonly text: string;
}

/** The value of a key, the last where it occurs twice, as every other reader of JSON has it. */
export function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return membersOf(value).findLast((one) => one.key === key)?.value;
}

/** The members of an object; none of anything else. */
export function membersOf(value: JsonValue | undefined): readonly JsonMember[] {
  return value?.kind === 'object' ? value.members : [];
}

/** The items of an array; none of anything else. */
export function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return value?.kind === 'array' ? value.items : [];
}

/** What a string says; `undefined` for anything else. */
export function stringOf(value: JsonValue | undefined): string | undefined {
  return value?.kind === 'string' ? value.text : undefined;
}

/** What the string under a key says; empty where there is none. */
export function textIn(value: JsonValue | undefined, key: string): string {
  return stringOf(member(value, key)) ?? '';
}

/** A price as it is written, be it a number or a string. `null` says that there is none. */
export function literalOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value.kind === 'null') return undefined;
  return value.kind === 'object' || value.kind === 'array' ? `an ${value.kind}` : value.text;
}

/** Whether a list of modalities has text, which nobody needs to say. */
export function mayBeText(modalities: JsonValue | undefined): boolean {
  if (modalities?.kind !== 'array') return true;
  return modalities.items.some((item) => stringOf(item) === 'text');
}

/** A number of tokens, which may be written as a float: `256000.0` is 256000. */
export function tokensOf(value: JsonValue | undefined): number | undefined {
  const [, whole] = /^(\d{1,12})(?:\.0+)?$/.exec(literalOf(value) ?? '') ?? [];
  return whole === undefined ? undefined : Number(whole);
}

/** The scalars in a value, however deep, each with the path to it. */
export function literalsIn(value: JsonValue | undefined, path: string): PlacedLiteral[] {
  if (value?.kind === 'object') {
    return value.members.flatMap((one) => literalsIn(one.value, `${path}.${one.key}`));
  }
  if (value?.kind === 'array') {
    return value.items.flatMap((item, index) => literalsIn(item, `${path}[${index}]`));
  }
  const literal = literalOf(value);
  return !value || literal === undefined ? [] : [{ path, line: value.line, literal }];
}

export interface PlacedLiteral {
  readonly path: string;
  readonly line: number;
  readonly literal: string;
}
