import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { note, print, printJson } from './output.ts';

interface SiteFlags {
  readonly publication: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `mtok site`: the pages of a publication, for people. */
export function addSite(program: Command): void {
  program
    .command('site')
    .description('write the pages of a publication: look at the index, and check it yourself')
    .option('--publication <dir>', 'the publication (mtok publish --out)', 'public')
    .option('--out <dir>', 'where the pages go (default: the publication)')
    .option('--json', 'what was written, as JSON')
    .addHelpText(
      'after',
      `
Every mtok publish writes them too. They are made from what is published: nothing that is signed
changes, and the same publication gives the same bytes. Any web server serves them, and mtok serve;
opened from a disk they show the latest values, and check a bundle or a folder.

Examples:
  mtok site --publication public
  mtok serve --publication public`,
    )
    .action(run);
}

async function run({ publication, out, json }: SiteFlags): Promise<void> {
  const { writeSite } = await import('../site/write-site.ts');
  const done = await writeSite(publication, out);
  if (json) {
    printJson(done);
    return;
  }
  const { pages, written, removed } = done;
  const gone = removed.length > 0 ? `, ${removed.length} of before removed` : '';
  print(`${pages} pages in ${out ?? publication}: ${written.length} files written${gone}`);
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
