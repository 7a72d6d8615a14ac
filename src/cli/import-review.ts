import { createReadStream } from 'node:fs';
import { describeReject, MtokError, type Reject, unreadable } from '../domain/failure.ts';
import type { Quote } from '../domain/rows.ts';
import { type Decisions, type ReviewReading, readReview } from '../ingest/import/review.ts';
import { writeDurably } from '../publish/durable.ts';
import { quotesCsv } from '../publish/import.ts';
import { describeRejects } from './book.ts';
import { note, print } from './output.ts';

/** Imports what a person has accepted of what an import held; the rest is named and left. */
export async function importReview(
  files: readonly string[],
  out: string | undefined,
): Promise<void> {
  if (files.length === 0) throw new MtokError('usage', 'expected a review file to import');
  const quotes: Quote[] = [];
  const rejects: Reject[] = [];
  let refused = 0;
  for (const file of files) {
    const reading = await reviewIn(file);
    quotes.push(...reading.quotes);
    rejects.push(...reading.rejects);
    refused += reading.refused;
    for (const warning of reading.warnings) note(`warning: ${describeReject(warning)}`);
  }
  note(`accepted: ${quotes.length}, rejected: ${refused}, left: ${rejects.length}`);
  if (quotes.length > 0) {
    if (out === undefined) for (const line of quotesCsv(quotes)) process.stdout.write(line);
    else {
      await writeDurably(out, quotesCsv(quotes));
      print(`written: ${out}, ${quotes.length} quotes`);
    }
  }
  if (rejects.length === 0) return;
  const advice = 'Decide on these rows, or correct them; the others stand.';
  throw new MtokError('data', [...describeRejects(rejects), advice].join('\n'), rejects);
}

/** What review files decide on; rows that nobody has decided on yet are left to be. */
export async function decisionsIn(files: readonly string[]): Promise<Decisions> {
  const decisions = new Map<string, number>();
  for (const file of files) {
    const reading = await reviewIn(file);
    const rejects = reading.rejects.filter(({ code }) => code !== 'undecided');
    if (rejects.length > 0) {
      const advice = 'Correct the decisions; nothing was imported.';
      throw new MtokError('data', [...describeRejects(rejects), advice].join('\n'), rejects);
    }
    for (const [key, atMs] of reading.decisions) decisions.set(key, atMs);
  }
  return decisions;
}

async function reviewIn(file: string): Promise<ReviewReading> {
  return readReview(createReadStream(file), file).catch((error) => {
    throw unreadable(file, error);
  });
}
