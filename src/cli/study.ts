import { extname } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { MtokError } from '../domain/failure.ts';
import { type Study, type StudyTable, studySchema } from '../domain/study.ts';
import { canonicalJson } from '../publish/canonical.ts';
import { writeDurably } from '../publish/durable.ts';
import { parquetFile } from '../publish/parquet.ts';
import { tableCsv, typedTable } from '../study/table-text.ts';
import { note, print, printJson, refuseClashes } from './output.ts';
import { describeStudy } from './study-view.ts';
import { styleFor } from './terminal.ts';

/** Where a study goes: to the terminal, to stdout as JSON, or into files. */
export interface StudyFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** Adds the flags that every command has which gives a study. */
export function withStudyFlags(command: Command): Command {
  return command
    .option('--out <file>', 'its tables as .csv or .parquet, or all of it as .json', studyFile)
    .option('--json', 'the study as a JSON document')
    .addHelpText(
      'after',
      `
The first table goes to the file of --out, each further one beside it: f.NAME.csv. What it rests on
is in the JSON, which mtok chart --study draws and mtok site --study makes a page of.`,
    );
}

/**
 * Shows a study, or writes it.
 *
 * @param inputs the files that it was made of: no output replaces one.
 */
export async function giveStudy(
  study: Study,
  { out, json }: StudyFlags,
  inputs: readonly (string | undefined)[] = [],
): Promise<void> {
  requireStudyFlags({ ...(out === undefined ? {} : { out }), ...(json ? { json } : {}) });
  const whole = studySchema.parse(study);
  if (out === undefined) {
    if (json) return printJson(whole);
    const { stdout, env } = process;
    for (const line of describeStudy(whole, styleFor(stdout, env), stdout.columns)) print(line);
    return;
  }
  const files = filesOf(whole, out);
  refuseClashes(
    files.map(({ path }) => path),
    inputs,
  );
  for (const { path, write, said } of files) {
    await write(path);
    (json ? note : print)(`written: ${path}, ${said}`);
  }
  for (const warning of whole.warnings) note(warning);
  if (json) printJson(whole);
}

/** A command that calculates for long asks first. @throws {MtokError} where the flags disagree. */
export function requireStudyFlags({ out, json }: StudyFlags): void {
  if (out === undefined || !json || endingOf(out) === '.json') return;
  throw new MtokError('usage', `expected --json or a ${endingOf(out)} file, not both`);
}

interface StudyFile {
  readonly path: string;
  readonly said: string;
  readonly write: (path: string) => Promise<void>;
}

function filesOf(study: Study, out: string): StudyFile[] {
  if (endingOf(out) === '.json') {
    const said = study.tables.length === 1 ? '1 table' : `${study.tables.length} tables`;
    return [{ path: out, said, write: (path) => writeDurably(path, [canonicalJson(study)]) }];
  }
  const stem = out.slice(0, -extname(out).length);
  return study.tables.map((table, at) => ({
    path: at === 0 ? out : `${stem}.${table.name}${extname(out)}`,
    said: table.rows.length === 1 ? '1 row' : `${table.rows.length} rows`,
    write: (path) => writeTable(table, path),
  }));
}

async function writeTable(table: StudyTable, path: string): Promise<void> {
  if (endingOf(path) === '.csv') return writeDurably(path, tableCsv(table));
  const { types, rows } = typedTable(table);
  const { chunks, write } = parquetFile(types, rows);
  await write(path, chunks);
}

function endingOf(path: string): string {
  return extname(path).toLowerCase();
}

function studyFile(path: string): string {
  if (['.csv', '.parquet', '.json'].includes(endingOf(path))) return path;
  throw new InvalidArgumentError(`expected it to end in .csv, .parquet or .json`);
}
