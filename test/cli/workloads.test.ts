import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseStudy } from '../../src/study/parse.ts';
import { mtok, temporaryDirectory } from './run.ts';

describe('mtok workloads', () => {
  it('lists them with what each number rests on', () => {
    const { out, code } = mtok(['workloads', '--json']);
    expect(code).toBe(0);
    const [mixes, evidence] = parseStudy(out, 'stdout').tables;
    expect(mixes?.rows.map(([name]) => name)).toContain('agent');
    for (const [, , quality] of evidence!.rows) {
      expect(['measured', 'reported', 'assumed']).toContain(quality);
    }
  });

  it('gives a rulebook its lines', () => {
    const place = temporaryDirectory();
    const quotes = join(place, 'q.csv');
    writeFileSync(quotes, 'vendor,model,date,input,output\nacme,alpha,2026-01-01,1,101\n');
    const { out } = mtok(['workloads', '--rules', 'completion']);
    const rulebook = join(place, 'r.yaml');
    const head = 'schema: mtok.rulebook/1\nindex: MY-CODE\nversion: 1.0.0\n';
    writeFileSync(rulebook, `${head}base: { date: 2026-01-01, level: "100" }\n${out}`);
    const files = ['--rulebook', rulebook, '--quotes', quotes];
    const fixed = mtok(['fix', '--index', 'MY-CODE', '--json', ...files]);
    // 0.9866 · 1 + 0.0134 · 101 = 2.34.
    expect(JSON.parse(fixed.out).value.price).toBe('2.3400');
  });

  it('are among what mtok sensitivity varies', () => {
    const place = temporaryDirectory();
    const quotes = join(place, 'q.csv');
    writeFileSync(quotes, 'vendor,model,date,input,output\nacme,alpha,2026-01-01,1,101\n');
    const rulebook = join(place, 'r.yaml');
    const head = 'schema: mtok.rulebook/1\nindex: MY-CODE\nversion: 1.0.0\n';
    const rest = 'base: { date: 2026-01-01, level: "100" }\nworkload: { input: 1, output: 0 }\n';
    writeFileSync(rulebook, head + rest);
    const files = ['--rulebook', rulebook, '--quotes', quotes];
    const { out } = mtok(['sensitivity', '--index', 'MY-CODE', '--json', ...files]);
    const variants: { choice: string; name: string; price: string | null; withheld: string[] }[] =
      JSON.parse(out).variants;
    const under = (name: string) => variants.find((one) => one.name === name);
    expect(under('completion')).toMatchObject({ choice: 'workload', price: '2.3400' });
    // Nobody quotes a batch tier here.
    expect(under('batch')).toMatchObject({ price: null, withheld: ['no_first_basket'] });
  });

  it.each([
    ['a name that is near', ['--rules', 'agnet'], 'did you mean agent?'],
    ['a name that is far', ['--rules', 'zzzzzzzzzz'], 'expected one of agent'],
    ['lines and a file at once', ['--rules', 'chat', '--out', 'x.csv'], '--rules alone'],
  ])('refuses %s', (_, args, said) => {
    const { code, err } = mtok(['workloads', ...args]);
    expect(err).toContain(said);
    expect(code).toBe(2);
  });
});
