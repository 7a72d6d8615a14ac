import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { MtokError } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { type Book, findBook } from '../ingest/book.ts';
import type { Desk } from '../operate/desk.ts';
import { type OpenedBook, openedBook } from '../operate/publish-book.ts';
import { CORRECT, chooseIndices, openBook, ownBook } from './book.ts';
import { clock } from './clock.ts';
import { openSigner } from './key.ts';

/** The flags of the commands that an administrator works with. */
export interface DeskFlags {
  readonly book?: string;
  readonly publication: string;
  readonly key: string;
}

export function withDeskFlags(command: Command): Command {
  return command
    .option('--book <dir>', 'the book; the shipped one is not written to')
    .requiredOption('--publication <dir>', 'the publication that is made of it')
    .requiredOption('--key <file>', 'the private key to sign the log with (mtok key new)');
}

/** Opens the desk that the flags name. */
export async function openDesk({ book, publication, key }: DeskFlags): Promise<Desk> {
  const directory = ownBook(book);
  await requirePublication(publication, directory);
  const now = clock();
  return { book: directory, publication, signers: [await openSigner(key)], now };
}

/**
 * A publication is a directory of its own, or none yet.
 *
 * @returns whether there is one.
 */
export async function requirePublication(publication: string, book: string): Promise<boolean> {
  if (resolve(publication) === resolve(book)) {
    throw new MtokError('usage', `expected another directory than the book, found ${publication}`);
  }
  const found = await stat(publication).catch(() => undefined);
  if (found && !found.isDirectory()) {
    const what = `expected a directory with a publication, found a file: ${publication}`;
    throw new MtokError('data', what);
  }
  return found !== undefined;
}

/** For commander: a reason that will be published. */
export function reasonFlag(text: string): string {
  if (text.trim() !== '') return text.trim();
  throw new InvalidArgumentError('expected a reason, in words that will be published');
}

/** Reads the book of a desk, as a publication keeps it. */
export async function openDeskBook({ book }: Pick<Desk, 'book'>): Promise<OpenedBook> {
  return openedBook(await openBook({ book }, CORRECT), await findBook(book), book);
}

/** The versions of the one index that is asked for. */
export function oneIndex(book: Book, index: string): readonly Rulebook[] {
  const [versions = []] = chooseIndices(book, index);
  return versions;
}
