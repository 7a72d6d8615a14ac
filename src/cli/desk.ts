import type { Command } from 'commander';
import type { Rulebook } from '../domain/rulebook.ts';
import { type Book, findBook } from '../ingest/book.ts';
import type { Desk } from '../operate/desk.ts';
import { type OpenedBook, openedBook } from '../operate/publish-book.ts';
import { chooseIndices, openBook, ownBook } from './book.ts';
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
  const now = clock();
  return { book: directory, publication, signers: [await openSigner(key)], now };
}

/** Reads the book of a desk, as a publication keeps it. */
export async function openDeskBook({ book }: Pick<Desk, 'book'>): Promise<OpenedBook> {
  return openedBook(await openBook({ book }), await findBook(book), book);
}

/** The versions of the one index that is asked for. */
export function oneIndex(book: Book, index: string): readonly Rulebook[] {
  const [versions = []] = chooseIndices(book, index);
  return versions;
}
