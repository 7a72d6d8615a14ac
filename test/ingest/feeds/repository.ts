import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A repository of its own, whose commits are made at given times. */
export function repository() {
  const directory = mkdtempSync(join(tmpdir(), 'mtok-git-'));
  const git = (args: readonly string[], time = '2026-01-01T00:00:00Z') =>
    execFileSync('git', args, {
      cwd: directory,
      env: {
        ...{ PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: '1' },
        ...{ GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.org' },
        ...{ GIT_COMMITTER_NAME: 'c', GIT_COMMITTER_EMAIL: 'c@example.org' },
        ...{ GIT_AUTHOR_DATE: '2020-01-01T00:00:00Z', GIT_COMMITTER_DATE: time },
      },
      encoding: 'utf8',
    });
  git(['init', '-q', '-b', 'main']);
  return {
    directory,
    git,
    /** Commits a file with a text, or without it. */
    commit: (time: string, text: string | null, path = 'prices.json') => {
      if (text === null) rmSync(join(directory, path));
      else writeFileSync(join(directory, path), text);
      git(['add', '-A']);
      git(['commit', '-q', '--allow-empty', '-m', 'x'], time);
    },
  };
}
