import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newUser, page, runConsole, writeShownFiles } from './console.ts';

const README = page('README.md');

it('prints what the README shows for each of its commands', () => {
  expect(runConsole(README, newUser())).toBeGreaterThanOrEqual(8);
});

it('prints what the README shows for its library example', () => {
  const user = newUser();
  writeShownFiles(README, user);
  const [example = ''] = README.blocks('js');
  const printed = README.blocks('text').find((text) => /^\d/.test(text));
  writeFileSync(join(user.cwd, 'example.mjs'), example);
  const { stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], {
    ...user,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe(printed);
});
