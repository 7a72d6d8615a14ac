import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mtok, temporaryDirectory } from './run.ts';

const directory = temporaryDirectory();
const file = join(directory, 'panel.csv');
const days = ['20', '21', '22'];
writeFileSync(
  file,
  [
    'marketplace,gpu,region,date,usd_per_gpu_hour,source,basis',
    ...days.flatMap((day, at) => [
      `aws,H100,,2026-08-${day},12,tracker.example (CC BY 4.0),min non-spot offer`,
      `runpod,H100,,2026-08-${day},${2 + at},tracker.example (CC BY 4.0),min non-spot offer`,
    ]),
    '',
  ].join('\n'),
);
const twice = join(directory, 'twice.csv');
const row = (price: number) => `aws,H100,us,2026-08-20,${price},tracker.example,min`;
const header = 'marketplace,gpu,region,date,usd_per_gpu_hour,source,basis';
writeFileSync(twice, [header, row(3), row(4), ''].join('\n'));
const abroad = join(directory, 'abroad.csv');
writeFileSync(abroad, [header, row(3), ''].join('\n'));
const broken = join(directory, 'broken.csv');
writeFileSync(broken, `${header}\naws,"H100`);
const asked = ['tracker', file, '--feed', 'gpu-hours'];

describe('mtok tracker', () => {
  it('prints a panel across its marketplaces, with its warning', () => {
    const { code: status, out: stdout } = mtok([...asked, '--gpu', 'H100', '--date', '2026-08-22']);
    expect(status).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'H100 on 2026-08-22: 2 marketplaces, median 8.00, mean 8.00 USD/GPU-hour, from 4.00 to 12.00; ' +
        '3 of 7 days, range of the daily mean 7.00 to 8.00, average 7.50.',
    );
    expect(stdout).toContain('Daily minima');
    expect(stdout).toContain('tracker.example');
  });

  it('counts every region', () => {
    const { out } = mtok([
      'tracker',
      abroad,
      '--feed',
      'gpu-hours',
      '--gpu',
      'H100',
      '--days',
      '1',
    ]);
    expect(out).toContain('H100 on 2026-08-20: 1 marketplace, median 3.00');
  });

  it('begins where the window has its first price, and says what is left out', () => {
    const file = join(directory, 'gap.csv');
    const on = (day: string, price: string) =>
      `aws,H100,,2026-08-${day},${price},tracker.example,min`;
    // Nothing on the 16th; 500 is implausible, 0 no price.
    writeFileSync(
      file,
      [
        header,
        on('01', '2'),
        on('18', '4'),
        on('19', '500'),
        on('20', '0'),
        on('22', '5'),
        '',
      ].join('\n'),
    );
    const of = ['--feed', 'gpu-hours', '--gpu', 'H100', '--date', '2026-08-22'];
    const { code, out } = mtok(['tracker', file, ...of]);
    expect(code).toBe(0);
    const shown = out.replace(/\s+/g, ' ');
    expect(shown).toContain('2 of 7 days, range of the daily mean 4.00 to 5.00, average 4.50.');
    expect(shown).toContain('left out: 1 held as implausible, 1 rejected as zero_price.');
  });

  it('takes an index of the book, and writes its tables', () => {
    const out = join(directory, 'h100.csv');
    const args = ['tracker', '--index', 'MTOK-H100', '--date', '2026-08-22', '--out', out];
    const { code: status, out: stdout } = mtok(args);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `written: ${out}, 7 rows\nwritten: ${join(directory, 'h100.span.csv')}, 1 row\n`,
    });
  });

  it.each([
    [['tracker'], 'expected files with --feed and --gpu, or --index', 2],
    [['tracker', file, '--index', 'MTOK-H100'], 'expected files with --feed and --gpu, or', 2],
    [['tracker', file, '--feed', 'gpu-hours'], 'expected --feed NAME and --gpu NAME', 2],
    [[...asked, '--gpu', 'H10'], 'no price of H10 in', 2],
    [[...asked, '--gpu', 'H100', '--days', '0'], 'expected a whole number above 0', 2],
    [[...asked, '--gpu', 'H100', '--offer', 'spot', '--date', '2026-08-22'], 'no price of H100', 1],
    [[...asked, '--gpu', 'H100', '--date', '2026-08-01'], 'no price of H100', 1],
    [['tracker', '--index', 'MTOK-H100', '--date', '2030-01-01'], 'no price of MTOK-H100', 1],
    [['tracker', '--index', 'MTOK-H100', '--gpu', 'H100'], 'expected H100 with files', 2],
    [['tracker', twice, '--feed', 'gpu-hours', '--gpu', 'H100'], 'every price of H100 is held', 3],
    [['tracker', broken, '--feed', 'gpu-hours', '--gpu', 'H100'], 'expected', 3],
    [['tracker', '/nowhere.csv', '--feed', 'gpu-hours', '--gpu', 'H100'], 'nowhere.csv', 4],
    [['tracker', file, '--feed', 'gpu-hour', '--gpu', 'H100'], 'did you mean gpu-hours?', 2],
    [['tracker', '--index', 'MTOK-H1000'], 'did you mean', 2],
  ])('refuses %j', (args, message, code) => {
    const { code: status, err: stderr } = mtok(args);
    expect(stderr).toContain(message);
    expect(status).toBe(code);
  });
});
