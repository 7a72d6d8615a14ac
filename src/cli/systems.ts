import { join } from 'node:path';
import { MtokError, nearest, type Reject } from '../domain/failure.ts';
import type { ReferenceSystem } from '../domain/system.ts';
import { filesIn, readText } from '../ingest/files.ts';
import { parseSystem } from '../ingest/system.ts';
import { describeRejects } from './book.ts';

/** A reference system: a file, or one of the book, `systems/NAME.yaml`. */
export async function systemNamed(named: string, book: string): Promise<ReferenceSystem> {
  const folder = folderOf(book);
  const path = /[./\\]/.test(named) ? named : join(folder, `${named}.yaml`);
  const known = (await filesIn(folder, '.yaml')).map((file) => file.slice(folder.length + 1, -5));
  if (path !== named && !known.includes(named)) {
    const near = nearest(named, known);
    const all = known.length === 0 ? '' : `, or one of ${known.join(', ')}`;
    const advice = near ? `did you mean ${near}?` : `expected a file${all}`;
    throw new MtokError('usage', `unknown reference system ${named}: ${advice}`);
  }
  const { system, rejects } = parseSystem(await readText(path), path);
  if (system) return system;
  throw new MtokError('data', describeRejects(rejects).join('\n'), rejects);
}

/** What is wrong with the reference systems of a book. */
export async function systemFaults(book: string): Promise<Reject[]> {
  const faults: Reject[] = [];
  for (const path of await filesIn(folderOf(book), '.yaml')) {
    for (const reject of parseSystem(await readText(path), path).rejects) faults.push(reject);
  }
  return faults;
}

function folderOf(book: string): string {
  return join(book, 'systems');
}
