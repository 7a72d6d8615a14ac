/** What a terminal shows: columns, bars, lines and colours. Nothing here knows about indices. */

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** Colours only on a terminal, and never with NO_COLOR. */
export function styleFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const plain = !stream.isTTY || (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
  const code = (on: number, off: number) => (text: string) =>
    plain || text === '' ? text : `\u001b[${on}m${text}\u001b[${off}m`;
  return {
    bold: code(1, 22),
    dim: code(2, 22),
    red: code(31, 39),
    green: code(32, 39),
    cyan: code(36, 39),
  };
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/**
 * Rows under titles, two spaces between columns. Widths are of the plain text.
 *
 * @param widest where lines would be longer, further columns stand in a block below, again after
 *   the first column.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: Style,
  widest = Number.POSITIVE_INFINITY,
): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(width(title), ...rows.map((row) => width(row[index] ?? ''))),
  );
  const titles = columns.map(({ title }) => title);
  return blocksOf(widths, widest).flatMap((places, block) => {
    const line = (cells: readonly string[]) =>
      places
        .map((place) => pad(cells[place] ?? '', widths[place] ?? 0, columns[place]?.align))
        .join(BETWEEN)
        .trimEnd();
    return [...(block === 0 ? [] : ['']), style.dim(line(titles)), ...rows.map(line)];
  });
}

const BETWEEN = '  ';

/** The columns of each block: the first, and as many others as fit, or one. */
function blocksOf(widths: readonly number[], widest: number): number[][] {
  const blocks = [[0]];
  let length = widths[0] ?? 0;
  for (let place = 1; place < widths.length; place += 1) {
    const more = BETWEEN.length + (widths[place] ?? 0);
    const block = blocks.at(-1);
    if (block && (length + more <= widest || block.length === 1)) {
      block.push(place);
      length += more;
    } else {
      blocks.push([0, place]);
      length = (widths[0] ?? 0) + more;
    }
  }
  return blocks;
}

export function pad(text: string, size: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, size - width(text)));
  return align === 'left' ? text + space : space + text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes that colours are made of
const ESCAPES = /\u001b\[\d+m/g;

function width(text: string): number {
  return [...text.replace(ESCAPES, '')].length;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar for a share of a whole, in eighths of a character. */
export function bar(share: number, size: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * size * 8);
  return '█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? '');
}

const STEPS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A line of blocks; `null` leaves a gap. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return values
    .map((value) => {
      if (value === null) return ' ';
      const step = high === low ? 0 : Math.round(((value - low) / (high - low)) * 7);
      return STEPS[step] ?? ' ';
    })
    .join('');
}

/** A chart of a few lines, one column a value, with the scale at its left. */
export function chart(
  values: readonly (number | null)[],
  height: number,
  label: (value: number) => string,
): string[] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const span = high - low || 1;
  const labels = Array.from({ length: height }, (_, row) =>
    label(high - (span * row) / Math.max(1, height - 1)),
  );
  const labelWidth = Math.max(...labels.map(width));
  return labels.map((text, row) => {
    const floor = height - 1 - row;
    const cells = values.map((value) => {
      if (value === null) return ' ';
      const level = ((value - low) / span) * (height - 1) + 1 - floor;
      return level >= 1 ? '█' : level > 0 ? (STEPS[Math.floor(level * 8)] ?? '█') : ' ';
    });
    return `${pad(text, labelWidth, 'right')} ┤${cells.join('')}`.trimEnd();
  });
}
