import uPlot from 'uplot';
import type { ChartMark } from '../../src/site/charts/line-chart.ts';
import type { Lines } from './chart-lines.ts';
import { secondsOf } from './chart-lines.ts';

export interface Plot {
  readonly plot: uPlot;
  readonly end: () => void;
}

export interface PlotOptions {
  readonly isLog: boolean;
  readonly marks: readonly ChartMark[];
  /** Seconds of the first and the last day that are shown. */
  readonly range: readonly [number, number];
  readonly hover: (at: number | null) => void;
  readonly ranged: (from: number, to: number) => void;
}

const HEIGHT = 360;
const DAY_S = 86_400;

/** Draws lines on a canvas in the place of an element, and follows its width. */
export function drawPlot(place: HTMLElement, drawn: Lines, options: PlotOptions): Plot {
  const ink = inkOf(place);
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      legend: { show: false },
      padding: [12, 0, 0, 0],
      cursor: {
        points: { size: 7 },
        drag: { x: true, y: false, setScale: true },
        bind: { mousedown: (self, _, handler) => panOrZoom(self, handler) },
      },
      scales: {
        x: { time: true, min: options.range[0], max: options.range[1] },
        y: options.isLog ? { distr: 3, log: 10 } : { range: padded },
      },
      axes: [
        {
          ...{ stroke: ink.muted, font: ink.font, grid: { show: false }, gap: 4, size: 34 },
          ticks: { stroke: ink.rule, width: 1, size: 5 },
          // From its tick to the right: the first one is not cut off by the edge.
          ...{ align: 1 as const, space: 78 },
          values: (_, splits, __, ___, increment) => splits.map((one) => dayLabel(one, increment)),
        },
        {
          ...{ side: 1, stroke: ink.muted, font: ink.font, size: 60, gap: 6 },
          grid: { stroke: ink.rule, width: 1 },
          ticks: { show: false },
        },
      ],
      series: [
        {},
        ...drawn.lines.map(({ name, style }) => ({
          label: name,
          stroke: ink.lines[style % ink.lines.length] ?? ink.text,
          width: style === 0 ? 2 : 1.5,
          spanGaps: false,
          points: { show: false },
          ...(stepped ? { paths: stepped } : {}),
        })),
      ],
      hooks: {
        draw: [
          (self) => drawMarks(self, options.marks, ink),
          (self) => nameLines(self, drawn, ink),
        ],
        setCursor: [(self) => options.hover(self.cursor.idx ?? null)],
        setScale: [
          (self, key) => {
            const { min, max } = self.scales.x ?? {};
            if (key === 'x' && min != null && max != null) options.ranged(min, max);
          },
        ],
      },
    },
    [drawn.seconds, ...drawn.lines.map(({ values }) => values)],
    place,
  );
  // A finger points as a mouse does; up and down it scrolls the page.
  const point = ({ touches: [touch] }: TouchEvent) => {
    const box = plot.over.getBoundingClientRect();
    if (touch) plot.setCursor({ left: touch.clientX - box.left, top: touch.clientY - box.top });
  };
  for (const name of ['touchstart', 'touchmove'] as const) {
    plot.over.addEventListener(name, point, { passive: true });
  }
  const follow = new ResizeObserver(() =>
    plot.setSize({ width: place.clientWidth, height: HEIGHT }),
  );
  follow.observe(place);
  return {
    plot,
    end: () => {
      follow.disconnect();
      plot.destroy();
    },
  };
}

function padded(_: uPlot, least: number, most: number): uPlot.Range.MinMax {
  const pad = (most - least || Math.abs(most) || 1) * 0.08;
  return [least >= 0 ? Math.max(0, least - pad) : least - pad, most + pad];
}

/** A drag zooms; with Shift it moves the days that are shown. */
function panOrZoom(self: uPlot, zoom: uPlot.Cursor.MouseListener): uPlot.Cursor.MouseListener {
  return (event) => {
    if (!event.shiftKey) return zoom(event);
    const { min = 0, max = 0 } = self.scales.x ?? {};
    const [from, to] = [min ?? 0, max ?? 0];
    const perPixel = (to - from) / (self.bbox.width / devicePixelRatio);
    const start = event.clientX;
    const move = (moved: MouseEvent) => shift(self, from, to, (start - moved.clientX) * perPixel);
    const end = () => {
      document.removeEventListener('mousemove', move);
      document.removeEventListener('mouseup', end);
    };
    document.addEventListener('mousemove', move);
    document.addEventListener('mouseup', end);
    return null;
  };
}

