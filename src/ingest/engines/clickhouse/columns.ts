import { formatMoment } from '../../../domain/dates.ts';
import { named } from './address.ts';
import { momentOfText, type SqlMoment } from './moments.ts';

/** A column as the server describes it. */
export interface ServerColumn {
  readonly name: string;
  readonly type: string;
}

/** A column, in SQL. */
export interface SqlColumn {
  /** Rows are grouped by it. */
  readonly value: string;
  /** A text that is not null, empty where the cell is. */
  readonly text: string;
  /** That text as a CSV file would have it. */
  readonly cellOf: (text: string) => string;
  /** @param prefix of the names that it needs. */
  readonly moment: (prefix: string) => SqlMoment;
}

/** How SQL reads a column; `undefined` where its type has no exact text. */
export function columnOf({ name, type }: ServerColumn): SqlColumn | undefined {
  const value = named(name);
  const plain = plainType(type);
  if (/^(String|Enum(8|16)\(.*)$/s.test(plain)) {
    const text = textOf(value);
    return { value, text, cellOf: itself, moment: (prefix) => momentOfText(text, prefix) };
  }
  if (/^(Decimal(32|64|128|256)?\(|U?Int(8|16|32|64|128|256)$)/.test(plain)) {
    return { value, text: textOf(value), cellOf: itself, moment: () => NEVER };
  }
  const ms = millisecondsOf(value, plain);
  if (ms === undefined) return undefined;
  const moment = {
    ...{ names: [], isRead: `isNotNull(${value})` },
    ms: `ifNull(${ms}, toInt64(0))`,
  };
  const isDay = plain.startsWith('Date') && !plain.startsWith('DateTime');
  return {
    ...{ value, moment: () => moment },
    text: textOf(isDay ? value : ms),
    cellOf: isDay ? itself : timeOf,
  };
}

/** A type without what says only how it is held, or that it may be null. */
export function plainType(type: string): string {
  const match = /^(?:LowCardinality|Nullable)\((.*)\)$/s.exec(type);
  return match?.[1] === undefined ? type : plainType(match[1]);
}

function millisecondsOf(value: string, type: string): string | undefined {
  if (type === 'Date' || type === 'Date32') return `toInt64(${value}) * 86400000`;
  if (/^DateTime(\(|$)/.test(type)) return `toInt64(${value}) * 1000`;
  if (type.startsWith('DateTime64(')) return `toUnixTimestamp64Milli(${value})`;
  return undefined;
}

const NEVER: SqlMoment = { names: [], isRead: '0', ms: 'toInt64(0)' };

function textOf(sql: string): string {
  return `ifNull(toString(${sql}), '')`;
}

function itself(text: string): string {
  return text;
}

function timeOf(ms: string): string {
  return ms === '' ? '' : formatMoment(Number(ms));
}
