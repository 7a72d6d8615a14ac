import type { StudyColumn } from '../domain/study.ts';

/** A column of a table of a study. */
export function column(
  name: string,
  type: StudyColumn['type'],
  means: string,
  unit?: string,
): StudyColumn {
  return { name, type, means, ...(unit === undefined ? {} : { unit }) };
}
