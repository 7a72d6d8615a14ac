import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../ingest/feeds/repository.ts';
import { mtok, temporaryDirectory } from './run.ts';

const DOCUMENT = `{
  "sample_spec": {"input_cost_per_token": 0.0, "mode": "one of: chat"},
  "gpt-x": {"litellm_provider": "openai", "mode": "chat",
    "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05},
  "gpt-free": {"litellm_provider": "openai", "mode": "chat",
    "input_cost_per_token": 0, "output_cost_per_token": 0},
  "gpt-odd": {"litellm_provider": "openai", "mode": "chat",
    "input_cost_per_token": 0.015, "output_cost_per_token": 0.06}
}
`;
const QUOTES = `seller,venue,model,region,service_tier,context_from,input,cached_input,cache_write,\
output,currency,unit,effective_at,observed_at,valid_until,event,basis,window_utc,source
openai,litellm,gpt-x,global,standard,0,2.5,,,10,USD,per_mtok,2026-08-01T00:00:00Z,\
2026-08-01T00:00:00Z,,quote,list,,2026-08-01_prices.json:3
`;

function directoryWith(files: Readonly<Record<string, string>>): string {
  const cwd = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return cwd;
}

describe('mtok import', () => {
  it('prints quotes on stdout, and counts that add up on stderr', () => {
    const cwd = directoryWith({ '2026-08-01_prices.json': DOCUMENT });
    const { code, out, err } = mtok(['import', 'litellm', '2026-08-01_prices.json'], { cwd });
    expect(code).toBe(0);
    expect(out).toBe(QUOTES);
    expect(err).toBe(`litellm 2026-08-01T00:00:00Z  2026-08-01_prices.json
disposition      code         rows  prices
accepted                         1       2
held             implausible     1       2
rejected         template        1       1
rejected         zero_price      1       2
in the document                  4       7
new or changed quotes: 1

`);
  });

  it('writes quotes, review file and report', () => {
    const cwd = directoryWith({ 'p.json': DOCUMENT });
    const flags = ['--out', 'q.csv', '--review', 'held.csv', '--report', 'report.json'];
    const at = ['--observed-at', '2026-08-01T14:00:00+02:00'];
    const { code, out } = mtok(['import', 'litellm', 'p.json', ...at, ...flags], { cwd });
    expect([code, out]).toEqual([0, 'written: q.csv, 1 quotes\n']);
    expect(readFileSync(join(cwd, 'q.csv'), 'utf8')).toContain('2026-08-01T12:00:00Z');
    const [header, ...held] = readFileSync(join(cwd, 'held.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toMatch(/,code,reason,decision,decided_by,rationale$/);
    expect(held).toEqual([expect.stringContaining('gpt-odd,global,standard,0,15000,,,60000')]);
    const report = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8'));
    expect(report).toMatchObject({ schema: 'mtok.import/1', feed: 'litellm', quotes: 1 });
    expect(report.documents[0].leftovers).toContainEqual({
      ...{ row: 'gpt-free', file: 'p.json', line: 6, field: 'input_cost_per_token', value: '0' },
      ...{ price_per_mtok: '0', disposition: 'rejected', code: 'zero_price' },
      reason: '0/0 is free or a placeholder, not a price',
    });
  });

  it('takes dated files in the order of time, and only changes against what is known', () => {
    const cwd = directoryWith({
      '2026-08-02_p.json': DOCUMENT.replace('2.5e-06', '2e-06'),
      '2026-08-01_p.json': DOCUMENT,
      'before.csv': QUOTES,
    });
    const files = ['2026-08-02_p.json', '2026-08-01_p.json'];
    const both = mtok(['import', 'litellm', ...files], { cwd });
    expect(both.out.split('\n').map((line) => line.split(',')[6])).toEqual([
      ...['input', '2.5', '2', undefined],
    ]);
    const after = mtok(['import', 'litellm', ...files, '--previous', 'before.csv'], { cwd });
    expect(after.out.split('\n').map((line) => line.split(',')[6])).toEqual([
      ...['input', '2', undefined],
    ]);
  });

  it('goes on past a document that cannot be used, and says so with exit code 3', () => {
    const cwd = directoryWith({
      '2026-08-01_p.json': DOCUMENT,
      '2026-08-02_p.json': DOCUMENT.replace('}\n}', '},\n}'),
    });
    const files = ['2026-08-01_p.json', '2026-08-02_p.json'];
    const some = mtok(['import', 'litellm', ...files], { cwd });
    expect(some.code).toBe(3);
    expect(some.out.split('\n').length).toBe(3);
    expect(some.err).toContain('2026-08-02_p.json:9:column 1: expected valid JSON');
    expect(some.err).toContain('1 of 2 documents cannot be used; the others stand');
    const none = mtok(['import', 'litellm', '2026-08-02_p.json', '--out', 'q.csv'], { cwd });
    expect([none.code, none.out, existsSync(join(cwd, 'q.csv'))]).toEqual([3, '', false]);
  });

  it('reads the history of a file, past versions that cannot be used', () => {
    const { directory: cwd, commit } = repository();
    commit('2026-08-01T00:00:00Z', DOCUMENT, 'p.json');
    commit('2026-08-02T00:00:00Z', DOCUMENT.replace('}\n}', '},\n}'), 'p.json');
    commit('2026-08-03T00:00:00Z', DOCUMENT.replace('2.5e-06', '2e-06'), 'p.json');
    const { code, out, err } = mtok(['import', 'litellm', '--git', '.', '--path', 'p.json'], {
      cwd,
    });
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(',')[6])).toEqual([
      ...['input', '2.5', '2', undefined],
    ]);
    expect(err).toContain('1 of 3 documents cannot be used; the others stand');
  });

  it('reads a review file back, with what a person has decided in it', () => {
    const cwd = directoryWith({ '2026-08-01_p.json': DOCUMENT });
    mtok(['import', 'litellm', '2026-08-01_p.json', '--review', 'held.csv'], { cwd });
    const held = readFileSync(join(cwd, 'held.csv'), 'utf8');
    const undecided = mtok(['import', 'review', 'held.csv', '--out', 'q.csv'], { cwd });
    expect([undecided.code, existsSync(join(cwd, 'q.csv'))]).toEqual([3, false]);
    expect(undecided.err).toContain('held.csv:2:decision: expected accept or reject');
    writeFileSync(join(cwd, 'held.csv'), held.replace(/,,,\n$/, ',accept,Ann,seen on the page\n'));
    const decided = mtok(['import', 'review', 'held.csv'], { cwd });
    expect(decided.code).toBe(0);
    expect(decided.out).toContain('accepted by Ann: seen on the page');
    writeFileSync(join(cwd, 'accepted.csv'), decided.out);
    const again = ['import', 'litellm', '2026-08-01_p.json', '--previous', 'accepted.csv'];
    expect(mtok(again, { cwd }).err).not.toContain('implausible');
    const flags = ['--decided', 'held.csv', '--review', 'more.csv'];
    const asked = mtok(['import', 'litellm', '2026-08-01_p.json', ...flags], { cwd });
    expect([asked.code, asked.err.includes('written: more.csv, 0 held quotes')]).toEqual([0, true]);
  });

  it('reads any table by a map, given in words or in a file', () => {
    const cwd = directoryWith({
      'p-2026-08-01.csv': 'name,in,out\nm,3,15\n',
      'map.yaml': 'columns: { model: name, input: in, output: out }\nvalues: { seller: acme }\n',
    });
    const words = 'model=name,input=in,output=out,seller:acme';
    const [one, other] = [words, 'map.yaml'].map((map) =>
      mtok(['import', 'csv', 'p-2026-08-01.csv', '--map', map], { cwd }),
    );
    expect([one?.code, one?.out]).toEqual([0, other?.out]);
    expect(one?.out).toContain('acme,acme,m,global,standard,0,3,,,15,USD');
  });

  it('reads exchange rates and usage into rows of their own', () => {
    const cwd = directoryWith({
      'rates-2026-08-21.csv': 'Date,USD,CNY,\n2026-08-21,1.1643,N/A,\n',
    });
    const { code, out, err } = mtok(['import', 'fx', 'rates-2026-08-21.csv'], { cwd });
    expect([code, out]).toEqual([
      0,
      'date,base,quote,rate,source\n' +
        '2026-08-21,EUR,USD,1.1643,ECB euro foreign exchange reference rate\n',
    ]);
    expect(err).toMatch(/^rejected +no_rate +1$/m);
  });

  it.each([
    [['import', 'fx', 'p.json', '--review', 'r.csv'], 2, 'expected no --review with usage'],
    [['import', 'fx', 'p.json', '--observed-at', '2026-08-01'], 3, 'cannot be used'],
    [['import', 'litellm', 'p.json', '--map', 'a=b'], 2, 'expected --map with csv only'],
    [['import', 'csv', 'p.json', '--map', 'none.yaml'], 4, 'it does not exist'],
    [['import', 'litelm', 'p.json'], 2, 'unknown feed litelm: did you mean litellm?'],
    [['import', 'litellm', 'p.json'], 2, 'expected to be told when p.json was fetched'],
    [['import', 'litellm', 'p.json', '--observed-at', 'noon'], 2, 'a time with an offset'],
    [['import', 'litellm', 'p.json', '--observed-at', '2026-08-01', '--out', 'p.json'], 2, 'twice'],
    [['import', 'litellm', 'none-2026-08-01.json'], 4, 'it does not exist'],
    [['import', 'litellm', '.', '--observed-at', '2026-08-01'], 3, 'found a directory'],
    [['import', 'review', 'p.json', '--observed-at', '2026-08-01'], 2, 'expected no --observed-at'],
    [['import', 'review', 'none.csv'], 4, 'it does not exist'],
    [['import', 'litellm', '2026-08-01.json', '--decided', 'none.csv'], 4, 'it does not exist'],
    [['import', 'fx', 'p.json', '--decided', 'r.csv'], 2, 'expected no --decided with usage'],
    [['import', 'litellm'], 2, 'expected files to import, or --git REPO --path P'],
    [['import', 'litellm', '--git', '.'], 2, 'expected --git REPO together with --path P'],
    [['import', 'litellm', 'p.json', '--git', '.', '--path', 'p'], 2, 'expected --git alone'],
    [['import', 'litellm', '--git', '.', '--path', 'p.json'], 4, 'cannot read the repository .'],
  ])('answers %j with exit code %i', (args, code, message) => {
    const run = mtok(args, { cwd: directoryWith({ 'p.json': DOCUMENT }) });
    expect(run.code).toBe(code);
    expect(run.err).toContain(message);
    expect(run.out).toBe('');
  });

  it('reads a directory of a feed that comes as one', () => {
    const cwd = temporaryDirectory();
    const models = join(cwd, 'models.dev', 'providers', 'p', 'models');
    mkdirSync(models, { recursive: true });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      writeFileSync(join(models, `${name}.toml`), '[cost]\ninput = 1.50\noutput = 2\n');
    }
    const at = ['--observed-at', '2026-07-02'];
    const { code, out, err } = mtok(['import', 'models-dev', 'models.dev', ...at], { cwd });
    expect(code).toBe(0);
    expect(out.split('\n')[1]).toContain('p,models-dev,a,global,standard,0,1.5,,,2,USD');
    expect(err.split('\n')[0]).toMatch(/ and 1 more$/);
    const file = mtok(['import', 'litellm', 'models.dev', ...at], { cwd });
    expect([file.code, file.err]).toEqual([3, expect.stringContaining('found a directory')]);
  });

  it('takes the lengths of long prompts from a file, and refuses a bad one', () => {
    const item = (side: string, price: string) =>
      `{"meterName": "9.9 LongCo ${side} Gl", "unitOfMeasure": "1M", "retailPrice": ${price},
        "currencyCode": "USD", "type": "Consumption", "serviceName": "Foundry Models"}`;
    const cwd = directoryWith({
      'p.json': `{"Items": [${item('Inp', '5.0')}, ${item('Opt', '20.0')}]}`,
      'long.csv': 'seller,model,context_from\nazure,9.*,128000\n',
      'bad.csv': 'seller,model,context_from\nazure,9.*,many\n',
    });
    const run = (...flags: string[]) =>
      mtok(['import', 'azure-retail', 'p.json', '--observed-at', '2026-08-01', ...flags], { cwd });
    expect(run('--long-context', 'long.csv').out).toContain(
      'azure,azure,9.9,global,standard,128000',
    );
    expect(run().err).toContain('context_threshold_unknown');
    expect(run('--long-context', 'bad.csv')).toMatchObject({
      code: 3,
      err: expect.stringContaining('bad.csv:2:context_from: expected a whole number'),
    });
    expect(run('--long-context', 'none.csv').code).toBe(4);
  });
});
