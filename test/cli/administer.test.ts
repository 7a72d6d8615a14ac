import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AT_DESK, type CliDesk, cliDesk } from './desk-of.ts';

/** The flags, exit codes and JSON of approve, restate, announce, run and status. */
const RULES = {
  cutoff: '{ time: "16:00", zone: UTC }',
  schedule: '{ collect_by: "15:30", review_by: "17:00", publish_by: "18:00" }',
  finality: '{ hours: 20, restate_above: "0.005" }',
  live_from: '2026-07-01',
};
const QUOTES = ['2026-06-30T15:00:00Z acme/alpha 4', '2026-06-30T15:00:00Z bell/beta 2'];
const EVENING = '2026-07-01T17:30:00Z';
const STATUS = ['status', '--book', 'book', '--publication', 'public'];

const published = (): CliDesk => {
  const desk = cliDesk(RULES, QUOTES);
  expect(desk.run(EVENING, 'run', '--daily', ...AT_DESK).code).toBe(0);
  return desk;
};

describe('mtok run', () => {
  it('prints a line for what it did, and nothing the second time', () => {
    const desk = cliDesk(RULES, QUOTES);
    expect(desk.run(EVENING, 'run', '--daily', ...AT_DESK)).toEqual({
      code: 0,
      out: `${EVENING}  published        TEST 2026-07-01: provisional: 3.0000 USD/MTok, level 100.0000\n`,
      err: '',
    });
    expect(desk.run(EVENING, 'run', '--daily', ...AT_DESK).out).toBe('Nothing is due.\n');
    const { out } = desk.run('2026-07-02T17:30:00Z', 'run', '--daily', ...AT_DESK, '--json');
    expect(JSON.parse(out)).toMatchObject([
      { what: 'finalized', index: 'TEST', date: '2026-07-01' },
      { what: 'published', index: 'TEST', date: '2026-07-02' },
    ]);
  });

  it('ends with 1 where something is late, and with 2 for what makes no sense', () => {
    const desk = cliDesk(RULES, QUOTES);
    const late = desk.run('2026-07-01T18:30:00Z', 'run', '--daily', ...AT_DESK);
    expect(late.code).toBe(1);
    expect(late.out).toContain(
      'late             TEST 2026-07-01: was to be published by 2026-07-01T18',
    );
    expect(desk.run(EVENING, 'run', ...AT_DESK).code).toBe(2);
    const inTheBook = ['--book', 'book', '--publication', './book/', '--key', 'log.key'];
    const refused = desk.run(EVENING, 'run', '--daily', ...inTheBook);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('than the book') });
    expect(existsSync(join(desk.book, 'checkpoint'))).toBe(false);
    const witness = ['--book', 'book', '--publication', 'public', '--key', 'witness.key'];
    expect(desk.run('2026-07-02T17:30:00Z', 'run', '--daily', ...witness)).toMatchObject({
      code: 2,
      err: expect.stringContaining('log key'),
    });
  });

  it('names what it cannot read or open', () => {
    const desk = published();
    writeFileSync(join(desk.cwd, 'file'), '');
    const at = (key: string, publication = 'public', book = 'book') => {
      const flags = ['--book', book, '--publication', publication, '--key', key];
      return desk.run('2026-07-02T17:30:00Z', 'run', '--daily', ...flags);
    };
    expect(at('none.key')).toMatchObject({ code: 4, err: expect.stringContaining('not exist') });
    expect(at('book')).toMatchObject({
      code: 3,
      err: 'mtok: expected a file, found a directory: book\n',
    });
    expect(at('log.key', 'file')).toMatchObject({
      code: 3,
      err: 'mtok: expected a directory with a publication, found a file: file\n',
    });
    mkdirSync(join(desk.cwd, 'empty'));
    expect(at('log.key', 'public', 'empty')).toMatchObject({
      code: 3,
      err: expect.stringContaining('empty is no book'),
    });
    desk.write('book/corrections.csv', Buffer.from([0xff, 0xfe, 0x00]).toString('latin1'));
    const rejected = at('log.key');
    expect(rejected.code).toBe(3);
    expect(rejected.err).toContain('book/corrections.csv');
    expect(rejected.err).not.toContain('--skip-rejects');
    const wrong = cliDesk(RULES, QUOTES, { passphrase: 'wrong' });
    expect(wrong.run(EVENING, 'run', '--daily', ...AT_DESK)).toMatchObject({
      code: 1,
      err: expect.stringContaining('wrong passphrase'),
    });
  });

  it('stops at captures.csv where it cannot be read', () => {
    const desk = published();
    for (const text of ['garbage\n', 'file,sha256,logged_at,opening\nx,y,z,w\n']) {
      desk.write('book/captures.csv', text);
      const stopped = desk.run('2026-07-02T17:30:00Z', 'run', '--daily', ...AT_DESK);
      expect(stopped.code).toBe(3);
      expect(stopped.err).toContain('Restore it from a copy');
    }
  });
});

