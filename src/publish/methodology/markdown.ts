const WIDTH = 100;

/** Breaks a paragraph or list item into lines; tables, headings and code stay as they are. */
export function wrap(block: string): string {
  return block.split('\n').map(wrapLine).join('\n');
}

function wrapLine(line: string): string {
  if (line.length <= WIDTH || /^(\||#| {4}|```)/.test(line)) return line;
  const indent = /^(\s*(?:[-*]|\d+\.) )/.exec(line)?.[1]?.length ?? 0;
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const next = current === '' ? word : `${current} ${word}`;
    if (next.length > WIDTH && current.trim() !== '') {
      lines.push(current);
      current = ' '.repeat(indent) + word;
    } else current = next;
  }
  return [...lines, current].join('\n');
}

/** A Markdown table. */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Words of other people in a page: they stay in their cell, and mean nothing to a renderer. */
export function quoted(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\\|`*_[\]<>~]/g, (sign) => (sign === '<' ? '&lt;' : `\\${sign}`))
    .trim();
}

/** A long decimal cut for the eye, with a sign that it goes on. */
export function short(text: string, digits = 12): string {
  const match = /^(-?\d+)\.(\d+)$/.exec(text);
  if (!match) return text;
  const [, whole = '', fraction = ''] = match;
  const leading = /^0*/.exec(fraction)?.[0].length ?? 0;
  const keep = whole.replace('-', '') === '0' ? leading + digits : digits - whole.length;
  return fraction.length > keep ? `${whole}.${fraction.slice(0, Math.max(1, keep))}…` : text;
}
