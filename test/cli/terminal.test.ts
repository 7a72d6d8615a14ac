import { describe, expect, it } from 'vitest';
import { bar, chart, pad, sparkline, styleFor, table } from '../../src/cli/terminal.ts';

const PLAIN = styleFor({ isTTY: false }, {});

describe('colours', () => {
  it('are for a terminal, and never with NO_COLOR', () => {
    expect(styleFor({ isTTY: true }, {}).red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(styleFor({ isTTY: true }, { NO_COLOR: '1' }).red('x')).toBe('x');
    expect(styleFor({ isTTY: true }, { TERM: 'dumb' }).red('x')).toBe('x');
    expect(PLAIN.red('x')).toBe('x');
  });
});

describe('a table', () => {
  it('aligns by what is seen, not by the escapes of colours', () => {
    const { red } = styleFor({ isTTY: true }, {});
    const columns = [{ title: 'a' }, { title: 'b', align: 'right' as const }];
    const lines = table(
      columns,
      [
        [red('xx'), '1'],
        ['y', '22'],
      ],
      PLAIN,
    );
    expect(lines).toEqual(['a    b', `${red('xx')}   1`, 'y   22']);
  });

  it.each<[number | undefined, string[]]>([
    [undefined, ['day  one  two  three', '1    a    b    c']],
    [20, ['day  one  two  three', '1    a    b    c']],
    [19, ['day  one  two', '1    a    b', '', 'day  three', '1    c']],
    // What does not fit at all stands in a block of its own.
    [2, ['day  one', '1    a', '', 'day  two', '1    b', '', 'day  three', '1    c']],
  ])('goes on below where lines have room for %s', (widest, lines) => {
    const columns = ['day', 'one', 'two', 'three'].map((title) => ({ title }));
    expect(table(columns, [['1', 'a', 'b', 'c']], PLAIN, widest)).toEqual(lines);
  });

  it('pads on either side', () => {
    expect([pad('ab', 4), pad('ab', 4, 'right')]).toEqual(['ab  ', '  ab']);
  });
});

describe('bars and lines', () => {
  it.each([
    [0, ''],
    [1, '████'],
    [0.5, '██'],
    [0.03125, '▏'],
    [2, '████'],
  ])('a bar of %d of four characters', (share, drawn) => {
    expect(bar(share, 4)).toBe(drawn);
  });

  it('a sparkline goes from the lowest to the highest, with gaps', () => {
    expect(sparkline([0, 7, null, 3.5])).toBe('▁█ ▅');
    expect(sparkline([5, 5])).toBe('▁▁');
  });

  it('a chart has its scale at the left', () => {
    expect(chart([0, 2, 1], 3, String)).toEqual(['2 ┤ █', '1 ┤ ██', '0 ┤███']);
    expect(chart([null], 3, String)).toEqual([]);
  });
});
