import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { MtokError, type Reject } from '../../domain/failure.ts';
import { type FeedDocument, MOST_BYTES } from './page.ts';

/** The versions of one file in a repository, oldest first. */
export interface FileHistory {
  readonly versions: readonly FileVersion[];
  /** Versions that nobody can be told from another by their time, and clocks that ran back. */
  readonly warnings: readonly Reject[];
  /** Each version in turn as a document, with no more than one in memory. */
  readonly documents: () => AsyncGenerator<FeedDocument>;
}

export interface FileVersion {
  readonly commit: string;
  /** The committer's time, but never before that of the version it replaces. */
  readonly observedAtMs: number;
}

/**
 * Finds the versions of a file on the line of first parents: what the branch itself has said, each
 * from when it said so. A commit on a side branch counts when it is merged.
 *
 * @param path from the root of the repository, which may be bare.
 * @throws {MtokError} of kind `environment` where git or the repository is missing, and of kind
 *   `usage` where no commit has the path.
 */
export async function fileHistory(repository: string, path: string): Promise<FileHistory> {
  const log = await git(repository, [
    ...['-c', 'log.showSignature=false', 'log', '--first-parent', '-m', '--reverse'],
    ...['--format=%H %ct', 'HEAD', '--', `:(top,literal)${path}`],
  ]);
  const commits = log.split('\n').flatMap((line) => {
    const [commit, seconds] = line.split(' ');
    return commit && seconds ? [{ commit, committedAtMs: Number(seconds) * 1000 }] : [];
  });
  if (commits.length === 0 || /[\r\n]/.test(path)) {
    const advice = 'give --path from the root of the repository';
    throw new MtokError('usage', `no commit of ${repository} has ${path}: ${advice}`);
  }
  const { versions, warnings } = inOrderOfTime(commits, path);
  return { versions, warnings, documents: () => readVersions(repository, path, versions) };
}

/**
 * Gives each version a time of its own. Git's clocks are those of the committers, and a rebase
 * writes many commits in one second: the last of a second is what stood after it.
 */
function inOrderOfTime(
  commits: readonly { readonly commit: string; readonly committedAtMs: number }[],
  path: string,
) {
  const versions: FileVersion[] = [];
  const warnings: Reject[] = [];
  const warn = (commit: string, code: string, value: string, expected: string) =>
    warnings.push({ code, file: nameOf(path, commit), line: 0, column: '', value, expected });
  for (const { commit, committedAtMs } of commits) {
    const before = versions.at(-1);
    if (before && committedAtMs < before.observedAtMs) {
      const [value, least] = [committedAtMs, before.observedAtMs].map((ms) => String(ms / 1000));
      warn(commit, 'clock_ran_back', value ?? '', `a time after that of its parent, ${least}`);
    }
    const observedAtMs = Math.max(committedAtMs, before?.observedAtMs ?? 0);
    if (before?.observedAtMs === observedAtMs) {
      versions.pop();
      const expected = `a second of its own: ${commit.slice(0, 10)} replaces it at once`;
      warn(before.commit, 'same_second', before.commit, expected);
    }
    versions.push({ commit, observedAtMs });
  }
  return { versions, warnings };
}

async function* readVersions(
  repository: string,
  path: string,
  versions: readonly FileVersion[],
): AsyncGenerator<FeedDocument> {
  const batch = spawn('git', ['-C', repository, 'cat-file', '--batch'], { env: environment() });
  batch.stderr.resume();
  batch.stdin.on('error', () => undefined);
  const answers = new Answers(batch);
  try {
    for (const version of versions) {
      batch.stdin.write(`${version.commit}:${path}\n`);
      const header = await answers.line();
      const [, kind, size] = / (blob|tree|commit|tag) (\d+)$/.exec(header) ?? [];
      const bytes = size === undefined ? undefined : await answers.bytes(Number(size));
      if (bytes) await answers.bytes(1);
      const file = nameOf(path, version.commit);
      const { observedAtMs } = version;
      if (bytes && kind === 'blob') yield { observedAtMs, pages: [{ file, path, bytes }] };
      else yield { observedAtMs, pages: [], fault: noFile(file, kind ?? 'nothing') };
    }
  } finally {
    batch.stdin.end();
    batch.kill();
  }
}

function noFile(file: string, value: string): Reject {
  const expected = 'a file: the version before it stands';
  return { code: 'no_file', file, line: 0, column: '', value, expected };
}

/** Reads the output of `cat-file --batch`: a line, then so many bytes. */
class Answers {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(batch: ChildProcessWithoutNullStreams) {
    this.#chunks = batch.stdout[Symbol.asyncIterator]();
    batch.on('error', (error) => batch.stdout.destroy(error));
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf(0x0a);
      if (end >= 0) {
        const line = this.#held.toString('utf8', 0, end);
        this.#held = this.#held.subarray(end + 1);
        return line;
      }
      this.#held = Buffer.concat([this.#held, await this.#next()]);
    }
  }

  /** The next bytes, of which no more are kept than a feed's file may have, and one. */
  async bytes(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let kept = 0;
    let left = size;
    while (left > 0) {
      if (this.#held.length === 0) this.#held = await this.#next();
      const part = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(part.length);
      left -= part.length;
      if (kept <= MOST_BYTES) parts.push(part.subarray(0, MOST_BYTES + 1 - kept));
      kept += part.length;
    }
    return Buffer.concat(parts);
  }

  async #next(): Promise<Buffer> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new MtokError('environment', 'git cat-file ended before its answer');
    return value;
  }
}

/** The log of a file with a hundred thousand versions is smaller. */
const MOST_LOG_BYTES = 16 * 1024 * 1024;

async function git(repository: string, args: readonly string[]): Promise<string> {
  const options = { env: environment(), maxBuffer: MOST_LOG_BYTES };
  const run = promisify(execFile)('git', ['-C', repository, ...args], options);
  const { stdout } = await run.catch((error: { code?: unknown; stderr?: string }) => {
    const said = error.stderr?.trim().split('\n')[0] ?? '';
    const why = error.code === 'ENOENT' ? 'git is not installed' : said || String(error.code);
    throw new MtokError('environment', `cannot read the repository ${repository}: ${why}`);
  });
  return stdout;
}

/** Another repository, or the network, that the environment names is not what was asked for. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(own), GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' };
}

function nameOf(path: string, commit: string): string {
  return `${path}@${commit.slice(0, 10)}`;
}
