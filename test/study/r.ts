import { spawnSync } from 'node:child_process';
import { hasTool } from '../tools.ts';

/** R, which the statistics of studies are checked against. */
export const hasR = hasTool('Rscript', ['--version'], 'apt-get install r-base-core');

/** What a program prints: numbers with 15 digits, by name, from lines of `name value`. */
export function ofR(program: string): ReadonlyMap<string, number> {
  const say =
    'say <- function(name, value) cat(name, formatC(value, digits = 15, format = "g"), "\\n")\n';
  const { status, stdout, stderr } = spawnSync('Rscript', ['--vanilla', '-'], {
    input: say + program,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`expected Rscript to end with 0, found ${status}: ${stderr}`);
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  return new Map(
    lines.map((line) => {
      const at = line.trimEnd().lastIndexOf(' ');
      return [line.slice(0, at).trimEnd(), Number(line.slice(at))];
    }),
  );
}

/** Numbers as a vector of R, with all their digits. */
export function vectorOf(numbers: readonly number[]): string {
  return `c(${numbers.join(', ')})`;
}

/** Words as a vector of R. */
export function wordsOf(words: readonly string[]): string {
  return `c(${words.map((word) => JSON.stringify(word)).join(', ')})`;
}
