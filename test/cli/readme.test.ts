import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { MTOK, ROOT, temporaryDirectory } from './run.ts';

const README = readFileSync('README.md', 'utf8');

/** Fenced blocks of a language, in the order of the page. */
function blocks(language: string): string[] {
  const fences = README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...fences].map(([, text = '']) => text);
}

/** Commands of a console block, each with the output that the page shows for it. */
function commandsOf(block: string): { command: string; shown: string }[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...shown] = part.split('\n');
      return { command, shown: shown.join('\n') };
    });
}

/** A place with `mtok` on its path and as a package, and the files that the page shows by `cat`. */
function userDirectory(): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = temporaryDirectory();
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'mtok'), `#!/bin/sh\nexec "${process.execPath}" "${MTOK}" "$@"\n`);
  chmodSync(join(bin, 'mtok'), 0o755);
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(ROOT, join(cwd, 'node_modules', 'mtok'));
  const path = `${bin}${delimiter}${process.env.PATH}`;
  // A reader who has seen nothing yet.
  return { cwd, env: { ...process.env, PATH: path, XDG_STATE_HOME: join(cwd, 'state') } };
}

it('prints what the README shows for each of its commands', () => {
  const { cwd, env } = userDirectory();
  let ran = 0;
  for (const { command, shown } of blocks('console').flatMap(commandsOf)) {
    const file = /^cat (\S+)$/.exec(command)?.[1];
    if (file !== undefined) {
      writeFileSync(join(cwd, file), shown);
      continue;
    }
    const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' });
    expect(stdout + stderr, command).toMatch(asPattern(shown));
    ran += 1;
  }
  expect(ran).toBeGreaterThanOrEqual(8);
});

it('prints what the README shows for its library example', () => {
  const { cwd, env } = userDirectory();
  for (const { command, shown } of blocks('console').flatMap(commandsOf)) {
    const file = /^cat (\S+)$/.exec(command)?.[1];
    if (file !== undefined) writeFileSync(join(cwd, file), shown);
  }
  const [example = ''] = blocks('js');
  const printed = blocks('text').find((text) => /^\d/.test(text));
  writeFileSync(join(cwd, 'example.mjs'), example);
  const { stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], {
    ...{ cwd, env },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe(printed);
});

/** A line of `...` stands for any lines. */
function asPattern(shown: string): RegExp {
  const parts = shown
    .trimEnd()
    .split(/\n?^\.\.\.$\n?/m)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('\\n?[\\s\\S]*?\\n?')}\\s*$`);
}
