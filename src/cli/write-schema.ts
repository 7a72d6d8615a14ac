import { fileURLToPath } from 'node:url';
import { fixingJsonSchema } from '../domain/fixing.ts';
import { settlementJsonSchema } from '../domain/settlement.ts';
import { writeDurably } from '../publish/durable.ts';

/** Part of the build: writes the JSON Schemas of the documents into the package. */
const SCHEMAS = { fixing: fixingJsonSchema(), settlement: settlementJsonSchema() };
for (const [name, schema] of Object.entries(SCHEMAS)) {
  const path = fileURLToPath(new URL(`../${name}.schema.json`, import.meta.url));
  await writeDurably(path, [`${JSON.stringify(schema, null, 2)}\n`]);
}
