/** The alternative that `cold-start.mjs` compares with: reads and parses, and does nothing else. */
import { createReadStream, readdirSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';

const data = fileURLToPath(new URL('../data/', import.meta.url));
const files = ['models.csv', 'sellers.csv', 'corrections.csv'].concat(
  ['quotes', 'usage', 'fx'].flatMap((kind) =>
    readdirSync(data + kind).map((name) => `${kind}/${name}`),
  ),
);
let rows = 0;
for (const file of files) {
  const parser = parse({ bom: true, from: 2 });
  parser.on('data', () => {
    rows += 1;
  });
  await pipeline(createReadStream(data + file), parser);
}
console.log(rows);