/** Shows the same span of days, so much later, within the days that there are. */
export function shift(self: uPlot, from: number, to: number, by: number): void {
  const days = self.data[0];
  const [first, last] = [days[0] ?? from, days.at(-1) ?? to];
  const within = Math.max(first - from, Math.min(last - to, by));
  self.setScale('x', { min: from + within, max: to + within });
}

function dayLabel(seconds: number, increment: number): string {
  const day = new Date(seconds * 1000).toISOString();
  if (increment >= 360 * DAY_S) return day.slice(0, 4);
  return increment >= 28 * DAY_S ? day.slice(0, 7) : day.slice(0, 10);
}

interface Ink {
  readonly text: string;
  readonly muted: string;
  readonly page: string;
  readonly rule: string;
  readonly warn: string;
  readonly font: string;
  readonly lines: readonly string[];
}

/** The colours that the style sheet gives, so that a canvas has those of the page. */
export function inkOf(place: HTMLElement): Ink {
  const style = getComputedStyle(place);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    ...{
      text: of('--text'),
      muted: of('--muted'),
      page: of('--page'),
      rule: of('--rule'),
      warn: of('--warn'),
    },
    font: `12px ${style.fontFamily}`,
    lines: [0, 1, 2, 3, 4, 5, 6, 7].map((line) => of(`--line-${line}`)),
  };
}

function drawMarks(self: uPlot, marks: readonly ChartMark[], ink: Ink): void {
  const { ctx, bbox } = self;
  const scale = devicePixelRatio;
  const bottom = bbox.top + bbox.height;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height + scale);
  ctx.clip();
  for (const { date, kind } of marks) {
    const x = Math.round(self.valToPos(secondsOf(date), 'x', true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    if (kind === 'rebalance') {
      ctx.strokeStyle = ink.muted;
      ctx.lineWidth = scale;
      ctx.moveTo(x, bottom);
      ctx.lineTo(x, bottom - 7 * scale);
      ctx.stroke();
      continue;
    }
    const isRestated = kind === 'restated';
    ctx.fillStyle = isRestated ? (ink.lines[0] ?? ink.text) : ink.warn;
    const [half, height] = [3.5 * scale, (isRestated ? 9 : 6) * scale];
    ctx.moveTo(x, bottom - height);
    ctx.lineTo(x + half, isRestated ? bottom - height / 2 : bottom);
    if (isRestated) ctx.lineTo(x, bottom);
    ctx.lineTo(x - half, isRestated ? bottom - height / 2 : bottom);
    ctx.fill();
  }
  ctx.restore();
}

/** Each line has its name at its end, not in a legend elsewhere. */
function nameLines(self: uPlot, { lines }: Lines, ink: Ink): void {
  const { ctx, bbox } = self;
  const scale = devicePixelRatio;
  const [, last] = self.series[0]?.idxs ?? [0, 0];
  const placed = lines
    .flatMap(({ name, style, values }) => {
      let at = last;
      while (at > 0 && values[at] == null) at -= 1;
      const value = values[at];
      return value == null ? [] : [{ name, style, y: self.valToPos(value, 'y', true) }];
    })
    .sort((a, b) => a.y - b.y);
  ctx.save();
  ctx.font = `600 ${12 * scale}px ${ink.font.replace('12px ', '')}`;
  ctx.textAlign = 'right';
  let lowest = Number.NEGATIVE_INFINITY;
  for (const { name, style, y } of placed) {
    lowest = Math.max(y - 10 * scale, lowest + 15 * scale);
    // The colour of the page around the name keeps it apart from the lines.
    ctx.lineWidth = 4 * scale;
    ctx.strokeStyle = ink.page;
    ctx.strokeText(name, bbox.left + bbox.width - 6 * scale, lowest);
    ctx.fillStyle = ink.lines[style % ink.lines.length] ?? ink.text;
    ctx.fillText(name, bbox.left + bbox.width - 6 * scale, lowest);
  }
  ctx.restore();
}
