import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const COMMAND = ['fix', '--index', 'MTOK-LIST', '--date', '2025-06-10', '--json'];

/** The program as it is built, in a process of its own. Needs `npm run build`. */
async function output(environment: Readonly<Record<string, string>>): Promise<string> {
  const env = { PATH: process.env.PATH, ...environment };
  const { stdout } = await run(process.execPath, [PROGRAM, ...COMMAND], {
    env,
    encoding: 'latin1',
  });
  return stdout;
}

describe('the bytes of a fixing', () => {
  const reference = output({ TZ: 'UTC', LC_ALL: 'C' });
  it.each([
    ['in Kathmandu', { TZ: 'Asia/Kathmandu' }],
    ['in St. John’s', { TZ: 'America/St_Johns' }],
    ['on Kiritimati', { TZ: 'Pacific/Kiritimati' }],
    ['in Turkish', { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }],
    ['in Arabic', { LANG: 'ar_EG.UTF-8', LC_ALL: 'ar_EG.UTF-8' }],
    ['without a terminal’s colours', { NO_COLOR: '1', TERM: 'dumb' }],
  ])('are the same %s', async (_, environment) => {
    const found = await output(environment);
    expect(found).toBe(await reference);
    expect(JSON.parse(found)).toMatchObject({ index: 'MTOK-LIST', date: '2025-06-10' });
  });
});
