import type { Command } from 'commander';
import { MtokError } from '../domain/failure.ts';
import { readText } from '../ingest/files.ts';
import { writeDurably } from '../publish/durable.ts';
import { print, printJson } from './output.ts';

/** Where a document that is rendered goes: into a file, beside one, or to stdout. */
export interface RenderedFlags {
  readonly out?: string;
  readonly check?: string;
  readonly json?: boolean;
}

export function withRenderedFlags(command: Command): Command {
  return command
    .option('--out <file>', 'write it to a file (default: stdout)')
    .option('--check <file>', 'exit with 1 where a file is not what would be rendered')
    .option('--json', 'the text in a JSON document');
}

/**
 * @param name of the command, which is the key of the text in JSON.
 * @param date of what was rendered, where it is of one.
 */
export async function giveRendered(
  name: string,
  text: string,
  date: string | undefined,
  { out, check, json }: RenderedFlags,
): Promise<void> {
  if (check !== undefined) {
    if ((await readText(check)) === text) return print(`${check} is up to date.`);
    const advice = `render it again with mtok ${name} --out ${check}`;
    throw new MtokError('no', `${check} is out of date: ${advice}`);
  }
  if (out !== undefined) {
    await writeDurably(out, [text]);
    return print(`written: ${out}`);
  }
  if (json) printJson({ ...(date === undefined ? {} : { date }), [name]: text });
  else process.stdout.write(text);
}
