import { escaped, type Html } from '../html.ts';
import { type ChartLine, type ChartMark, type ChartSize, lineChart } from './line-chart.ts';

/** What a chart of its own says around its lines. */
export interface ChartText {
  readonly title: string;
  /** What the values are in, and of which days. */
  readonly subtitle: string;
  /** Where they come from. */
  readonly source: string;
}

export interface ChartFileOptions {
  readonly width: number;
  readonly height: number;
  readonly isLog: boolean;
  readonly isDark: boolean;
}

const HEAD = 58;
const FOOT = 26;

const LIGHT = {
  ...{ page: '#ffffff', text: '#15181c', muted: '#59616c', rule: '#dde1e6', warn: '#a8281e' },
  lines: ['#0b6e63', '#b8541a', '#4b4fa6', '#7b828c', '#9c2f66', '#2d7f9d', '#7d6a14', '#57348f'],
};
const DARK: typeof LIGHT = {
  ...{ page: '#111316', text: '#e7e9eb', muted: '#9ba4ae', rule: '#2b3036', warn: '#ff8f84' },
  lines: ['#52c4b3', '#f0965c', '#9ea3f5', '#98a0aa', '#f08cbc', '#74bfdc', '#d3bb52', '#c19cf2'],
};

/** A chart as a file of its own: the lines and marks of the page, with a title and its source. */
export function chartFile(
  lines: readonly ChartLine[],
  marks: readonly ChartMark[],
  text: ChartText,
  options: ChartFileOptions,
): string {
  const { isLog } = options;
  return framed(
    (size) => lineChart(lines, marks, { ...size, label: text.title, isLog }),
    text,
    options,
  );
}

/** Any chart as a file of its own: a title above it, its source below. */
export function framed(
  draw: (size: ChartSize) => Html,
  { title, subtitle, source }: ChartText,
  { width, height, isDark }: Omit<ChartFileOptions, 'isLog'>,
): string {
  const ink = isDark ? DARK : LIGHT;
  const size = { width: width - 32, height: height - HEAD - FOOT };
  const { markup } = draw(size);
  const inner = markup.replace(
    '<svg class="chart',
    `<svg x="16" y="${HEAD}" width="${size.width}" height="${size.height}" class="chart`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif">`,
    `<title>${escaped(title)}</title>`,
    `<style>${styleOf(ink)}</style>`,
    `<rect width="${width}" height="${height}" fill="${ink.page}"/>`,
    `<text class="title" x="20" y="28">${escaped(title)}</text>`,
    `<text class="note" x="20" y="47">${escaped(subtitle)}</text>`,
    inner,
    `<text class="note" x="20" y="${height - 11}">${escaped(source)}</text>`,
    '</svg>\n',
  ].join('\n');
}

function styleOf({ page, text, muted, rule, warn, lines }: typeof LIGHT): string {
  return [
    `.title{font-size:16px;font-weight:bold;fill:${text}}`,
    `.note{font-size:12px;fill:${muted}}`,
    `.chart{font-size:11px}`,
    `.grid,.axis{stroke:${rule};fill:none}`,
    `.tick{fill:${muted}}.day{text-anchor:middle}`,
    `.name{font-weight:bold;text-anchor:end;stroke:${page};stroke-width:4;paint-order:stroke}`,
    '.line{fill:none;stroke-width:1.6}',
    `.axis-name{text-anchor:end}.label{stroke:${page};stroke-width:3;paint-order:stroke}`,
    `.rebalance{stroke:${muted}}.withheld{fill:${warn}}.restated{fill:${lines[0]}}`,
    ...lines.map(
      (colour, at) =>
        `.line.line-${at}{stroke:${colour}}.end.line-${at},.name.line-${at},.label.line-${at}{fill:${colour}}`,
    ),
  ].join('');
}
