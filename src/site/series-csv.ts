import type { SeriesPoint } from './view.ts';

/** The days of a published series, from its CSV. */
export function seriesOf(text: string): SeriesPoint[] {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const cell = (name: string) => cells[columns.indexOf(name)] || null;
    return {
      ...{ date: cell('date') ?? '', series: Number(cell('series')), price: cell('price') },
      ...{ input: cell('input'), cachedInput: cell('cached_input'), output: cell('output') },
      level: cell('level'),
    };
  });
}
