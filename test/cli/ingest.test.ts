import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { csv, type OwnBook, ownBook } from './own-book.ts';
import { mtok } from './run.ts';

const FIRST = ['2026-07-01T08:00:00Z acme/alpha 4'];
const files = ({ cwd }: OwnBook, kind = 'quotes') => readdirSync(join(cwd, 'book', kind)).sort();
const PLAIN = 'seller,model,effective_at,input,output\nacme,alpha,2026-07-02,5,9\n';

describe('mtok ingest', () => {
  it('keeps a capture byte for byte, in a file of its digest and its last moment', () => {
    const book = ownBook(FIRST);
    const text = csv(['2026-07-02T15:58:00Z acme/alpha 5']).replaceAll('\n', '\r\n');
    book.write('seen.csv', text);
    const { code, out } = book.run('ingest', 'seen.csv');
    expect(code).toBe(0);
    const digest = createHash('sha256').update(text).digest('hex');
    const name = `2026-07-02T155800Z-${digest.slice(0, 12)}.csv`;
    expect(files(book)).toEqual([name, 'first.csv']);
    expect(readFileSync(join(book.cwd, 'book/quotes', name), 'utf8')).toBe(text);
    expect(out).toBe(`${digest}  quotes/${name}\n  seen.csv: 1 rows, 1 added\n`);
    expect(book.run('check').code).toBe(0);
  });

  it('adds nothing the second time, under another name too, and none of a part of it', () => {
    const book = ownBook(FIRST);
    const rows = ['2026-07-02T08:00:00Z acme/alpha 5', '2026-07-02T08:00:00Z acme/beta 6'];
    book.write('seen.csv', csv(rows));
    book.write('again.csv', csv(rows));
    book.write('part.csv', csv([rows[1]!]));
    expect(book.run('ingest', 'seen.csv', 'again.csv').code).toBe(0);
    const after = files(book);
    expect(after).toHaveLength(2);
    for (const file of ['seen.csv', 'again.csv', 'part.csv']) {
      const { code, out } = book.run('ingest', file);
      expect([code, out]).toEqual([0, expect.stringContaining('all in the book already')]);
    }
    expect(files(book)).toEqual(after);
  });

  it('keeps one that is seen again later: it confirms', () => {
    const book = ownBook(FIRST);
    book.write('again.csv', csv(['2026-07-02T08:00:00Z acme/alpha 4']));
    expect(book.run('ingest', 'again.csv').code).toBe(0);
    expect(files(book)).toHaveLength(2);
  });

  it('asks when rows were seen, and writes it into those that do not say', () => {
    const book = ownBook(FIRST);
    book.write('plain.csv', PLAIN);
    const refused = book.run('ingest', 'plain.csv');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('plain.csv:2:observed_at: expected the moment');
    const at = ['--observed-at', '2026-07-02T15:58:00Z'];
    expect(book.run('ingest', 'plain.csv', ...at).code).toBe(0);
    const [name = ''] = files(book);
    expect(name).toMatch(/^2026-07-02T155800Z-[0-9a-f]{12}\.csv$/);
    expect(readFileSync(join(book.cwd, 'book/quotes', name), 'utf8')).toBe(
      'seller,model,effective_at,input,output,observed_at\nacme,alpha,2026-07-02,5,9,2026-07-02T15:58:00Z\n',
    );
    expect(book.run('ingest', 'plain.csv', ...at).out).toContain('nothing added');
    expect(book.run('ingest', 'plain.csv', '--observed-at', 'now').code).toBe(0);
    expect(files(book)).toHaveLength(3);
  });

  it('writes nothing of any file where one row is bad, and says where it is', () => {
    const book = ownBook(FIRST);
    book.write('good.csv', csv(['2026-07-02T08:00:00Z acme/beta 5']));
    book.write('bad.csv', csv(['2026-07-02T08:00:00Z acme/alpha 5', '2026-07-02 acme/gamma -1']));
    const { code, err } = book.run('ingest', 'good.csv', 'bad.csv');
    expect(code).toBe(3);
    expect(err).toContain('bad.csv:3:input: expected a price: -1 stands for "varies"');
    expect(err).toContain('nothing was written');
    expect(files(book)).toEqual(['first.csv']);
  });

  it.each([
    ['the book', ['2026-07-01T08:00:00Z acme/alpha 7'], 'quotes/first.csv:2'],
    [
      'itself',
      ['2026-07-02T08:00:00Z acme/alpha 7', '2026-07-02T08:00:00Z acme/alpha 8'],
      'seen.csv:3',
    ],
  ])('refuses what contradicts %s, with both places', (_, lines, other) => {
    const book = ownBook(FIRST);
    book.write('seen.csv', csv(lines));
    const { code, err } = book.run('ingest', 'seen.csv');
    expect(code).toBe(3);
    expect(err).toContain('seen.csv:2');
    expect(err).toContain(`the same as ${other === 'seen.csv:3' ? other : `book/${other}`}`);
    expect(files(book)).toEqual(['first.csv']);
  });

  it('refuses what contradicts another of its files', () => {
    const book = ownBook(FIRST);
    book.write('a.csv', csv(['2026-07-02T08:00:00Z acme/alpha 7']));
    book.write('b.csv', csv(['2026-07-02T08:00:00Z acme/alpha 8']));
    const { code, err } = book.run('ingest', 'a.csv', 'b.csv');
    expect(code).toBe(3);
    expect(err).toContain('b.csv:2');
  });

  it('takes usage and exchange rates, and refuses usage that would count twice', () => {
    const book = ownBook(FIRST);
    book.write(
      'usage.csv',
      'model,period_start,period_end,total_tokens\nalpha,2026-06-01,2026-06-08,7\n',
    );
    book.write(
      'over.csv',
      'model,period_start,period_end,total_tokens\nalpha,2026-06-05,2026-06-12,7\n',
    );
    book.write('fx.csv', 'date,base,quote,rate\n2026-07-01,EUR,USD,1.1\n');
    const usage = ['--kind', 'usage', '--observed-at', '2026-06-13'];
    expect(book.run('ingest', 'usage.csv', ...usage).code).toBe(0);
    expect(files(book, 'usage')[0]).toMatch(/^2026-06-13T000000Z-/);
    const over = book.run('ingest', 'over.csv', ...usage);
    expect([over.code, over.err]).toEqual([3, expect.stringContaining('overlapping_usage')]);
    expect(book.run('ingest', 'fx.csv', '--kind', 'fx').code).toBe(0);
    expect(files(book, 'fx')[0]).toMatch(/^2026-07-01T000000Z-/);
    book.write('fx.csv', 'date,base,quote,rate\n2026-07-01,EUR,USD,1.2\n');
    expect(book.run('ingest', 'fx.csv', '--kind', 'fx').err).toContain('conflicting_rate');
  });

  it('writes nothing in a dry run, and says the same as JSON', () => {
    const book = ownBook(FIRST);
    book.write('seen.csv', csv(['2026-07-02T08:00:00Z acme/alpha 5']));
    const dry = book.run('ingest', 'seen.csv', '--dry-run', '--json');
    const [one] = JSON.parse(dry.out);
    expect(one).toMatchObject({ file: 'seen.csv', rows: 1, added: 1, written: false });
    expect(files(book)).toEqual(['first.csv']);
    expect(JSON.parse(book.run('ingest', 'seen.csv', '--json').out)[0]).toEqual({
      ...one,
      written: true,
    });
  });

  it('does not write to the shipped book, nor to what is none', () => {
    const book = ownBook(FIRST);
    book.write('seen.csv', csv(['2026-07-02T08:00:00Z acme/alpha 5']));
    const { cwd } = book;
    expect(run(cwd, ['ingest', 'seen.csv'])).toEqual([2, 'expected --book DIR']);
    expect(run(cwd, ['ingest', 'seen.csv', '--book', 'bok'])[0]).toBe(4);
    expect(run(cwd, ['ingest', 'none.csv', '--book', 'book'])[0]).toBe(4);
    expect(run(cwd, ['ingest', 'seen.csv', '--book', 'book', '--kind', 'models'])[0]).toBe(2);
  });
});

function run(cwd: string, args: readonly string[]): [number | null, string] {
  const { code, err } = mtok(args, { cwd });
  return [code, /expected --book DIR/.exec(err)?.[0] ?? ''];
}
