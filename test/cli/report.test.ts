import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditedDesk } from '../operate/audited-desk.ts';
import { csv, type OwnBook, ownBook } from './own-book.ts';
import { mtok, type Run, temporaryDirectory } from './run.ts';

/**
 * Six days of three models at 4, 2 and 6, published as they came: a price that is held and then
 * rejected, a judged one, a correction, a revision, and a day that was never published.
 */
const RULES = {
  mode: 'settlement',
  hold: '{ move: "3", max_hours: 72 }',
  fallback: '[{ rule: judgement }]',
  gates: '{ min_constituents: 3 }',
  cutoff: '{ time: "16:00", zone: UTC }',
  finality: '{ hours: 8, restate_above: "0.001" }',
};

let book: OwnBook;
const env = {
  MTOK_PASSPHRASE: 'a passphrase',
  XDG_STATE_HOME: join(temporaryDirectory(), 'state'),
};
const run = (...args: string[]): Run => mtok(args, { cwd: book.cwd, env });
const publish = (...args: string[]) =>
  run('publish', '--book', 'book', '--out', 'public', '--key', 'mtok.key', ...args);
const report = (...args: string[]) => run('report', '--year', '2026', ...args);
const published = (...args: string[]) => report('--publication', 'public', ...args);

const SIGNED = 'a. smith; b. jones';

beforeAll(() => {
  book = ownBook(
    [
      '2026-07-01T09:00:00Z acme/alpha 4',
      '2026-07-01T09:00:00Z bell/beta 2',
      '2026-07-01T09:00:00Z coil/gamma 6',
    ],
    RULES,
  );
  const later = [
    '2026-07-02T09:00:00Z acme/alpha 40',
    '2026-07-03T09:00:00Z bell/beta withdrawn',
    '2026-07-05T09:00:00Z bell/beta 2.5',
    '2026-07-06T09:00:00Z bell/beta 2',
  ];
  book.write('book/quotes/later.csv', csv(later));
  book.write(
    'book/holds.csv',
    'seller,model,effective_at,decision,rationale,approvers,decided_at\n' +
      'acme,alpha,2026-07-02T09:00:00Z,reject,"a comma | <b>for</b> a point",' +
      `${SIGNED},2026-07-03T08:00:00Z\n`,
  );
  book.write(
    'book/corrections.csv',
    'seller,model,effective_at,was_input,was_output,was_cached_input,input,output,cached_input,reason,known_since\n' +
      'bell,beta,2026-07-05T09:00:00Z,2.5,2.5,,2,2,,a typing error,2026-07-05T20:00:00Z\n',
  );
  run('key', 'new', '--name', 'index.example/mtok', '--out', 'mtok.key');
  for (const day of [1, 2, 3, 5]) expect(publish('--date', `2026-07-0${day}`).code).toBe(0);
  book.write(
    'book/revisions.csv',
    'index,date,revision,known_at,reason\nTEST,2026-07-05,1,2026-07-05T21:00:00Z,the correction\n',
  );
  expect(publish('--from', '2026-07-05', '--to', '2026-07-06').code).toBe(0);
}, 60_000);

