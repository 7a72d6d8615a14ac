import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson, settlementSchema } from '../../src/index.ts';
import { contractText, fixing, july } from '../settle/small-contract.ts';
import { mtok, temporaryDirectory } from './run.ts';

const LIST = ['settle', '--contract', 'MTOK-LIST-USD-MONTH', '--period', '2026-07'];

/** A contract's file, and published fixings as `mtok fix --out` writes them. */
function market(keys: Record<string, string> = {}, lines: readonly string[] = july()) {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'terms.yaml'), contractText(keys));
  mkdirSync(join(cwd, 'published', 'TEST'), { recursive: true });
  for (const line of lines) {
    const { fixing: document } = fixing(line);
    const revision = document.revision === 0 ? '' : `.r${document.revision}`;
    const path = join(cwd, 'published', 'TEST', `${document.date}${revision}.json`);
    writeFileSync(path, canonicalJson(document));
  }
  const args = ['settle', '--contract', './terms.yaml', '--period', '2026-07'];
  const run = (...more: string[]) => mtok([...args, '--fixings', 'published', ...more], { cwd });
  return { cwd, run };
}

const LATER = ['--known-at', '2026-09-01T00:00:00Z'];

describe('mtok settle', () => {
  it('shows each day, its rung and its value, and how the price came out', () => {
    const { code, out } = market({ ladder: '[{ rule: previous, max_days: 3 }]' }, [
      ...july({ '2026-07-14': '90.0000', '2026-07-15': 'withheld' }),
    ]).run(...LATER);
    expect(code).toBe(0);
    expect(out).toMatch(/^2026-07-14 {2}fixing +90\.0000 +2026-07-14 [0-9a-f]{12}$/m);
    expect(out).toMatch(/^2026-07-15 {2}previous +90\.0000 +2026-07-14 [0-9a-f]{12} +withheld/m);
    for (const part of ['22 of 23 days', 'final since 2026-08-03T18:00:00Z', 'half_even']) {
      expect(out).toContain(part);
    }
    expect(out).toMatch(/^settled {2}99\.13 points$/m);
    expect(out).toMatch(/^cash {5}991\.3 USD a contract: 10 USD a point$/m);
  });

  it('prints the canonical document, the same from the book and from what was published', () => {
    const cwd = temporaryDirectory();
    const one = settlementSchema.parse(JSON.parse(mtok([...LIST, '--json']).out));
    expect(one).toMatchObject({ status: 'final', illustrative: true, settled: '72.57' });
    // The command of the shipped book, run for each day that the contract may look at.
    const [from, to] = ['2026-07-01', '2026-08-07'];
    for (let day = new Date(from); day <= new Date(to); day.setUTCDate(day.getUTCDate() + 1)) {
      const date = day.toISOString().slice(0, 10);
      const isWeekend = [0, 6].includes(day.getUTCDay());
      if (isWeekend || (date > '2026-07-03' && date < '2026-07-30')) continue;
      mtok(['fix', '--index', 'MTOK-LIST', '--date', date, '--out', 'out'], { cwd });
    }
    const text = readFileSync('data/contracts/MTOK-LIST-USD-MONTH.yaml', 'utf8');
    const few = text
      .replace('business_days', 'last_days, days: 2')
      .replace('min_observations: 15', 'min_observations: 1');
    writeFileSync(join(cwd, 'few.yaml'), few);
    const args = ['settle', '--contract', './few.yaml', '--period', '2026-07', '--json'];
    const published = mtok([...args, '--fixings', 'out'], { cwd });
    expect(published.out).toBe(mtok(args, { cwd }).out);
    expect(JSON.parse(published.out).days).toHaveLength(2);
  });

  it('ends with 1 where it is undetermined, with the evidence', () => {
    const { run, cwd } = market({}, july({ '2026-07-15': 'withheld' }));
    const { code, out, err } = run(...LATER, '--out', 'settlements');
    expect(code).toBe(1);
    expect(out).toMatch(/^2026-07-15 {2}none +– +2026-07-15 [0-9a-f]{12} +withheld min_labs$/m);
    expect(err).toContain('TEST-MONTH for 2026-07 is undetermined');
    expect(err).toContain('[no_value]');
    const folder = join(cwd, 'settlements', 'TEST-MONTH');
    expect(readdirSync(folder)).toEqual(['2026-07.evidence.json', '2026-07.json']);
    const evidence = JSON.parse(readFileSync(join(folder, '2026-07.evidence.json'), 'utf8'));
    expect(evidence.fixings).toHaveLength(23);
    const json = run(...LATER, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out).reasons[0].code).toBe('no_value');
  });

  it('refuses the yuan after the last rate, and says so', () => {
    const args = ['settle', '--contract', 'MTOK-CN-CNY-MONTH', '--period', '2026-04'];
    const { code, err } = mtok(args);
    expect(code).toBe(1);
    expect(err).toContain('the last rate of USD/CNY is of 2026-04-13');
  });

  it('says what the remaining days would have to average', () => {
    const { run } = market({}, july().slice(0, 13));
    const { out, code } = run('--known-at', '2026-07-17T20:00:00Z', '--target', '101');
    expect(code).toBe(0);
    expect(out).toContain('for 101 points: the 10 days to come would have to average 102.3');
    const json = run('--known-at', '2026-07-17T20:00:00Z', '--target', '101', '--json');
    const { target, settlement } = JSON.parse(json.out);
    expect(target).toEqual({ result: '101', remaining: 10, average: '102.3' });
    expect(settlement.status).toBe('indicative');
  });

  it('has an indicative settlement for each day', () => {
    const { run } = market({}, july({ '2026-07-02': '90.0000' }).slice(0, 3));
    const { out } = run('--daily');
    expect(out).toMatch(/^2026-07-02 {2}fixing +90\.0000 +95 +95\.00 +21 +indicative$/m);
    const documents: unknown[] = JSON.parse(run('--daily', '--json').out);
    expect(documents).toHaveLength(3);
  });

  it('settles the months of a strip one by one', () => {
    const args = ['settle', '--contract', 'MTOK-FRONTIER-STRIP', '--period', '2025'];
    const { out } = mtok(args);
    expect(out).toMatch(/^2025-12 {2}final +5\/5 /m);
    expect(out).toContain('final: 12 of 12; their cash per contract: ');
    expect(JSON.parse(mtok([...args, '--json']).out)).toHaveLength(12);
  });

  it('names the document that it takes over from, and takes over from no final one', () => {
    const { run, cwd } = market();
    const early = run('--known-at', '2026-07-20T00:00:00Z', '--json').out;
    writeFileSync(join(cwd, 'early.json'), early);
    const found = run(...LATER, '--supersedes', 'early.json', '--json');
    const digest = createHash('sha256').update(early).digest('hex');
    expect(JSON.parse(found.out).supersedes).toBe(digest);
    writeFileSync(join(cwd, 'final.json'), found.out);
    const again = run(...LATER, '--supersedes', 'final.json');
    expect(again.code).toBe(1);
    expect(again.err).toContain('a final settlement is never adjusted');
  });

  it('goes by what a publication says is final', () => {
    const { run, cwd } = market();
    const folder = join(cwd, 'publication');
    mkdirSync(join(folder, 'fixings', 'TEST'), { recursive: true });
    const fixings = july().map((line) => {
      const document = { ...fixing(line).fixing, basis: 'live' as const };
      const text = canonicalJson(document);
      const { index, date, revision, known_at } = document;
      writeFileSync(join(folder, 'fixings', 'TEST', `${date}.json`), text);
      const final_from = date === '2026-07-31' ? '2026-09-01T00:00:00Z' : known_at;
      const sha256 = createHash('sha256').update(text).digest('hex');
      return { index, date, revision, sha256, published_at: known_at, final_from };
    });
    const index = { schema: 'mtok.publication/1', fixings };
    writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
    const { code, out } = run(...LATER, '--fixings', 'publication');
    expect(code).toBe(1);
    expect(out).toMatch(/^2026-07-31 {2}none .* not_final$/m);
    writeFileSync(join(folder, 'fixings', 'TEST', '2026-07-31.json'), '{}');
    expect(run(...LATER, '--fixings', 'publication')).toMatchObject({ code: 3 });
  });
});

