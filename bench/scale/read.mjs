/** An engine reads, judges and reduces a file of quotes. Prints how many rows it accepted and kept. */
import { engineNamed } from '../../dist/ingest/engines/choose.js';

const [name, file] = process.argv.slice(2);
const engine = await engineNamed(name, { memoryMb: 512 });
const { count, rows, rejects } = await engine.quotes({
  paths: [file],
  options: {},
  isWhole: () => false,
});
console.log(JSON.stringify({ count, kept: rows.length, rejects: rejects.length }));