describe('mtok report', () => {
  it('accounts for what was published, and for what was not', () => {
    const { code, out } = published('--index', 'TEST', '--json');
    expect(code).toBe(0);
    const found = JSON.parse(out);
    expect(found).toMatchObject({
      ...{ schema: 'mtok.report/1', index: 'TEST', from: '2026-07-01', to: '2026-07-06' },
      rests_on: { kind: 'publication', origin: 'index.example/mtok' },
      // The fourth was not published. On the third beta is withdrawn, and two are too few.
      days: { scheduled: 6, published: 4, repeated: 0, withheld: 1, missing: 1 },
      reasons: [{ reason: 'min_constituents', days: 1 }],
      holds: { fixings_with_held_prices: 1, outcomes: { rejected: 1 } },
      judgements: { fixings_with_judged_prices: 0 },
      kept_back: [],
      exclusions: [{ reason: 'held', quotes: 1 }],
    });
    expect(found.exceptions).toEqual([
      {
        ...{ from: '2026-07-03', to: '2026-07-03', days: 1, status: 'withheld' },
        reasons: ['min_constituents'],
      },
      {
        ...{ from: '2026-07-04', to: '2026-07-04', days: 1, status: 'missing' },
        reasons: ['not_published'],
      },
    ]);
    // (4 + 2.5 + 6) / 3 at first, and 12 / 3 with what is right: 4 % less.
    expect(found.restatements).toEqual([
      {
        ...{ date: '2026-07-05', revision: 1, known_at: '2026-07-05T21:00:00Z' },
        ...{ reason: 'the correction', beyond_threshold: true, threshold: '0.001' },
        price: { before: '4.1667', after: '4.0000', percent: '-4.0008' },
        level: { before: '104.1667', after: '100.0000', percent: '-4.0000' },
      },
    ]);
    expect(found.corrections).toMatchObject([{ seller: 'bell', reason: 'a typing error' }]);
    expect(found.sensitivities.map(({ date }: { date: string }) => date)).toEqual(['2026-07-06']);
    expect(found.sensitivities[0].own).toMatchObject({ level: '100.0000' });
  });

  it('says the same of a book as of what was published from it', () => {
    // Nothing but the day that was never published sets them apart: it is published here.
    const whole = join(book.cwd, 'whole');
    const args = ['publish', '--book', 'book', '--out', whole, '--key', 'mtok.key'];
    expect(run(...args, '--from', '2026-07-01', '--to', '2026-07-04').code).toBe(0);
    const revisions = readFileSync(join(book.cwd, 'book/revisions.csv'), 'utf8');
    rmSync(join(book.cwd, 'book/revisions.csv'));
    expect(run(...args, '--date', '2026-07-05').code).toBe(0);
    book.write('book/revisions.csv', revisions);
    expect(run(...args, '--from', '2026-07-05', '--to', '2026-07-06').code).toBe(0);
    const flags = ['--index', 'TEST', '--json', '--sensitivity', 'quarters'];
    const ofBook = JSON.parse(report('--book', 'book', ...flags).out);
    const ofPublication = JSON.parse(report('--publication', 'whole', ...flags).out);
    // beta is still withdrawn on the fourth.
    expect(ofBook.days).toMatchObject({ scheduled: 6, published: 4, withheld: 2, missing: 0 });
    expect(ofBook.rests_on).toEqual({ kind: 'book' });
    // What the log alone has, beside the fixings, no book can tell.
    const ofLog = { rests_on: ofBook.rests_on, notices: null, approvals: null };
    expect(ofPublication).toMatchObject({ notices: [], approvals: [] });
    expect({ ...ofPublication, ...ofLog }).toEqual(ofBook);
  });

  it('is a page where words of other people stay in their cells', () => {
    const { code, out, err } = published('--out', 'report.md', '--sensitivity', 'never');
    expect({ code, out }).toEqual({ code: 0, out: 'written: report.md\n' });
    expect(err).toContain('its own word');
    const page = readFileSync(join(book.cwd, 'report.md'), 'utf8');
    for (const heading of ['Days', 'Evidence', 'Corrections and restatements']) {
      expect(page).toContain(`\n### ${heading}\n`);
    }
    expect(page).toContain('a comma \\| &lt;b\\>for&lt;/b\\> a point');
    expect(page).toContain('| 2026-07-04 | 1 | missing | not_published |');
    expect(page).not.toContain('Sensitivity');
    // Each row of a table has the columns of its title.
    const tables = page.split('\n\n').filter((block) => block.startsWith('| '));
    expect(tables.length).toBeGreaterThan(8);
    for (const table of tables) {
      const cells = table.split('\n').map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(cells).size, table).toBe(1);
    }
    expect(published('--sensitivity', 'never').out).toBe(page);
  });

  it('counts days as due up to a day, within the year', () => {
    const { out } = published('--index', 'TEST', '--json', '--until', '2026-07-09');
    expect(JSON.parse(out).days).toMatchObject({ scheduled: 9, missing: 4 });
    expect(published('--until', '2027-01-01')).toMatchObject({ code: 2, out: '' });
  });

  it('is an array without an index', () => {
    const { out } = published('--json', '--sensitivity', 'never');
    expect(JSON.parse(out).map(({ index }: { index: string }) => index)).toEqual(['TEST']);
  });

  it('of rows that were not published says what cannot be told', () => {
    const args = ['publish', '--book', 'book', '--out', 'kept', '--key', 'mtok.key'];
    const range = ['--from', '2026-07-01', '--to', '2026-07-03'];
    expect(run(...args, ...range, '--digest-only', 'quotes', 'corrections').code).toBe(0);
    const { code, out } = report('--publication', 'kept', '--index', 'TEST', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ...{ kept_back: ['corrections', 'quotes'], corrections: null, sensitivities: [] },
      holds: { fixings_with_held_prices: 1, holds: null, outcomes: null },
      days: { scheduled: 3, published: 2, withheld: 1, missing: 0 },
    });
    const page = report('--publication', 'kept').out.replaceAll(/\s+/g, ' ');
    expect(page).toContain('The rows of corrections, quotes were not published');
    expect(page).toContain('Which quotes were held cannot be told');
  });
});

