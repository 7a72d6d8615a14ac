import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { describeReject, MtokError, unreadable } from '../../domain/failure.ts';
import { CellFault, cell, name, optionalCell, text, wholeNumber } from '../cells.ts';
import { readTable, type Table } from '../table.ts';
import type { LongContext } from './feed.ts';

/**
 * Reads from how many tokens on sellers charge for a long prompt, where their feeds only say that
 * it is long: CSV `seller,model,context_from,source`. A model may end in `*` for all that begin so;
 * the longest name that fits counts.
 *
 * @throws {MtokError} for a file that cannot be read, or a row that says nothing.
 * @example (await readLongContext('long-context.csv'))('azure', '5.4') // 272000
 */
export async function readLongContext(file: string): Promise<LongContext> {
  const { rows, rejects } = await readTable(LONG_CONTEXT, createReadStream(file), file).catch(
    (error: NodeJS.ErrnoException) => {
      throw unreadable(file, error);
    },
  );
  if (rejects.length > 0) {
    throw new MtokError('data', rejects.map(describeReject).join('\n'), rejects);
  }
  const known = rows.map(({ row }) => row).sort((a, b) => b.model.length - a.model.length);
  return (seller, model) =>
    known.find((row) => row.seller === seller && fits(row.model, model))?.context_from;
}

function fits(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern;
}

function tokens(cell: string): number | CellFault {
  const whole = wholeNumber(cell);
  if (whole instanceof CellFault) return whole;
  const isLong = whole > 0n && whole <= BigInt(Number.MAX_SAFE_INTEGER);
  return isLong ? Number(whole) : new CellFault('not_a_number', 'a number of tokens above 0');
}

const cells = z.object({
  seller: cell(name),
  model: cell(name),
  context_from: cell(tokens),
  source: optionalCell(text, ''),
});

const LONG_CONTEXT: Table<z.output<typeof cells>> = {
  kind: 'long-context',
  columns: Object.keys(cells.shape),
  required: ['seller', 'model', 'context_from'],
  aliases: {},
  schema: cells,
};
