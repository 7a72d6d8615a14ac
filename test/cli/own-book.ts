import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rulebookText } from '../fix/small-book.ts';
import { mtok, type Run, temporaryDirectory } from './run.ts';

/** A book in a directory of its own, and the command run beside it. */
export interface OwnBook {
  readonly cwd: string;
  readonly write: (path: string, text: string) => void;
  readonly run: (...args: readonly string[]) => Run;
}

export const QUOTE_COLUMNS =
  'seller,model,venue,effective_at,observed_at,event,input,output,cached_input';

/** @param keys of its rulebook, beside those of the small one. */
export function ownBook(
  quotes: readonly string[],
  keys: Readonly<Record<string, string>> = {},
): OwnBook {
  const cwd = temporaryDirectory();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  write('book/rulebooks/TEST.yaml', rulebookText(keys));
  write('book/quotes/first.csv', csv(quotes));
  return { cwd, write, run: (...args) => mtok([...args, '--book', 'book'], { cwd }) };
}

/** `2026-07-03T08:00:00Z acme/alpha 4+0.5 router` as a row that says when it was seen. */
export function csv(lines: readonly string[]): string {
  const rows = lines.map((line) => {
    const [moment, name = '', said = '', venue = ''] = line.split(' ');
    const [price = '', cached = ''] = said.split('+');
    const [seller, model] = name.split('/');
    const prices =
      price === 'withdrawn' ? ['withdrawn', '', '', ''] : ['quote', price, price, cached];
    return [seller, model, venue, moment, moment, ...prices].join(',');
  });
  return `${[QUOTE_COLUMNS, ...rows].join('\n')}\n`;
}
