import { markdownTable } from '../methodology/markdown.ts';

/** Where something is answered: each names a thing that is there, which a test looks up. */
export type Reference =
  /** A heading of the statement, by its number. */
  | { readonly kind: 'section'; readonly name: string }
  | { readonly kind: 'command'; readonly name: string }
  /** A page that ships with mtok. */
  | { readonly kind: 'page'; readonly name: string }
  /** A file of a publication (docs/publication.md). */
  | { readonly kind: 'published'; readonly name: string }
  /** A file of a book (docs/formats.md). */
  | { readonly kind: 'book'; readonly name: string };

/** One point that is asked of an administrator, and what of mtok answers it. */
export interface Answer {
  /** As it is cited: `27(1)(a)`, or the number of a principle. */
  readonly point: string;
  /** What it is about, in a few words of our own; of a principle its name. */
  readonly about: string;
  readonly answer: string;
  readonly by: readonly Reference[];
  /** What only the administrator's organization can say; empty where there is nothing. */
  readonly cannot: string;
}

export const section = (...names: string[]) => named('section', names);
export const command = (...names: string[]) => named('command', names);
export const page = (...names: string[]) => named('page', names);
export const published = (...names: string[]) => named('published', names);
export const book = (...names: string[]) => named('book', names);

function named(kind: Reference['kind'], names: readonly string[]): Reference[] {
  return names.map((name) => ({ kind, name }));
}

export function answerTable(title: string, answers: readonly Answer[]): string {
  return markdownTable(
    [title, 'what it is about', 'how mtok answers it', 'where', 'what mtok cannot answer'],
    answers.map(({ point, about, answer, by, cannot }) => [
      ...[point, about, answer, by.map(shown).join(', ') || '–', cannot || '–'],
    ]),
  );
}

function shown({ kind, name }: Reference): string {
  switch (kind) {
    case 'section':
      return `section ${name}`;
    case 'command':
      return `\`mtok ${name}\``;
    case 'page':
    case 'book':
      return `\`${name}\``;
    case 'published':
      return `\`${name}\` as published`;
  }
}
