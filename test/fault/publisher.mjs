// Publishes prepared requests one after the other, and reports each on a line of its own once it is
// published: what a fault strikes. Arguments: the file with the requests, and the directory.
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { signerOf } from '../../dist/publish/log/keys.js';
import { publish } from '../../dist/publish/publication/publish.js';

const [requests, directory] = process.argv.slice(2);
const { origin, seed, days } = JSON.parse(readFileSync(requests, 'utf8'));
const signer = signerOf(origin, 'log', Buffer.from(seed, 'hex'));
writeSync(1, 'ready\n');
try {
  for (const { day, drafts, rulebooks, ...request } of days) {
    await publish(directory, [signer], {
      ...request,
      drafts: drafts.map((draft) => ({ ...draft, input: (kind) => draft.inputs[kind] })),
      rulebooks: new Map(rulebooks),
      methodology: () => '# Methodology\n',
    });
    const checkpoint = readFileSync(join(directory, 'checkpoint'), 'utf8');
    writeSync(1, `${JSON.stringify({ day, checkpoint })}\n`);
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(4);
}
