import { marksOf } from '../../src/site/charts/series-lines.ts';
import { seriesOf } from '../../src/site/series-csv.ts';
import type { SeriesPoint } from '../../src/site/view.ts';
import {
  csvOf,
  type Lines,
  linesOf,
  type Measure,
  type Span,
  secondsOf,
  startOf,
} from './chart-lines.ts';
import type { PageData } from './data.ts';
import { button, byId, choice, el, save } from './dom.ts';
import type { ExplainDays } from './explain-panel.ts';
import { isOnDisk, readText } from './place.ts';
import { drawPlot, inkOf, type Plot, shift } from './plot.ts';

export interface ChartPanel {
  readonly redraw: () => void;
}

/** The chart of an index with all that a reader can ask of it. */
export function addChart(data: PageData, explain?: ExplainDays): ChartPanel | undefined {
  const place = byId('chart');
  const first = data.points[0]?.date;
  const last = data.points.at(-1)?.date;
  if (!place || !first || !last) return undefined;
  const beside = new Map<string, readonly SeriesPoint[]>();
  let [measure, span, isLog]: [Measure, Span, boolean] = ['level', 'all', false];
  let [from, to] = [first, last];
  let shown: Lines;
  let drawn: Plot | undefined;

  const readout = el('output', { class: 'readout' });
  const canvas = el('div', {
    ...{ class: 'plot', tabindex: '0', role: 'application' },
    'aria-label': `Chart of ${data.index}. Arrow keys move the days that are shown, plus and minus zoom.`,
  });
  const recent = el('tbody');

  const dayAt = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  const hover = (at: number | null) => {
    const place = at ?? shown.days.findLastIndex((day) => day <= to);
    readout.replaceChildren(
      el('time', {}, shown.days[place] ?? ''),
      ...shown.lines.map(({ name, style, values, texts }) => {
        const value = values[place];
        const text = beside.size > 0 && value != null ? value.toFixed(2) : texts[place];
        return el('span', { class: `line-${style}` }, `${name} `, el('b', {}, text ?? 'withheld'));
      }),
    );
  };
  const draw = () => {
    drawn?.end();
    shown = linesOf(data, { measure, beside, from });
    drawn = drawPlot(canvas, shown, {
      ...{
        isLog,
        marks: marksOf(data.points, { has: (day) => Object.hasOwn(data.revised, day) }),
        hover,
        range: [secondsOf(from), secondsOf(to)],
      },
      ranged: (start, end) => {
        [from, to] = [dayAt(start), dayAt(end)];
      },
    });
    unit.textContent = shown.unit;
    hover(null);
    fillTable(recent, shown, to);
  };
  const ofSpan = (chosen: Span) => {
    span = chosen;
    [from, to] = [startOf(span, first, last), last];
    draw();
  };
  const unit = el('span', { class: 'unit' });
  // Of a good with one leg the price is that leg.
  const hasLegs = data.points.some(({ input }) => input !== null);
  const measures = choice<Measure>(
    'What is shown',
    [['level', 'Level'], ['price', 'Price'], ...(hasLegs ? ([['legs', 'Legs']] as const) : [])],
    measure,
    (chosen) => {
      measure = chosen;
      draw();
    },
  );
  const log = button('Log scale', () => {
    isLog = !isLog;
    log.setAttribute('aria-pressed', String(isLog));
    draw();
  });
  log.setAttribute('aria-pressed', 'false');
  const spans: readonly (readonly [Span, string])[] = [
    ['1m', '1 month'],
    ['6m', '6 months'],
    ['1y', '1 year'],
    ['all', 'All'],
  ];
  const name = () => `${[data.index, ...beside.keys()].join('-')}-${from}-${to}`;
  const csv = button('CSV', () => {
    const text = csvOf(shown, beside.size > 0, from, to);
    save(`${name()}.csv`, new Blob([text], { type: 'text/csv' }));
  });
  const png = button('PNG', () => {
    const image = pictureOf(canvas, `${[data.index, ...beside.keys()].join(', ')}, ${shown.unit}`);
    image.toBlob((blob) => blob && save(`${name()}.png`, blob), 'image/png');
  });
  place.replaceChildren(
    el(
      'div',
      { class: 'controls' },
      ...[measures, choice('Days', spans, span, ofSpan), log],
      comparing(data, beside, () => {
        measures.toggleAttribute('hidden', beside.size > 0);
        draw();
      }),
      explain && button('Explain these days', () => explain(from, to)),
      el('span', { class: 'save' }, 'Save as ', csv, png),
    ),
    el('div', { class: 'above' }, readout, unit),
    canvas,
    el('p', { class: 'note' }, 'Drag to zoom, with Shift to move; a double click shows all.'),
    tableOf(recent),
  );
  const legend = place.parentElement?.querySelector('.legend');
  if (legend) canvas.after(legend);
  canvas.addEventListener('keydown', (event) => {
    const plot = drawn?.plot;
    const { min, max } = plot?.scales.x ?? {};
    if (!plot || min == null || max == null) return;
    const step = (max - min) / 8;
    if (event.key === 'ArrowLeft') shift(plot, min, max, -step);
    else if (event.key === 'ArrowRight') shift(plot, min, max, step);
    else if (event.key === '+') plot.setScale('x', { min: min + step, max: max - step });
    else if (event.key === '-') {
      const [start, end] = [secondsOf(first), secondsOf(last)];
      plot.setScale('x', { min: Math.max(start, min - step), max: Math.min(end, max + step) });
    } else return;
    event.preventDefault();
    hover(null);
  });
  draw();
  return { redraw: draw };
}

