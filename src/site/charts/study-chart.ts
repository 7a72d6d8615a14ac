import { type Day, dayOf } from '../../domain/dates.ts';
import { byCodePoint, groupBy } from '../../domain/group.ts';
import type { Study, StudyChart, StudyTable } from '../../domain/study.ts';
import { type Html, raw } from '../html.ts';
import { type ChartLine, type ChartSize, lineChart } from './line-chart.ts';
import { type ChartPoints, pointChart } from './point-chart.ts';

/** As many as there are styles for lines. */
const STYLES = 8;

/** A chart of a study: steps over days or months, or points on two numbers. */
export function studyChart(study: Study, chart: StudyChart, size: ChartSize, isLog = false): Html {
  const table = study.tables.find(({ name }) => name === chart.table);
  if (!table) return raw('');
  const log = (axis: 'x' | 'y') => isLog || chart.log?.includes(axis) === true;
  if (chart.kind === 'line') {
    return lineChart(linesOf(table, chart), [], { ...size, label: chart.title, isLog: log('y') });
  }
  const x = table.columns.find(({ name }) => name === chart.x);
  const xName = [chart.x.replaceAll('_', ' '), x?.unit].filter((text) => text).join(', ');
  const axes = { isLogX: log('x'), isLogY: log('y') };
  return pointChart(pointsOf(table, chart), { ...size, label: chart.title, xName, ...axes });
}

/** A month is drawn from its first day to its last; rows stand in the order of time. */
function linesOf(table: StudyTable, chart: StudyChart): ChartLine[] {
  return seriesOf(table, chart).map(({ name, rows }, at) => ({
    name,
    style: at % STYLES,
    points: rows
      .filter(({ x }) => x !== '')
      .sort((a, b) => byCodePoint(a.x, b.x))
      .flatMap(({ x, y }, row, all) => {
        const value = y === '' ? null : Number(y);
        if (x.length > MONTH_LENGTH) return [{ date: x, value }];
        const first = { date: `${x}-01`, value };
        return row < all.length - 1 ? [first] : [first, { date: lastOfMonth(x), value }];
      }),
  }));
}

const MONTH_LENGTH = 'YYYY-MM'.length;

function lastOfMonth(month: string): Day {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return dayOf(Date.UTC(year, number, 0));
}

function pointsOf(table: StudyTable, chart: StudyChart): ChartPoints[] {
  return seriesOf(table, chart).map(({ name, rows }, at) => ({
    name,
    style: at % STYLES,
    points: rows
      .filter(({ x, y }) => x !== '' && y !== '')
      .map(({ x, y, label }) => ({ x: Number(x), y: Number(y), label })),
  }));
}

interface Drawn {
  readonly name: string;
  readonly rows: readonly { readonly x: string; readonly y: string; readonly label: string }[];
}

/** The rows of each line, or of each kind of point: by value of a column, and by column drawn. */
function seriesOf({ columns, rows }: StudyTable, { x, y, by, label }: StudyChart): Drawn[] {
  const at = (name: string | undefined) => columns.findIndex((column) => column.name === name);
  const cell = (row: readonly string[], name: string | undefined) => row[at(name)] ?? '';
  const groups = by === undefined ? [['', rows] as const] : groupBy(rows, (row) => cell(row, by));
  return [...groups].flatMap(([group, own]) =>
    y.map((column) => ({
      name: nameOf(group, column, y.length),
      rows: own.map((row) => ({ x: cell(row, x), y: cell(row, column), label: cell(row, label) })),
    })),
  );
}

function nameOf(group: string, column: string, columns: number): string {
  const words = column.replaceAll('_', ' ');
  if (group === '') return words;
  return columns === 1 ? group : `${group} ${words}`;
}
