import { z } from 'zod';

/**
 * What an analyst's command finds: tidy tables, what they rest on, and what they say in sentences.
 * Every such command gives one, so that all of them print, write CSV and Parquet, draw charts and
 * become pages in one way. A study is research: no fixing depends on it.
 */
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected a name: small letters, digits, -');

const column = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected a name: small letters, digits, _'),
  type: z.enum(['text', 'day', 'month', 'integer', 'decimal']),
  unit: z.string().optional().describe('USD/MTok, share, days; left out where there is none'),
  means: z.string().min(1).describe('One phrase, for whoever opens the file alone'),
});

const table = z.strictObject({
  name,
  title: z.string().min(1),
  columns: z.array(column).min(1),
  rows: z.array(z.array(z.string())).describe('Cells as text, a cell a column; empty: nothing'),
});

const chart = z.strictObject({
  name,
  title: z.string().min(1),
  kind: z.enum(['line', 'points']).describe('Steps from day to day; or points on two numbers'),
  table: name.describe('The table whose rows it draws'),
  x: z.string().describe('A column: days or months of a line, numbers of points'),
  y: z.array(z.string()).min(1).describe('Columns; a line each'),
  by: z.string().optional().describe('A column: a line for each of its values'),
  unit: z.string(),
});

export const studySchema = z
  .strictObject({
    schema: z.literal('mtok.study/1'),
    study: name.describe('The command that found it'),
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

export type Study = z.output<typeof studySchema>;
export type StudyTable = z.output<typeof table>;
export type StudyColumn = z.output<typeof column>;
export type StudyChart = z.output<typeof chart>;
