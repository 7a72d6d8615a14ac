import { spawnSync } from 'node:child_process';

/**
 * Whether a tool that a test needs is on this machine. Where it is not the test is skipped, and says
 * what to install; in CI it fails.
 *
 * @param install what brings it, for a Debian machine.
 */
export function hasTool(name: string, args: readonly string[], install: string): boolean {
  const found = spawnSync(name, args).status === 0;
  if (!found && process.env.CI) throw new Error(`expected ${name}: ${install}`);
  if (!found) console.log(`Tests that need ${name} are skipped: ${install}`);
  return found;
}

export const hasOpenssl = hasTool('openssl', ['version'], 'apt-get install openssl');
