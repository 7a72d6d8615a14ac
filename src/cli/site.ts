import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { MtokError } from '../domain/failure.ts';
import { type Study, studyName } from '../domain/study.ts';
import { readText } from '../ingest/files.ts';
import { note, print, printJson } from './output.ts';

interface SiteFlags {
  readonly publication: string;
  readonly out?: string;
  readonly study?: readonly string[];
  readonly dropStudy?: readonly string[];
  readonly json?: boolean;
}

/** `mtok site`: the pages of a publication, for people. */
export function addSite(program: Command): void {
  program
    .command('site')
    .description('write the pages of a publication: look at the index, and check it yourself')
    .option('--publication <dir>', 'the publication (mtok publish --out)', 'public')
    .option('--out <dir>', 'where the pages go (default: the publication)')
    .option('--study <file...>', 'studies to put beside them (mtok stats --out study.json)')
    .option('--drop-study <name...>', 'studies to take away again')
    .option('--json', 'what was written, as JSON')
    .addHelpText(
      'after',
      `
Every mtok publish writes them too. They are made from what is published: nothing that is signed
changes, and the same publication gives the same bytes. Any web server serves them, and mtok serve;
opened from a disk they show the latest values, and check a bundle or a folder.

A study becomes studies/NAME.json, after the name of its file, with a page and its tables as CSV; it
stays there until it is replaced or dropped. The log knows nothing of studies.

Examples:
  mtok site --publication public
  mtok site --publication public --study volatility.json hedge.json
  mtok serve --publication public`,
    )
    .action(run);
}

async function run(flags: SiteFlags): Promise<void> {
  const { publication, out, json } = flags;
  const added = await studiesOf(flags.study ?? []);
  const { writeSite } = await import('../site/write-site.ts');
  const done = await writeSite(publication, out, { added, dropped: flags.dropStudy ?? [] });
  if (json) {
    printJson(done);
    return;
  }
  const { pages, written, removed } = done;
  const gone = removed.length > 0 ? `, ${removed.length} of before removed` : '';
  print(`${pages} pages in ${out ?? publication}: ${written.length} files written${gone}`);
}

/** Each under the name of its file, which is its address too. */
async function studiesOf(paths: readonly string[]): Promise<ReadonlyMap<string, Study>> {
  const { parseStudy } = await import('../study/parse.ts');
  const studies = new Map<string, Study>();
  for (const path of paths) {
    const name = basename(path).replace(/\.json$/, '');
    if (!studyName.safeParse(name).success) {
      const expected = 'a file named in small letters, digits and -, such as volatility.json';
      throw new MtokError('usage', `expected ${expected}: found ${path}`);
    }
    if (studies.has(name)) {
      throw new MtokError('usage', `expected studies of different names, found ${name} twice`);
    }
    studies.set(name, parseStudy(await readText(path), path));
  }
  return studies;
}

/**
 * Writes the site of a publication that has just grown. It is no part of what was published: where
 * it cannot be written the command says so, and has published all the same.
 */
export async function refreshSite(publication: string): Promise<void> {
  // Where nothing was ever published there is nothing to show.
  if (!existsSync(join(publication, 'checkpoint'))) return;
  try {
    const { writeSite } = await import('../site/write-site.ts');
    await writeSite(publication);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    note(`published, but the pages for people were not written: ${why}. Then: mtok site`);
  }
}
