import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Review } from '../../src/index.ts';
import { type OwnBook, ownBook } from './own-book.ts';
import { mtok } from './run.ts';

const RULES = {
  mode: 'settlement',
  hold: '{ move: "3", max_hours: 48 }',
  cutoff: '{ time: "16:00", zone: UTC }',
};
const T = '2026-07-03T08:00:00Z';
const QUOTES = [
  ...['acme/alpha 4', 'acme/alpha 4 router', 'bell/alpha 5', 'coil/beta 2'].map(
    (line) => `2026-07-01T08:00:00Z ${line}`,
  ),
  `${T} acme/alpha 40`,
];
const PEOPLE = ['--by', 'b. jones', '--by', 'a. smith'];
const WHY = ['--because', 'a comma, for a point'];
const AT = ['--at', '2026-07-03T15:00:00Z'];
const REJECT = ['decide', 'reject', 'acme', 'alpha', T];

const book = () => ownBook(QUOTES, RULES);
const holds = ({ cwd }: OwnBook) => join(cwd, 'book/holds.csv');
const textOf = (own: OwnBook) => readFileSync(holds(own), 'utf8');
const reviewOf = (own: OwnBook, ...args: readonly string[]): Review =>
  JSON.parse(own.run('review', '--json', '--index', 'TEST', ...args).out);

describe('mtok review', () => {
  it('lists what waits, with its evidence and the index with and without it', () => {
    const found = reviewOf(book());
    // (4.5 + 2) / 2, and ((40 + 5) / 2 + 2) / 2.
    expect(found.without).toEqual({ price: '3.2500', level: '100.0000' });
    expect(found.with_all).toEqual({ price: '12.2500', level: '376.9231' });
    const [one] = found.waiting;
    expect(found.waiting).toHaveLength(1);
    expect(one).toMatchObject({
      ...{ constituent: 'alpha', seller: 'acme', quoted_as: 'alpha', venue: 'acme' },
      ...{ suspicions: ['moves', 'contradicts_venue'], since: T, until: '2026-07-05T08:00:00Z' },
      legs: { input: '40', output: '40' },
      with: found.with_all,
    });
    expect(one!.stands!.legs).toEqual({ input: '4', output: '4' });
    expect(one!.history.map(({ effective_at }) => effective_at)).toEqual(['2026-07-01T08:00:00Z']);
    expect(one!.venues.map(({ venue }) => venue)).toEqual(['router']);
    expect(one!.sellers.map(({ seller }) => seller)).toEqual(['bell']);
  });

  it('shows the command that settles it, and nothing where nothing waits', () => {
    const own = book();
    expect(own.run('review').out).toContain(`mtok decide release acme alpha ${T}`);
    expect(own.run('review', '--date', '2026-07-02').out).toContain('nothing waits');
    expect(reviewOf(own, '--known-at', '2026-07-03T07:00:00Z').waiting).toEqual([]);
  });

  it('has nothing to say of a book without holds', () => {
    expect(mtok(['review']).out).toBe('No index holds quotes.\n');
    expect(mtok(['review', '--json']).out).toBe('[]');
  });
});

