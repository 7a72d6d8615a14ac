import type { Reject } from '../../src/domain/failure.ts';
import type { CsvRecord } from '../../src/ingest/csv.ts';

/**
 * Records of a published CSV file, for a browser: takes the place of `src/ingest/csv.ts`, whose
 * streams and buffers are Node's. Published rows are canonical (LF, RFC 4180), so what is anything
 * else is refused with the line, and never guessed at.
 */
export async function readRecords(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  take: (item: CsvRecord | Reject) => boolean,
): Promise<void> {
  const text = await textOf(bytes);
  const reject = (line: number, code: string, expected: string) =>
    take({ code, file, line, column: '', value: '', expected });
  if (text === undefined) {
    reject(1, 'invalid_utf8', 'UTF-8 text');
    return;
  }
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const read = recordAt(text, at);
    if (!read) {
      const expected = 'quotes around a whole cell, and doubled inside it, and lines ended by LF';
      reject(line, 'malformed_csv', `${expected} (the rest of the file was not read)`);
      return;
    }
    const { cells, next } = read;
    const isBlank = cells.length === 1 && cells[0] === '';
    if (!isBlank && !take({ line, cells })) return;
    for (; at < next; at += 1) if (text[at] === '\n') line += 1;
  }
}

async function textOf(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<string | undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  try {
    for await (const chunk of bytes) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  } catch {
    return undefined;
  }
}

/** One record, and where the next begins; `undefined` for what is no CSV. */
function recordAt(text: string, start: number): { cells: string[]; next: number } | undefined {
  const cells: string[] = [];
  for (let at = start; ; at += 1) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
    if (!cell) return undefined;
    cells.push(cell.value);
    at = cell.end;
    if (at >= text.length) return { cells, next: at };
    if (text[at] === '\n') return { cells, next: at + 1 };
    if (text[at] !== ',') return undefined;
  }
}

interface Cell {
  readonly value: string;
  readonly end: number;
}

function plainCell(text: string, start: number): Cell | undefined {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n') end += 1;
  const value = text.slice(start, end);
  return /["\r\0]/.test(value) ? undefined : { value, end };
}

function quotedCell(text: string, start: number): Cell | undefined {
  let value = '';
  for (let at = start + 1; ; ) {
    const end = text.indexOf('"', at);
    if (end < 0) return undefined;
    value += text.slice(at, end);
    if (text[end + 1] !== '"') return { value, end: end + 1 };
    value += '"';
    at = end + 2;
  }
}
