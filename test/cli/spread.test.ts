import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mtok, temporaryDirectory } from './run.ts';

const ASKED = ['spread', '--system', 'LLAMA-70B-H100X2', '--gpu', 'MTOK-H100'];
const BOTH = [...ASKED, '--token', 'MTOK-LLAMA-70B-OUT'];

describe('mtok spread', () => {
  it('prints what the methodology calculates by hand, with its assumptions', () => {
    const { code, out } = mtok([...BOTH, '--from', '2026-08-21', '--to', '2026-08-21']);
    expect(code).toBe(0);
    const shown = out.replace(/\s+/g, ' ');
    expect(shown).toContain('a margin of -0.1780 USD, -25.1% of it');
    expect(shown).toContain('The margin is 0 at a utilization of 0.625.');
    for (const said of ['Assumptions', '4223 completion tokens/s', 'Utilization 0.5', 'Sources']) {
      expect(shown).toContain(said);
    }
  });

  it('writes its tables, and a study that can be drawn', () => {
    const directory = temporaryDirectory();
    const study = join(directory, 'spread.json');
    expect(mtok([...BOTH, '--from', '2026-08-01', '--out', study]).code).toBe(0);
    const picture = join(directory, 'spread.svg');
    expect(mtok(['chart', '--study', study, '--out', picture]).code).toBe(0);
    expect(readFileSync(picture, 'utf8')).toContain('implied');
    const table = join(directory, 'spread.csv');
    expect(mtok([...BOTH, '--from', '2026-08-01', '--out', table]).code).toBe(0);
    expect(readFileSync(table, 'utf8').split('\n')[0]).toBe(
      'date,rate,listed,implied_input,implied_output,implied,margin,margin_percent',
    );
    expect(readFileSync(join(directory, 'spread.sensitivity.csv'), 'utf8')).toContain('0.5,1,');
  });

  it('takes a system of a file', () => {
    const file = join(temporaryDirectory(), 'mine.yaml');
    const shipped = readFileSync('data/systems/LLAMA-70B-H100X2.yaml', 'utf8');
    writeFileSync(file, shipped.replace('utilization: "0.5"', 'utilization: "1"'));
    const args = ['spread', '--system', file, '--gpu', 'MTOK-H100'];
    const day = ['--from', '2026-08-21', '--to', '2026-08-21'];
    const { out } = mtok([...args, '--token', 'MTOK-LLAMA-70B-OUT', ...day]);
    expect(out.replace(/\s+/g, ' ')).toContain('a margin of 0.2660 USD, 37.5% of it');
    writeFileSync(file, shipped.replace('gpus: 2', 'gpus: none'));
    const bad = mtok([...args, '--token', 'MTOK-LLAMA-70B-OUT']);
    expect(bad.err).toContain('mine.yaml:8:gpus: expected a whole number');
    expect(bad.code).toBe(3);
  });

  it.each([
    [
      ['spread', '--system', 'LLAMA-70B', '--gpu', 'MTOK-H100', '--token', 'X'],
      'or one of LLAMA-70B-H100X2',
      2,
    ],
    [[...ASKED, '--token', 'MTOK-H200'], 'expected an index of LLM tokens, found MTOK-H200', 2],
    [
      [...ASKED.slice(0, 4), 'MTOK-LIST', '--token', 'MTOK-LIST'],
      'expected an index of GPU hours, found MTOK-LIST',
      2,
    ],
    [[...BOTH, '--from', '2026-09-01', '--to', '2026-08-01'], '--to', 2],
    [[...BOTH, '--from', '2026-06-01', '--to', '2026-07-01'], 'no day from 2026-06-01', 1],
    [['spread', '--system', '/nowhere.yaml', '--gpu', 'A', '--token', 'B'], 'nowhere.yaml', 4],
    [[...BOTH, '--publication', '/nowhere'], 'has no fixing of MTOK-H100', 1],
  ])('refuses %j', (args, message, status) => {
    const { code, err } = mtok(args);
    expect(err).toContain(message);
    expect(code).toBe(status);
  });
});
