import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/**
 * Builds the site's assets into dist/site/assets/: classic scripts, since a browser runs no modules
 * from a disk. `mtok site` names them by their digests.
 */
const web = dirname(fileURLToPath(import.meta.url));
const out = resolve(web, '../dist/site/assets');

/** The reader of CSV that needs Node is replaced by the one that does not. */
const csvForBrowsers = {
  name: 'csv-for-browsers',
  enforce: 'pre',
  resolveId: (source, importer) =>
    /\/ingest\/[a-z-]+\.ts$/.test(importer ?? '') && source === './csv.ts'
      ? resolve(web, 'engine/csv.ts')
      : null,
};

/** What needs Node has no place in a page: a build that reaches it fails. */
const nothingOfNode = {
  name: 'nothing-of-node',
  enforce: 'pre',
  resolveId: (source, importer) => {
    if (source.startsWith('node:')) throw new Error(`${importer} imports ${source}`);
    return null;
  },
};

const entries = { page: 'page/page.ts', engine: 'engine/engine.ts' };
const asked = process.argv.slice(2);

for (const [name, entry] of Object.entries(entries)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  await build({
    root: web,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [csvForBrowsers, nothingOfNode],
    build: {
      outDir: out,
      emptyOutDir: false,
      // Those who wrote what is built in ask to be named with it.
      license: { fileName: `${name}-licences.md` },
      target: 'es2022',
      cssCodeSplit: false,
      lib: {
        entry: resolve(web, entry),
        name: 'mtok',
        formats: ['iife'],
        fileName: () => `${name}.js`,
        cssFileName: 'style',
      },
    },
  });
}
