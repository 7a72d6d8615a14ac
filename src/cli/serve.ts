import { createRequire } from 'node:module';
import type { Command } from 'commander';
import { MtokError } from '../domain/failure.ts';
import { serve } from '../serve/listen.ts';
import { note } from './output.ts';

interface ServeFlags {
  readonly publication: string;
  readonly port: number;
  readonly host: string;
}

/** `mtok serve`: a publication over HTTP, for those who read and settle. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve a publication over HTTP, read-only')
    .option('--publication <dir>', 'the publication (mtok publish --out)', 'public')
    .option('--port <number>', 'the port to listen on', portFlag, 8080)
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .addHelpText(
      'after',
      `
It has no accounts, writes nothing, and listens to this machine alone unless --host says otherwise:
put it behind a proxy with TLS (README). What it answers is described at /docs and /openapi.json.

Examples:
  mtok serve --publication public
  curl http://127.0.0.1:8080/v1/indices
  curl http://127.0.0.1:8080/v1/indices/MTOK-LIST/latest`,
    )
    .action(run);
}

async function run({ publication, port, host }: ServeFlags): Promise<void> {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  await serve({ directory: publication, port, host, version, note });
}

function portFlag(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new MtokError('usage', `expected a port from 0 to 65535, found ${text}`);
}
