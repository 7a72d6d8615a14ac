import type { Contract } from '../domain/contract.ts';
import { MtokError, nearest } from '../domain/failure.ts';
import { type Book, readContracts } from '../ingest/book.ts';
import { describeRejects } from './book.ts';

/** A contract by its file, or by its name in the book. */
export async function contractNamed(named: string, book: Book): Promise<Contract> {
  const inBook = book.contracts.find(({ contract }) => contract === named);
  if (inBook) return inBook;
  if (!/[./\\]/.test(named)) {
    const known = book.contracts.map(({ contract }) => contract);
    const near = nearest(named, known);
    const all = known.length === 0 ? '' : `, or one of ${known.join(', ')}`;
    const advice = near ? `did you mean ${near}?` : `expected a file${all}`;
    throw new MtokError('usage', `unknown contract ${named}: ${advice}`);
  }
  const { contracts, rejects } = await readContracts([named]);
  if (contracts[0]) return contracts[0];
  throw new MtokError('data', describeRejects(rejects).join('\n'), rejects);
}