describe('what is asked for wrongly', () => {
  it.each([
    [['--contract', 'MTOK-LIST-USD-MONHT', '--period', '2026-07'], 2, 'did you mean'],
    [['--contract', 'MTOK-LIST-USD-MONTH', '--period', '2026-13'], 2, 'a month: 2026-08'],
    [['--contract', 'MTOK-LIST-USD-MONTH'], 2, 'found none'],
    [['--contract', 'MTOK-LIST-USD-MONTH', '--period', '2023-12'], 1, 'from 2024-02-01 on'],
    [['--contract', './nothing.yaml', '--period', '2026-07'], 4, 'nothing.yaml'],
    [[...LIST.slice(1), '--target', 'much'], 2, 'a decimal number'],
    [[...LIST.slice(1), '--fixings', 'docs'], 3, 'docs has no fixing of MTOK-LIST'],
    [['--contract', 'test/data/contract-unknown-key.yaml'], 3, 'did you mean `tick`?'],
  ])('%s', (args, code, message) => {
    const found = mtok(['settle', ...args]);
    expect(found.code).toBe(code);
    expect(found.err).toContain(message);
    expect(found.out).toBe('');
  });

  it('is helped', () => {
    const { code, out } = mtok(['settle', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
  });
});

describe('mtok check', () => {
  it('finds an index or a calendar that the book does not have, and a small contract', () => {
    const cwd = temporaryDirectory();
    const book = join(cwd, 'book');
    mkdirSync(join(book, 'contracts'), { recursive: true });
    mkdirSync(join(book, 'rulebooks'));
    mkdirSync(join(book, 'quotes'));
    writeFileSync(
      join(book, 'rulebooks', 'TEST.yaml'),
      'schema: mtok.rulebook/1\nindex: TEST\nversion: 1.0.0\nbase: { date: 2026-07-01 }\n' +
        'workload: { input: "0.5", output: "0.5" }\n',
    );
    writeFileSync(
      join(book, 'quotes', 'q.csv'),
      'seller,model,effective_at,input,output\nacme,alpha,2026-07-01,1,2\n',
    );
    const text = contractText({
      index: 'TSET',
      calendar: 'exchange',
      series: '1',
      multiplier: '{ size: "100", unit: MTok }',
      ladder: '[{ rule: other_index, index: OTHER, max_days: 3 }]',
    });
    writeFileSync(join(book, 'contracts', 'one.yaml'), text);
    const { code, out } = mtok(['check', '--book', book]);
    expect(code).toBe(3);
    expect(out).toContain('unknown_index: TEST-MONTH: the book has no rulebook of TSET: did you');
    expect(out).toContain('unknown_index: TEST-MONTH: the book has no rulebook of OTHER');
    expect(out).toContain('unknown_calendar: TEST-MONTH names the calendar exchange');
    expect(out).toContain('small_contract: TEST-MONTH: 100 MTok');
  });
});
