// Reading and writing CSV, and prices as text. Prices are never numbers here: a float would
// change their digits, and the book must carry what the source said.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

export function readTable(path) {
  return parse(readFileSync(path), { columns: true, bom: true });
}

export function writeTable(path, columns, rows) {
  const lines = rows.map((row) => columns.map((column) => field(row[column] ?? '')).join(','));
  writeFileSync(path, `${[columns.join(','), ...lines].join('\n')}\n`);
}

function field(text) {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Code-point order, so that no locale decides where a row goes. */
export function byText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function byColumns(...columns) {
  return (a, b) => {
    for (const column of columns) {
      const order = byText(a[column] ?? '', b[column] ?? '');
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** `1.20` -> `1.2`, `12.0` -> `12`, `0` and nothing -> ``; throws on what is not plain digits. */
export function normalizePrice(text) {
  if (text === '') return '';
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`not a plain decimal price: ${text}`);
  const [whole, fraction = ''] = text.split('.');
  const digits = fraction.replace(/0+$/, '');
  const units = whole.replace(/^0+(?=\d)/, '');
  const price = digits === '' ? units : `${units}.${digits}`;
  return price === '0' ? '' : price;
}

/** Compares two normalized prices by their digits. */
export function comparePrices(a, b) {
  const [wholeA, fractionA = ''] = a.split('.');
  const [wholeB, fractionB = ''] = b.split('.');
  if (wholeA.length !== wholeB.length) return wholeA.length - wholeB.length;
  if (wholeA !== wholeB) return byText(wholeA, wholeB);
  return byText(fractionA, fractionB);
}

/** Rounds a price half up to so many decimal places, exactly. */
export function roundPrice(text, places) {
  const [whole, fraction = ''] = text.split('.');
  if (fraction.length <= places) return text;
  const kept = BigInt(whole + fraction.slice(0, places));
  const rounded = (kept + (fraction[places] >= '5' ? 1n : 0n)).toString().padStart(places + 1, '0');
  return normalizePrice(`${rounded.slice(0, -places)}.${rounded.slice(-places)}`);
}
