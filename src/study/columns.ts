import type { StudyColumn } from '../domain/study.ts';

/** Columns of a study's tables: a name, what it means, and the unit where there is one. */

export function dayColumn(means: string, name = 'date'): StudyColumn {
  return { name, type: 'day', means };
}

export function textColumn(name: string, means: string): StudyColumn {
  return { name, type: 'text', means };
}

export function countColumn(name: string, means: string, unit?: string): StudyColumn {
  return { name, type: 'integer', means, ...(unit === undefined ? {} : { unit }) };
}

export function decimalColumn(name: string, unit: string | undefined, means: string): StudyColumn {
  return { name, type: 'decimal', means, ...(unit === undefined ? {} : { unit }) };
}
