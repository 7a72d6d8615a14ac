import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { MTOK, ROOT, temporaryDirectory } from './run.ts';

/** A page of documentation whose commands are run, and their output compared with what it shows. */
export interface Page {
  /** Fenced blocks of a language, in the order of the page. */
  readonly blocks: (language: string) => string[];
}

export function page(path: string): Page {
  const text = readFileSync(path, 'utf8');
  return {
    blocks: (language) => {
      const fences = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
      return [...fences].map(([, block = '']) => block);
    },
  };
}

/** A place with `mtok` on its path and as a package. */
export interface User {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export function newUser(): User {
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

/**
 * Runs the console blocks of a page, and expects of each command what the page shows.
 *
 * `cat FILE` of a file that is not there makes it as shown. `export NAME=value` holds from then on.
 * In what is shown a line of `...` stands for any lines. The line that names a drill's clock
 * (`MTOK_NOW`) is left out.
 *
 * @param blank stands for anything within a line: keys are random, and what depends on them.
 * @returns how many commands ran.
 */
export function runConsole(
  { blocks }: Page,
  { cwd, env: start }: User,
  { blank }: { readonly blank?: string } = {},
): number {
  const env = { ...start };
  let ran = 0;
  for (const { command, shown } of blocks('console').flatMap(commandsOf)) {
    if (writesFile(command, shown, cwd)) continue;
    const set = /^export (.+)$/.exec(command)?.[1];
    if (set !== undefined) {
      for (const [, name = '', quoted, plain] of set.matchAll(ASSIGNMENT)) {
        env[name] = quoted ?? plain;
      }
      continue;
    }
    // A command that asks has nobody to answer, and ends.
    const { stdout, stderr } = spawnSync('sh', ['-c', command], {
      ...{ cwd, env, input: '' },
      encoding: 'utf8',
    });
    const found = (stdout + stderr).replace(/^The clock is MTOK_NOW: .*\n/gm, '');
    expect(found, command).toMatch(asPattern(shown, blank));
    ran += 1;
  }
  return ran;
}

const ASSIGNMENT = /(\w+)=(?:"([^"]*)"|(\S*))/g;

/** The files that a page shows by `cat`, for what is not run as a console. */
export function writeShownFiles({ blocks }: Page, { cwd }: User): void {
  for (const { command, shown } of blocks('console').flatMap(commandsOf)) {
    writesFile(command, shown, cwd);
  }
}

function writesFile(command: string, shown: string, cwd: string): boolean {
  const file = /^cat (\S+)$/.exec(command)?.[1];
  if (file === undefined || existsSync(join(cwd, file))) return false;
  mkdirSync(dirname(join(cwd, file)), { recursive: true });
  writeFileSync(join(cwd, file), shown);
  return true;
}

/** Commands of a console block, each with the output that the page shows for it. */
function commandsOf(block: string): { command: string; shown: string }[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const lines = part.split('\n');
      const last = lines.findIndex((line) => !line.endsWith('\\'));
      return {
        command: lines.slice(0, last + 1).join('\n'),
        shown: lines.slice(last + 1).join('\n'),
      };
    });
}

function asPattern(shown: string, blank: string | undefined): RegExp {
  const exactly = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const line = (text: string) =>
    blank === undefined ? exactly(text) : text.split(blank).map(exactly).join('[^\\n]*');
  const parts = shown
    .trimEnd()
    .split(/\n?^\.\.\.$\n?/m)
    .map(line);
  return new RegExp(`^${parts.join('\\n?[\\s\\S]*?\\n?')}\\s*$`);
}
