import type { Study } from '../../src/domain/study.ts';

/** A study by hand: two tables, of time and of models, and a chart of each. */
export const SMALL: Study = {
  schema: 'mtok.study/1',
  study: 'stats',
  title: 'How prices moved',
  about: 'A small index, January to April 2026',
  assumptions: ['A month is a calendar month in UTC.'],
  findings: ['It fell by 5.75% in "b", <b>at most</b>.'],
  warnings: ['Four months are few.'],
  tables: [
    {
      name: 'months',
      title: 'Months',
      columns: [
        { name: 'month', type: 'month', means: 'calendar month' },
        { name: 'group', type: 'text', means: 'which part' },
        { name: 'level', type: 'decimal', unit: 'points', means: 'level at its end' },
        { name: 'tokens', type: 'integer', means: 'how many' },
        { name: 'since', type: 'day', means: 'from when' },
      ],
      rows: [
        ['2026-01', 'a, "first"', '100', '5000000000', '2026-01-01'],
        ['2026-02', 'a, "first"', '98.5', '3', '2026-01-01'],
        ['2026-03', 'a, "first"', '', '3', ''],
        ['2026-04', 'a, "first"', '101.25', '-2', '2026-01-01'],
        ['2026-01', 'b', '100', '0', '2026-01-01'],
        ['2026-02', 'b', '97', '3', '2026-01-01'],
        ['2026-03', 'b', '96', '3', '2026-01-01'],
        ['2026-04', 'b', '94.25', '2', '2026-01-01'],
      ],
    },
    {
      name: 'models',
      title: 'Models',
      columns: [
        { name: 'model', type: 'text', means: 'the model' },
        { name: 'score', type: 'decimal', means: 'its score' },
        { name: 'price', type: 'decimal', unit: 'USD/MTok', means: 'its price' },
      ],
      rows: [
        ['alpha', '50', '0.1'],
        ['beta', '60', '1'],
        ['gamma', '60.2', '1.1111111111111111111111'],
        ['delta', '80', '15'],
      ],
    },
  ],
  charts: [
    {
      ...{ name: 'levels', title: 'Levels', kind: 'line', table: 'months', x: 'month' },
      ...{ y: ['level'], by: 'group', unit: 'points' },
    },
    {
      ...{ name: 'scores', title: 'Price by score', kind: 'points', table: 'models' },
      ...{ x: 'score', y: ['price'], label: 'model', log: ['y'], unit: 'USD/MTok' },
    },
  ],
  sources: ['Made by hand.'],
};
