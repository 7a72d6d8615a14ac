import { type Decimal, toText } from './decimal.ts';

/** The text of rules, or of a part of them: the same where they mean the same, however written. */
export function rulesText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(rulesText).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  if (isDecimal(value)) return toText(value);
  const keys = Object.entries(value).map(
    ([key, part]) => `${JSON.stringify(key)}:${rulesText(part)}`,
  );
  return `{${keys.sort().join()}}`;
}

function isDecimal(value: object): value is Decimal {
  return 'digits' in value && typeof value.digits === 'bigint' && 'scale' in value;
}
