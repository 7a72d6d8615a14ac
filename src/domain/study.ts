import { z } from 'zod';
import { isDay } from './dates.ts';

/**
 * What an analyst's command finds: tidy tables, what they rest on, and what they say in sentences.
 * Every such command gives one, so that all of them print, write CSV and Parquet, draw charts and
 * become pages in one way. A study is research: no fixing depends on it.
 */
export const studyName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected a name: small letters, digits, -');

const column = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected a name: small letters, digits, _'),
  type: z.enum(['text', 'day', 'month', 'integer', 'decimal']),
  unit: z.string().optional().describe('USD/MTok, share, days; left out where there is none'),
  means: z.string().min(1).describe('One phrase, for whoever opens the file alone'),
});

const table = z.strictObject({
  name: studyName,
  title: z.string().min(1),
  columns: z.array(column).min(1),
  rows: z.array(z.array(z.string())).describe('Cells as text, a cell a column; empty: nothing'),
});

const chart = z.strictObject({
  name: studyName,
  title: z.string().min(1),
  kind: z.enum(['line', 'points']).describe('Steps from day to day; or points on two numbers'),
  table: studyName.describe('The table whose rows it draws'),
  x: z.string().describe('A column: days or months of a line, numbers of points'),
  y: z.array(z.string()).min(1).describe('Columns; a line each'),
  by: z.string().optional().describe('A column: a line for each of its values'),
  label: z.string().optional().describe('A column: what stands beside each point'),
  log: z
    .array(z.enum(['x', 'y']))
    .optional()
    .describe('Axes by ratio; x of points alone'),
  unit: z.string(),
});

const shape = z
  .strictObject({
    schema: z.literal('mtok.study/1'),
    study: studyName.describe('The command that found it'),
    title: z.string().min(1),
    about: z.string().min(1).describe('Of what, and of which days'),
    assumptions: z.array(z.string()).min(1).describe('What it rests on: no number goes without'),
    findings: z.array(z.string()).describe('What it says, in sentences'),
    warnings: z.array(z.string()).describe('What it cannot say'),
    tables: z.array(table).min(1).describe('The first is the main one'),
    charts: z.array(chart),
    sources: z.array(z.string()).describe('Of the data, with licences where they ask for a line'),
  })
  .describe('What an analysis found');

/** The document, with cells of their types and charts of columns that are there. */
export const studySchema = shape.superRefine((study, context) => {
  for (const fault of faultsOf(study).slice(0, SHOWN_FAULTS)) {
    context.addIssue({ code: 'custom', message: fault });
  }
});

const SHOWN_FAULTS = 10;

export type Study = z.output<typeof shape>;
export type StudyTable = z.output<typeof table>;
export type StudyColumn = z.output<typeof column>;
export type StudyChart = z.output<typeof chart>;

const CELLS: Readonly<Record<StudyColumn['type'], (text: string) => boolean>> = {
  text: () => true,
  day: isDay,
  month: (text) => /^\d{4}-(?:0[1-9]|1[0-2])$/.test(text),
  integer: (text) => /^-?\d+$/.test(text),
  decimal: (text) => /^-?\d+(?:\.\d+)?$/.test(text),
};

/** What the shape alone does not show, a sentence each. */
function faultsOf({ tables, charts }: Study): string[] {
  return [
    ...repeated(tables).map((one) => `expected tables of different names, found ${one} twice`),
    ...repeated(charts).map((one) => `expected charts of different names, found ${one} twice`),
    ...tables.flatMap(faultsOfTable),
    ...charts.flatMap((one) => faultsOfChart(one, tables)),
  ];
}

function faultsOfTable({ name: table, columns, rows }: StudyTable): string[] {
  const wrong = (row: readonly string[], at: number): string[] => {
    const place = `table ${table}, row ${at + 1}`;
    if (row.length !== columns.length) {
      return [`${place}: expected ${columns.length} cells, found ${row.length}`];
    }
    return columns.flatMap(({ name: column, type }, cell) => {
      const text = row[cell] ?? '';
      if (text === '' || CELLS[type](text)) return [];
      return [`${place}, ${column}: expected ${ARTICLES[type]}, found "${text}"`];
    });
  };
  const twice = repeated(columns).map((one) => `table ${table} has the column ${one} twice`);
  return [...twice, ...rows.flatMap(wrong)];
}

const ARTICLES: Readonly<Record<StudyColumn['type'], string>> = {
  ...{ text: 'text', day: 'a day (YYYY-MM-DD)', month: 'a month (YYYY-MM)' },
  ...{ integer: 'a whole number', decimal: 'a decimal in plain digits' },
};

function faultsOfChart(one: StudyChart, tables: readonly StudyTable[]): string[] {
  const drawn = tables.find((each) => each.name === one.table);
  if (!drawn) return [`chart ${one.name}: there is no table ${one.table}`];
  const typeOf = (column: string) => drawn.columns.find((each) => each.name === column)?.type;
  const named = [one.x, ...one.y, one.by, one.label].flatMap((column) => column ?? []);
  const unknown = named.filter((column) => typeOf(column) === undefined);
  if (unknown.length > 0) {
    return unknown.map((column) => `chart ${one.name}: ${one.table} has no column ${column}`);
  }
  const isNumber = (column: string) => ['integer', 'decimal'].includes(typeOf(column) ?? '');
  const isTime = typeOf(one.x) === 'day' || typeOf(one.x) === 'month';
  const isFit = one.kind === 'line' ? isTime : isNumber(one.x);
  const expected = one.kind === 'line' ? 'days or months' : 'numbers';
  return [
    ...(isFit ? [] : [`chart ${one.name}: expected ${expected} in ${one.x}`]),
    ...one.y
      .filter((column) => !isNumber(column))
      .map((column) => `chart ${one.name}: expected numbers in ${column}`),
  ];
}

function repeated(of: readonly { readonly name: string }[]): string[] {
  const names = of.map((one) => one.name);
  return [...new Set(names.filter((one, at) => names.indexOf(one) < at))];
}
