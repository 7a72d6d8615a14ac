import { fileURLToPath } from 'node:url';
import { fixingJsonSchema } from '../domain/fixing.ts';
import { writeDurably } from '../publish/durable.ts';

/** Part of the build: writes the JSON Schema of the fixing document into the package. */
const path = fileURLToPath(new URL('../fixing.schema.json', import.meta.url));
await writeDurably(path, [`${JSON.stringify(fixingJsonSchema(), null, 2)}\n`]);