describe('the records of a publication', () => {
  it('are told: its notices, and who approved how many fixings', async () => {
    const { publication } = await auditedDesk();
    const flags = ['--publication', publication, '--index', 'TEST'];
    const { notices, approvals, days } = JSON.parse(report(...flags, '--json').out);
    expect(notices).toEqual([{ dated: '2026-07-02', notice: 'cessation', text: 'It ends.' }]);
    expect(approvals).toEqual([
      { name: 'person1@index.example', fixings: 3 },
      { name: 'person2@index.example', fixings: 3 },
    ]);
    expect(days).toMatchObject({ scheduled: 3, published: 3, live: 3, reconstructed: 0 });
    const page = report(...flags, '--sensitivity', 'never').out;
    expect(page).toContain('| 2026-07-02 | cessation | It ends. |');
    expect(page).toContain('by key: person1@index.example 3, person2@index.example 3.');
    expect(report(...flags, '--json', '--until', '2026-07-01').out).toContain('"notices":[]');
  });

  it('are held against the log', async () => {
    const { publication, contents, write } = await auditedDesk();
    const { path } = contents().records.find(({ record }) => record === 'approvals')!;
    const text = readFileSync(join(publication, path), 'utf8');
    write(`public/${path}`, text.replace('person1', 'person3'));
    const done = report('--publication', publication);
    expect(done).toMatchObject({ code: 1, out: '' });
    expect(done.err).toContain(`${path} has the SHA-256`);
  });
});

describe('mtok report refuses', () => {
  it.each([
    ['a year without a fixing', ['--year', '2025'], 1, 'there is no fixing in 2025'],
    ['a year that is none', ['--year', '26'], 2, 'expected a year, YYYY'],
    [
      'an index that is not there',
      ['--index', 'TSET'],
      2,
      'unknown index TSET: did you mean TEST?',
    ],
    ['a publication and a book', ['--book', 'book'], 2, 'or the files of a book, not both'],
    ['another word for when', ['--sensitivity', 'daily'], 2, 'Allowed choices are'],
  ])('%s', (_, args, code, message) => {
    const done = published(...args);
    expect(done).toMatchObject({ code, out: '' });
    expect(done.err).toContain(message);
  });

  it('a key without a publication, and a book without the year', () => {
    expect(report('--book', 'book', '--key', 'mtok.key').code).toBe(2);
    const none = run('report', '--year', '2019', '--book', 'book');
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.err).toBe(
      'TEST has no fixing in 2019.\nmtok: there is no fixing in 2019 to report on\n',
    );
  });

  it.each([
    ['a fixing', 'fixings/TEST/2026-07-02.json', (text: string) => text.replace('"100', '"101')],
    ['a fixing that is gone', 'fixings/TEST/2026-07-01.json', () => undefined],
    ['the index', 'index.json', (text: string) => text.replace('"withheld"', '"published"')],
    ['a rulebook', 'rulebooks/TEST/1.0.0.yaml', (text: string) => `${text}\n`],
    ['the checkpoint', 'checkpoint', () => 'no checkpoint\n'],
    ['the keys', 'keys.txt', () => ''],
  ])('a publication with damage to %s', (_, path, change) => {
    const damaged = join(book.cwd, 'damaged');
    rmSync(damaged, { recursive: true, force: true });
    cpSync(join(book.cwd, 'public'), damaged, { recursive: true });
    const text = change(readFileSync(join(damaged, path), 'utf8'));
    if (text === undefined) rmSync(join(damaged, path));
    else writeFileSync(join(damaged, path), text);
    const done = report('--publication', 'damaged', '--out', 'none.md');
    expect(done).toMatchObject({ code: 1, out: '' });
    expect(done.err).toMatch(/mtok: damaged (does not verify|cannot be relied on): /);
    expect(done.err).not.toContain('unexpected');
    expect(existsSync(join(book.cwd, 'none.md'))).toBe(false);
  });

  it('an input that was changed, by its digest', () => {
    const damaged = join(book.cwd, 'inputs-damaged');
    cpSync(join(book.cwd, 'public'), damaged, { recursive: true });
    const last = JSON.parse(readFileSync(join(damaged, 'fixings/TEST/2026-07-06.json'), 'utf8'));
    const path = join(damaged, `inputs/${last.inputs.quotes.sha256}.csv`);
    writeFileSync(path, readFileSync(path, 'utf8').replace(',USD,6', ',USD,7'));
    const done = report('--publication', 'inputs-damaged');
    expect(done).toMatchObject({ code: 1, out: '' });
    expect(done.err).toContain('has the SHA-256');
  });
});
