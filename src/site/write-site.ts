import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MtokError } from '../domain/failure.ts';
import { byCodePoint } from '../domain/group.ts';
import { sitePath } from '../domain/site-path.ts';
import type { Study } from '../domain/study.ts';
import { sha256Of } from '../ingest/digest.ts';
import { filesIn, readBytes, readText } from '../ingest/files.ts';
import { removeDurably, writeAllDurably } from '../publish/durable.ts';
import { parseStudy } from '../study/parse.ts';
import { directorySource } from '../verify/directory.ts';
import { Refusal } from '../verify/refusal.ts';
import { analysts } from './pages/analysts.ts';
import { checkPage } from './pages/check-page.ts';
import { exchanges } from './pages/exchanges.ts';
import { indexPage } from './pages/index-page.ts';
import { methodologyPage } from './pages/methodology-page.ts';
import { overview } from './pages/overview.ts';
import { studiesPage } from './pages/studies.ts';
import { studyFiles, studyPage } from './pages/study-page.ts';
import { type Assets, shell } from './parts/shell.ts';
import { readView } from './read-view.ts';

/** What writing a site did. */
export interface SiteWritten {
  readonly pages: number;
  /** Paths that were written: the others had these bytes already. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Writes the pages of a publication and what they load: assets first, then the pages, and what
 * neither names any more is removed last. The same publication gives the same bytes, and files that
 * have them already are left alone. Nothing that is signed is touched.
 *
 * @param out where the pages go: the publication itself, unless they are served from elsewhere.
 * @param changes the studies that come or go; those that are there stay.
 * @throws {MtokError} for a publication that is damaged, and where files cannot be written.
 */
export async function writeSite(
  publication: string,
  out = publication,
  changes: StudyChanges = {},
): Promise<SiteWritten> {
  const files = await siteFiles(publication, await studiesIn(out, changes));
  const written: string[] = [];
  for (const [path, bytes] of files) {
    const found = await readFile(join(out, path)).catch(() => undefined);
    if (!found?.equals(bytes)) written.push(path);
  }
  await writeAllDurably(
    written.map((path) => ({
      path: join(out, path),
      chunks: [files.get(path) ?? Buffer.alloc(0)],
    })),
  );
  const { present, abandoned } = await presentFiles(out);
  const removed = present.filter((path) => !files.has(path));
  await removeDurably([...removed, ...abandoned].map((path) => join(out, path)));
  const pages = [...files.keys()].filter((path) => path.endsWith('.html')).length;
  return { pages, written, removed };
}

/** Every file of the site of a publication with its bytes, in the order in which to write them. */
export async function siteFiles(
  publication: string,
  studies: Studies = new Map(),
): Promise<ReadonlyMap<string, Buffer>> {
  const view = await readView(directorySource(publication)).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    const advice = 'run mtok verify, and restore it from a copy';
    throw new MtokError('data', `${publication}: ${error.message}: ${advice}`);
  });
  const { assets, files } = await readAssets();
  const pages = [
    ...view.indices.map((index) => indexPage(index, view)),
    ...[methodologyPage(view.methodology), exchanges(view), analysts(view), checkPage(view)],
    ...[...studies].map(([name, study]) => studyPage(name, study)),
    ...(studies.size > 0 ? [studiesPage(studies)] : []),
    overview(view),
  ];
  for (const [path, text] of studyFiles(studies)) files.set(path, Buffer.from(text));
  const around = { origin: view.origin, assets, hasStudies: studies.size > 0 };
  for (const page of pages) files.set(page.path, Buffer.from(shell(around, page)));
  return files;
}

/** Studies by the names of their documents. */
export type Studies = ReadonlyMap<string, Study>;

export interface StudyChanges {
  readonly added?: Studies;
  readonly dropped?: readonly string[];
}

/** The studies that a site is to have: those that lie there, those that come, without what goes. */
async function studiesIn(out: string, { added, dropped = [] }: StudyChanges): Promise<Studies> {
  const found = new Map<string, Study>();
  for (const path of await filesIn(join(out, 'studies'), '.json')) {
    const name = basename(path, '.json');
    if (!sitePath(`studies/${name}.json`) || added?.has(name)) continue;
    found.set(name, parseStudy(await readText(path), path));
  }
  for (const [name, study] of added ?? []) found.set(name, study);
  for (const name of dropped) {
    if (found.delete(name)) continue;
    const names = [...found.keys()].join(', ') || 'none';
    throw new MtokError('usage', `expected a study that is there to drop, found ${name}: ${names}`);
  }
  return new Map([...found].sort(([a], [b]) => byCodePoint(a, b)));
}

/** `dist/site/assets/`, where the build puts them; the same place from `src/` and from `dist/`. */
const BUILT = fileURLToPath(new URL('../../dist/site/assets/', import.meta.url));

async function readAssets(): Promise<{ assets: Assets; files: Map<string, Buffer> }> {
  const files = new Map<string, Buffer>();
  const place = (name: keyof Assets, ending: string, bytes: Buffer): string => {
    const path = `assets/${name}-${sha256Of(bytes).slice(0, 16)}.${ending}`;
    files.set(path, bytes);
    return path;
  };
  const built = (name: string) => readBytes(join(BUILT, name));
  const licences = [await built('page-licences.md'), await built('engine-licences.md')];
  const assets = {
    page: place('page', 'js', await built('page.js')),
    engine: place('engine', 'js', await built('engine.js')),
    style: place('style', 'css', await built('style.css')),
    licences: place('licences', 'txt', Buffer.concat(licences)),
  };
  return { assets, files };
}

const STAGED = /^\.(.+)\.[0-9a-f]{12}\.tmp$/;
const ABANDONED_MS = 3_600_000;

/**
 * The files of a site that lie in a directory, of whichever release, and those that a killed run
 * had staged: after an hour nobody is about to name them any more.
 */
async function presentFiles(out: string): Promise<{ present: string[]; abandoned: string[] }> {
  const [present, abandoned]: [string[], string[]] = [[], []];
  for (const folder of ['', 'assets/', 'indices/', 'studies/']) {
    for (const name of await readdir(join(out, folder)).catch(() => [])) {
      const path = `${folder}${name}`;
      if (sitePath(path)) present.push(path);
      const staged = STAGED.exec(name)?.[1];
      if (staged !== undefined && sitePath(`${folder}${staged}`)) {
        const found = await stat(join(out, path)).catch(() => undefined);
        if (found && Date.now() - found.mtimeMs > ABANDONED_MS) abandoned.push(path);
      }
    }
  }
  return { present, abandoned };
}
