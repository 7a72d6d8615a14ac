/** csv-parse alone, reading arrays. Prints how many records it read. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

let records = 0;
const parser = parse({ relax_column_count: true });
parser.on('data', () => {
  records += 1;
});
parser.on('end', () => console.log(JSON.stringify({ records })));
createReadStream(process.argv[2]).pipe(parser);