describe('mtok status', () => {
  it('is the same as a table and as JSON', () => {
    const desk = published();
    const { code, out, err } = desk.run('2026-07-01T17:40:00Z', ...STATUS);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')[3]).toMatch(
      /^TEST +2026-07-01 +provisional +– +2026-07-02T16:00:00Z +2026-07-02T18:00:00Z$/,
    );
    expect(out).toContain('26 hours ago, at every venue.');
    const { indices } = JSON.parse(desk.run('2026-07-01T17:40:00Z', ...STATUS, '--json').out);
    expect(indices).toMatchObject([
      { index: 'TEST', due: [], collection_late: false, latest: { date: '2026-07-01' } },
    ]);
  });

  it('names a collection that is late, and ends with 1 under --strict', () => {
    const desk = published();
    const line = 'TEST: nothing is collected for 2026-07-02, and was to be by 2026-07-02T15:30:00Z';
    expect(desk.run('2026-07-02T15:30:00Z', ...STATUS).out).not.toContain(line);
    expect(desk.run('2026-07-02T15:30:01Z', ...STATUS)).toMatchObject({
      code: 0,
      out: expect.stringContaining(line),
    });
    expect(desk.run('2026-07-02T15:30:01Z', ...STATUS, '--strict')).toMatchObject({
      code: 1,
      err: 'mtok: late: the collection of TEST\n',
    });
    const late = desk.run('2026-07-02T18:30:00Z', ...STATUS, '--strict');
    expect(late.err).toContain('late: TEST 2026-07-02');
  });

  it('says where nothing is published yet, and that a directory may be misspelt', () => {
    const desk = cliDesk(RULES, QUOTES);
    const { code, out, err } = desk.run(EVENING, ...STATUS);
    expect(code).toBe(0);
    expect(err).toContain('public is not there');
    expect(out).toContain('nothing yet');
  });
});

describe('mtok approve', () => {
  const APPROVE = ['approve', '--book', 'book', '--index', 'TEST', '--date', '2026-07-01'];

  it('says who has signed, and how many are missing', () => {
    const desk = cliDesk({ ...RULES, approvals: '2' }, QUOTES);
    const first = desk.run(EVENING, ...APPROVE, '--key', 'ann.key');
    expect(first.code).toBe(0);
    expect(first.out).toContain('by ann@index.example; 1 more needed\n');
    const again = desk.run(EVENING, ...APPROVE, '--key', 'ann.key');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('another key') });
    const other = ['--sha256', '0'.repeat(64)];
    expect(desk.run(EVENING, ...APPROVE, '--key', 'bob.key', ...other).code).toBe(1);
    const second = desk.run(EVENING, ...APPROVE, '--key', 'bob.key', '--json');
    expect(JSON.parse(second.out)).toMatchObject({
      ...{ index: 'TEST', date: '2026-07-01', revision: 0, approvals: 2 },
      approved_by: ['ann@index.example', 'bob@index.example'],
    });
    expect(desk.run(EVENING, 'run', '--daily', ...AT_DESK).out).toContain('published');
  });

  it('refuses a key of a witness, a day before its cut-off, and what nobody has to approve', () => {
    const desk = cliDesk({ ...RULES, approvals: '2' }, QUOTES);
    const witness = desk.run(EVENING, ...APPROVE, '--key', 'witness.key');
    expect(witness).toMatchObject({ code: 2, err: expect.stringContaining('cannot approve') });
    const early = desk.run('2026-07-01T15:59:59Z', ...APPROVE, '--key', 'ann.key');
    expect(early).toMatchObject({ code: 1, err: expect.stringContaining('may still change') });
    expect(existsSync(join(desk.book, 'approvals'))).toBe(false);
    const unasked = cliDesk(RULES, QUOTES).run(EVENING, ...APPROVE, '--key', 'ann.key');
    expect(unasked).toMatchObject({ code: 1, err: expect.stringContaining('no approvals') });
    const unknown = APPROVE.map((word) => (word === 'TEST' ? 'TEXT' : word));
    expect(desk.run(EVENING, ...unknown, '--key', 'ann.key')).toMatchObject({
      code: 2,
      err: 'mtok: unknown index TEXT: did you mean TEST?\n',
    });
  });
});