/** Other indices to set beside this one. */
function comparing(
  data: PageData,
  beside: Map<string, readonly SeriesPoint[]>,
  changed: () => void,
): HTMLElement | null {
  if (data.others.length === 0) return null;
  const failed = el('span', { class: 'fail', role: 'status' });
  const boxes = data.others.map((index) => {
    const box = el('input', { type: 'checkbox', value: index, disabled: isOnDisk });
    box.addEventListener('change', async () => {
      try {
        failed.textContent = '';
        if (box.checked) beside.set(index, seriesOf(await readText(`series/${index}.csv`)));
        else beside.delete(index);
      } catch (error) {
        box.checked = false;
        failed.textContent = error instanceof Error ? error.message : String(error);
      }
      changed();
    });
    return el('label', {}, box, ` ${index}`);
  });
  const why = isOnDisk && el('p', { class: 'note' }, 'A page from a disk reads no other series.');
  return el('details', { class: 'compare' }, el('summary', {}, 'Compare'), ...boxes, why, failed);
}

const SHOWN_ROWS = 30;

function tableOf(body: HTMLElement): HTMLElement {
  return el(
    'details',
    {},
    el('summary', {}, `The last ${SHOWN_ROWS} days as a table`),
    el('table', { class: 'figures recent' }, body),
  );
}

function fillTable(body: HTMLElement, { days, lines }: Lines, to: string): void {
  const end = days.findLastIndex((day) => day <= to) + 1;
  const rows = days.slice(Math.max(0, end - SHOWN_ROWS), end).map((day, at) => {
    const place = Math.max(0, end - SHOWN_ROWS) + at;
    const cells = lines.map(({ texts }) => el('td', {}, texts[place] ?? 'withheld'));
    return el('tr', {}, el('th', { scope: 'row' }, day), ...cells);
  });
  const heads = lines.map(({ name }) => el('th', { scope: 'col' }, name));
  body.replaceChildren(
    el('tr', {}, el('th', { scope: 'col' }, 'day'), ...heads),
    ...rows.reverse(),
  );
}

/** The chart as a picture with its title, on the colour of the page. */
function pictureOf(place: HTMLElement, title: string): HTMLCanvasElement {
  const drawn = place.querySelector('canvas');
  const scale = devicePixelRatio;
  const picture = document.createElement('canvas');
  const head = 34 * scale;
  picture.width = drawn?.width ?? 0;
  picture.height = (drawn?.height ?? 0) + head;
  const context = picture.getContext('2d');
  if (!context || !drawn) return picture;
  const ink = inkOf(place);
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = ink.text;
  context.font = `600 ${14 * scale}px ${ink.font.replace('12px ', '')}`;
  context.fillText(title, 8 * scale, 22 * scale);
  context.drawImage(drawn, 0, head);
  return picture;
}
