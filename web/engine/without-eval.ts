import { config } from 'zod';

/** Schemas that are compiled need `eval`, which the pages' policy forbids: they are read instead. */
config({ jitless: true });
