import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MtokError } from '../../../../src/domain/failure.ts';
import type { Transport } from '../../../../src/ingest/engines/clickhouse/answer.ts';

interface Session {
  query(sql: string, format?: string): string;
  cleanup(): void;
}

/**
 * The current engine in this process, from the npm package chdb in the folder that MTOK_CHDB names;
 * `undefined` where there is none. In CI there has to be one.
 */
export function openChdb(): Session | undefined {
  const folder = process.env.MTOK_CHDB;
  const install = 'npm install --prefix DIR --no-save chdb@3.4.0, then MTOK_CHDB=DIR (546 MB)';
  if (!folder && process.env.CI) throw new Error(`expected chdb: ${install}`);
  if (!folder) {
    console.log(`Tests that need chdb are skipped: ${install}`);
    return undefined;
  }
  const require = createRequire(join(folder, 'package.json'));
  const { Session } = require('chdb') as { Session: new () => Session };
  return new Session();
}

/** Runs SQL in this process: all but the connection is as with a server. */
export function inProcess(session: Session): Transport {
  const failure = (text: string) => new MtokError('environment', text);
  return {
    async *answer(sql) {
      let text: string;
      try {
        text = session.query(sql, 'TabSeparated');
      } catch (error) {
        throw failure(`${error instanceof Error ? error.message : error} in ${sql}`);
      }
      const bytes = Buffer.from(text);
      // In pieces, as they come from a socket.
      for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
    },
    failure,
    close: async () => undefined,
  };
}
