import type { SchemaElement } from 'hyparquet';

/** How the values of a column are written as cells, or why they cannot be. */
export type CellText =
  | { readonly kind: 'text' }
  | { readonly kind: 'value'; readonly textOf: (value: unknown) => string }
  | { readonly kind: 'fault'; readonly code: string; readonly expected: string };

const TEXT: CellText = { kind: 'text' };

/**
 * How the cells of a Parquet column are written: text as it is, whole numbers and decimals in plain
 * digits (a decimal with all the places of its type), days as `YYYY-MM-DD`, moments in RFC 3339.
 * A time without a zone is taken as UTC, as other programs write it. A binary float is refused.
 */
export function cellTextOf(element: SchemaElement): CellText {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (element.num_children || element.repetition_type === 'REPEATED') return unsupported('a list');
  if (type === 'FLOAT' || type === 'DOUBLE' || logical?.type === 'FLOAT16') return FLOAT;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return decimalText(element);
  if (type === 'BYTE_ARRAY') {
    const isText = converted === undefined || ['UTF8', 'ENUM', 'JSON'].includes(converted);
    return isText && !OTHER_BYTES.has(logical?.type ?? '') ? TEXT : unsupported('bytes');
  }
  if (type === 'BOOLEAN') return value((cell) => (cell === true ? 'true' : 'false'));
  if (type === 'INT96') return momentTextIn(PER_MS.NANOS);
  if (type !== 'INT32' && type !== 'INT64') return unsupported('bytes');
  if (converted === 'DATE' || logical?.type === 'DATE') return value(dayText);
  if (logical?.type === 'TIMESTAMP') return momentTextIn(PER_MS[logical.unit]);
  if (converted === 'TIMESTAMP_MILLIS') return momentTextIn(PER_MS.MILLIS);
  if (converted === 'TIMESTAMP_MICROS') return momentTextIn(PER_MS.MICROS);
  if (logical?.type === 'TIME' || converted?.startsWith('TIME_'))
    return unsupported('a time alone');
  return value(isUnsigned(element) ? unsignedText(type === 'INT32' ? 32 : 64) : String);
}

const OTHER_BYTES: ReadonlySet<string> = new Set(['BSON', 'VARIANT', 'GEOMETRY', 'GEOGRAPHY']);

const FLOAT: CellText = {
  kind: 'fault',
  code: 'float_price',
  expected: 'DECIMAL or text: a binary float has no exact decimal',
};

function unsupported(found: string): CellText {
  const expected = `text, a whole number, DECIMAL, DATE or TIMESTAMP, not ${found}`;
  return { kind: 'fault', code: 'unsupported_type', expected };
}

function value(textOf: (value: unknown) => string): CellText {
  return { kind: 'value', textOf };
}

function decimalText({ scale = 0, logical_type: logical }: SchemaElement): CellText {
  const places = logical?.type === 'DECIMAL' ? logical.scale : scale;
  // More than any decimal type has: a file that says so was not written as one.
  if (!(places >= 0 && places <= 1_000)) return unsupported(`a decimal of ${places} places`);
  return value((cell) => plain(integerOf(cell), places));
}

/** The integer of a decimal: a number, or big-endian bytes in two's complement. */
function integerOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  if (!(value instanceof Uint8Array)) throw new TypeError('a decimal that is no integer');
  if (value.length === 0) return 0n;
  return BigInt.asIntN(8 * value.length, BigInt(`0x${Buffer.from(value).toString('hex')}`));
}

function plain(digits: bigint, places: number): string {
  if (places === 0) return String(digits);
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, '0');
  return `${digits < 0n ? '-' : ''}${text.slice(0, -places)}.${text.slice(-places)}`;
}

function isUnsigned({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return logical?.type === 'INTEGER' ? !logical.isSigned : Boolean(converted?.startsWith('UINT_'));
}

function unsignedText(bits: number): (value: unknown) => string {
  return (cell) => String(BigInt.asUintN(bits, integerOf(cell)));
}

function dayText(cell: unknown): string {
  const ms = Number(cell) * 86_400_000;
  return isInCalendar(ms) ? new Date(ms).toISOString().slice(0, 10) : String(cell);
}

const PER_MS = {
  MILLIS: { perMs: 1n, places: 3 },
  MICROS: { perMs: 1_000n, places: 6 },
  NANOS: { perMs: 1_000_000n, places: 9 },
} as const;

/** Epoch milliseconds and their parts in RFC 3339; the fraction only where there is one. */
function momentTextIn({ perMs, places }: { perMs: bigint; places: number }): CellText {
  return value((cell) => {
    const count = integerOf(cell);
    const fraction = ((count % (1000n * perMs)) + 1000n * perMs) % (1000n * perMs);
    const ms = Number((count - fraction) / perMs);
    if (!isInCalendar(ms)) return String(cell);
    const digits = String(fraction).padStart(places, '0').replace(/0+$/, '');
    return `${new Date(ms).toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}Z`;
  });
}

/** Years of four digits; what lies outside stays a number, which is no date. */
function isInCalendar(ms: number): boolean {
  return ms >= -62_135_596_800_000 && ms < 253_402_300_800_000;
}