describe('mtok restate', () => {
  const RESTATE = ['restate', '--index', 'TEST', '--date', '2026-07-01', ...AT_DESK];
  const because = (reason: string) => ['--because', reason];

  it('gives a revision where the error is material, as JSON too', () => {
    const desk = published();
    const moment = '2026-07-01T21:00:00Z';
    expect(desk.run(moment, ...RESTATE, ...because('a slip'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('would be the same'),
    });
    desk.write(
      'book/corrections.csv',
      'seller,model,effective_at,was_input,was_output,input,output,reason,known_since\n' +
        `acme,alpha,2026-06-30T15:00:00Z,4,4,5,5,a slip,${moment}\n`,
    );
    const { code, out } = desk.run(moment, ...RESTATE, ...because(' a slip '), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      notice: {
        subject: { notice: 'restatement', reason: 'a slip', restated: { price: '3.5000' } },
      },
      revisions: ['TEST 2026-07-01 1'],
    });
    expect(desk.run(moment, 'run', '--daily', ...AT_DESK).out).toContain('revision 1, provisional');
  });

  it('wants a reason, a day that is published, and a fixing that is as it was', () => {
    const desk = published();
    expect(desk.run(EVENING, ...RESTATE, ...because(' '))).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected a reason'),
    });
    expect(desk.run(EVENING, ...RESTATE).code).toBe(2);
    const other = RESTATE.map((word) => (word === '2026-07-01' ? '2026-07-04' : word));
    expect(desk.run(EVENING, ...other, ...because('a slip'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing is published of TEST on 2026-07-04'),
    });
    const fixing = 'public/fixings/TEST/2026-07-01.json';
    for (const text of ['{', desk.read(fixing).replace('3.0000', '3.0001')]) {
      desk.write(fixing, text);
      expect(desk.run(EVENING, ...RESTATE, ...because('a slip'))).toMatchObject({
        code: 1,
        err: expect.stringMatching(/fixings\/TEST\/2026-07-01\.json is not what was logged/),
      });
    }
  });
});

describe('mtok announce', () => {
  const end = (...more: readonly string[]) => [
    ...['announce', 'cessation', '--index', 'TEST', ...AT_DESK, ...more],
  ];
  const LAST = ['--last-day', '2026-07-02', '--because', 'too few sellers'];

  it('logs a notice once, and shows it without logging it', () => {
    const desk = published();
    const draft = desk.run(EVENING, ...end(...LAST, '--dry-run', '--json'));
    expect(JSON.parse(draft.out)).toMatchObject({
      index: 'TEST',
      subject: { notice: 'cessation' },
    });
    expect(desk.records('notice')).toEqual([]);
    const { code, out } = desk.run(EVENING, ...end(...LAST));
    expect(code).toBe(0);
    expect(out).toMatch(
      /\nlogged: notices\/2026-07-01\/TEST-cessation-[0-9a-f]{12}\.json, entry \d+\n$/,
    );
    expect(desk.run(EVENING, ...end(...LAST)).out).toContain('It is logged already.');
    const page = readFileSync(join(desk.cwd, 'public/index.html'), 'utf8');
    expect(page).toContain('href="notices/2026-07-01/TEST-cessation-');
    expect(desk.run('2026-07-03T17:30:00Z', ...STATUS).out).toContain('TEST ends on 2026-07-02');
  });

  it('refuses what could not be read again, or says nothing', () => {
    const desk = published();
    const refused = [
      ['--last-day', '2026-07-02', '--because', ''],
      ['--last-day', '2026-06-01', '--because', 'too few'],
      [...LAST, '--successor', 'TEST'],
      [...LAST, '--successor', ''],
      ['--last-day', 'soon', '--because', 'too few'],
    ];
    for (const more of refused) expect(desk.run(EVENING, ...end(...more)).code).toBe(2);
    const period = ['--from', '2026-07-01', '--to', '2026-07-01'];
    const propose = (file: string, closes = '2026-08-01') => {
      const flags = ['--proposed', file, ...period, '--closes', closes];
      return desk.run(EVENING, 'announce', 'consultation', '--index', 'TEST', ...AT_DESK, ...flags);
    };
    expect(propose('book')).toMatchObject({ code: 3, err: expect.stringContaining('a directory') });
    expect(propose('none.yaml').code).toBe(4);
    expect(propose('log.key').code).toBe(3);
    expect(propose('book/rulebooks/TEST.yaml', '2026-06-01')).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected comments until 2026-07-01 or later'),
    });
    expect(desk.records('notice')).toEqual([]);
    expect(propose('book/rulebooks/TEST.yaml').out).toContain('does not differ from that in force');
  });

  it('names a notice of the log that is missing or changed', () => {
    const desk = published();
    desk.run(EVENING, ...end(...LAST));
    const [notice] = desk.records('notice');
    desk.write(`public/${notice?.row.path}`, '{}');
    const next = desk.run('2026-07-02T17:30:00Z', 'run', '--daily', ...AT_DESK);
    expect(next.code).toBe(1);
    expect(next.out).toMatch(/refused +TEST: notices\/.* is not what was logged/);
    expect(desk.run(EVENING, ...STATUS)).toMatchObject({
      code: 1,
      err: expect.stringContaining('restore it from a copy'),
    });
  });
});

describe('mtok ingest at a desk', () => {
  it('takes nothing that was seen after the clock', () => {
    const desk = published();
    desk.write('seen.csv', 'seller,model,effective_at,input,output\nacme,alpha,2026-07-02,4,4\n');
    const ingest = (seen: string) =>
      desk.run('2026-07-02T15:00:00Z', 'ingest', 'seen.csv', '--observed-at', seen, ...AT_DESK);
    expect(ingest('2026-07-03T15:00:00Z')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the clock shows 2026-07-02T15:00:00Z'),
    });
    expect(ingest('now').code).toBe(0);
  });
});