describe('mtok decide', () => {
  it('records who decided what and why, and what it changes', () => {
    const own = book();
    const run = own.run('decide', 'release', 'acme', 'alpha', T, ...PEOPLE, ...WHY, ...AT);
    expect(run.code).toBe(0);
    expect(run.out).toBe(
      'Recorded: release acme alpha\n' +
        'TEST from 2026-07-03 on: price 3.2500 → 12.2500, level 100.0000 → 376.9231\n',
    );
    expect(textOf(own)).toBe(
      'seller,model,venue,effective_at,decision,rationale,approvers,decided_at\n' +
        `acme,alpha,,${T},release,"a comma, for a point",b. jones; a. smith,2026-07-03T15:00:00Z\n`,
    );
    expect(reviewOf(own).waiting).toEqual([]);
    expect(own.run('check').code).toBe(0);
    const { out } = own.run('fix', '--index', 'TEST', '--date', '2026-07-03');
    expect(out).toContain('a. smith, b. jones');
  });

  it('is recorded once, whoever signs first', () => {
    const own = book();
    own.run(...REJECT, ...PEOPLE, ...WHY, ...AT);
    const text = textOf(own);
    const again = own.run(...REJECT, '--by', 'a. smith', '--by', 'b. jones', ...WHY);
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('nothing added')]);
    expect(textOf(own)).toBe(text);
  });

  it('may be decided again, and counts from the first cut-off after it', () => {
    const own = book();
    own.run(...REJECT, ...PEOPLE, ...WHY, ...AT);
    const release = ['decide', 'release', 'acme', 'alpha', T, ...PEOPLE, '--because', 'it is so'];
    const late = own.run(...release, '--at', '2026-07-03T17:00:00Z');
    expect(late.out).toContain('TEST from 2026-07-04 on: price 3.2500 → 12.2500');
    expect(textOf(own).split('\n')).toHaveLength(4);
  });

  it('writes nothing in a dry run', () => {
    const own = book();
    const dry = own.run(...REJECT, ...PEOPLE, ...WHY, ...AT, '--dry-run', '--json');
    expect(JSON.parse(dry.out)).toMatchObject({ added: false, decision: { decision: 'reject' } });
    expect(existsSync(holds(own))).toBe(false);
  });

  it.each([
    ['one person', ['--by', 'a. smith', ...WHY], 2, 'at least two different people'],
    ['the same person twice', ['--by', 'a. smith', '--by', 'A. Smith', ...WHY], 2, 'two different'],
    ['two people in one', ['--by', 'a. smith; b. jones', ...WHY], 2, 'for each person'],
    ['no reason', PEOPLE, 2, '--because'],
    ['an empty reason', [...PEOPLE, '--because', ' '], 2, 'a reason in words'],
    ['a moment before the quote was known', [...PEOPLE, ...WHY, '--at', '2026-07-02'], 1, 'after'],
    ['a venue that has no such quote', [...PEOPLE, ...WHY, '--venue', 'router'], 1, 'at router'],
  ])('refuses %s', (_, args, code, message) => {
    const own = book();
    const run = own.run(...REJECT, ...args);
    expect(run.code).toBe(code);
    expect(run.err).toContain(message);
    expect(existsSync(holds(own))).toBe(false);
  });

  it('refuses a quote that is not there, with those that are, and a second word at one moment', () => {
    const own = book();
    const other = own.run('decide', 'reject', 'acme', 'alpha', '2026-07-04', ...PEOPLE, ...WHY);
    expect([other.code, other.err]).toEqual([1, expect.stringContaining(`08:00:00Z, ${T}`)]);
    own.run(...REJECT, ...PEOPLE, ...WHY, ...AT);
    const second = own.run('decide', 'hold', 'acme', 'alpha', T, ...PEOPLE, ...WHY, ...AT);
    expect([second.code, second.err]).toEqual([1, expect.stringContaining('one word at a time')]);
    expect(mtok([...REJECT, ...PEOPLE, ...WHY]).code).toBe(2);
    expect(own.run('decide', 'ignore', 'acme', 'alpha', T, ...PEOPLE, ...WHY).code).toBe(2);
  });

  it('adds to a file of decisions as it is: its columns, its last line without an end', () => {
    const own = book();
    const first =
      'vendor,model,decision,effective_at,decided_at,approvers,rationale\n' +
      'coil,beta,hold,2026-07-01T08:00:00Z,2026-07-02,a. smith; b. jones,odd';
    own.write('book/holds.csv', first);
    expect(own.run(...REJECT, ...PEOPLE, ...WHY, ...AT).code).toBe(0);
    expect(textOf(own)).toBe(
      `${first}\nacme,alpha,reject,${T},2026-07-03T15:00:00Z,b. jones; a. smith,` +
        '"a comma, for a point"\n',
    );
    const venue = own.run(
      'decide',
      'hold',
      'acme',
      'alpha',
      T,
      ...PEOPLE,
      ...WHY,
      '--venue',
      'acme',
    );
    expect([venue.code, venue.err]).toEqual([3, expect.stringContaining('column venue')]);
  });

  it('goes on where one was killed, and not beside one that is at work', () => {
    const own = book();
    own.write('book/.mtok/lock.1', JSON.stringify({ pid: 2 ** 22, host: hostname(), born: '' }));
    expect(own.run(...REJECT, ...PEOPLE, ...WHY).code).toBe(0);
    own.write('book/.mtok/lock.9', JSON.stringify({ pid: 1, host: 'elsewhere', born: '' }));
    const later = ['--at', '2026-12-31T12:00:00Z'];
    const changed = own.run('decide', 'release', ...REJECT.slice(2), ...PEOPLE, ...WHY, ...later);
    expect([changed.code, changed.err]).toEqual([4, expect.stringContaining('lock.9')]);
  });
});
