import { spawnSync } from 'node:child_process';
import { hasTool } from '../tools.ts';

export const hasR = hasTool(
  'Rscript',
  ['--version'],
  'apt-get install --no-install-recommends r-base-core',
);

/** Runs a few lines of R, and gives the numbers that they print, at 17 digits. */
export function inR(lines: string): number[] {
  const script = `out <- function(...) cat(format(c(...), digits = 17), sep = "\\n")\n${lines}`;
  const { status, stdout, stderr } = spawnSync('Rscript', ['--vanilla', '-'], {
    input: script,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Rscript: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((text) => Number(text.trim()));
}

/** Numbers as a vector of R. */
export function vector(values: readonly (number | string)[]): string {
  return `c(${values.join(', ')})`;
}
