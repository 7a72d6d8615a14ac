import type { Study, StudyColumn, StudyTable } from '../domain/study.ts';
import { type Column, type Style, table as tableOf } from './terminal.ts';

/**
 * A study as a terminal shows it: what it says, its tables, and what it rests on.
 *
 * @param widest characters that a line of a table has room for.
 */
export function describeStudy(study: Study, style: Style, widest?: number): string[] {
  const { title, about, findings, tables, assumptions, warnings, sources } = study;
  return [
    style.bold(title),
    about,
    ...list('', findings, style),
    ...tables.flatMap((one, at) => {
      return ['', ...describeTable(one, at === 0 ? SHOWN_ROWS : SHOWN_FURTHER, style, widest)];
    }),
    ...list('Assumptions', assumptions, style),
    ...list('Warnings', warnings, style),
    ...list('Sources', sources, style),
  ];
}

function list(title: string, sentences: readonly string[], style: Style): string[] {
  if (sentences.length === 0) return [];
  const heads = title === '' ? [] : [style.bold(title)];
  return ['', ...heads, ...sentences.flatMap((one) => wrapped(one, title === '' ? '' : '  '))];
}

/** As many rows as a reader goes through, of the main table and of others; files have them all. */
const SHOWN_ROWS = 40;
const SHOWN_FURTHER = 12;

function describeTable(
  { title, columns, rows }: StudyTable,
  most: number,
  style: Style,
  widest: number | undefined,
): string[] {
  const shown = rows.slice(0, most);
  const left = rows.length - shown.length;
  return [
    style.bold(title),
    ...(rows.length === 0 ? ['  none'] : tableOf(columns.map(columnOf), shown, style, widest)),
    ...(left > 0 ? [style.dim(`… and ${left} more: --out FILE has all ${rows.length}`)] : []),
  ];
}

function columnOf({ name, type, unit }: StudyColumn): Column {
  const title = name.replaceAll('_', ' ') + (unit === undefined ? '' : `, ${unit}`);
  return type === 'integer' || type === 'decimal' ? { title, align: 'right' } : { title };
}

const WIDTH = 100;

/** A sentence in lines that fit; its further lines stand under its first. */
function wrapped(sentence: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(indent + line);
      line = indent === '' ? word : `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
