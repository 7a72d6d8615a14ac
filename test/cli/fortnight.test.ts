import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fixing } from '../../src/index.ts';
import { csv, type OwnBook, ownBook } from './own-book.ts';

/**
 * Two weeks of an administrator, by the command line and a clock of its own: captures at 15:00,
 * fixings of 16:00. A price with a comma for a point, a leg that is gone, a collector that is dead
 * for two days, and a rise that is real.
 */
const RULES = {
  mode: 'settlement',
  workload: '{ input: "0.4", cached_input: "0.2", output: "0.4" }',
  price: '{ confirm_within_hours: 30 }',
  hold: '{ move: "3", max_hours: 72 }',
  gates: '{ min_confirmed: "0.5" }',
  cutoff: '{ time: "16:00", zone: UTC }',
  live_from: '2026-07-01',
};

const DAYS = Array.from({ length: 14 }, (_, index) => index + 1);
const day = (number: number) => `2026-07-${String(number).padStart(2, '0')}`;
const within = (number: number, from: number, to: number) => number >= from && number <= to;

/** What the pages show. */
function pages(on: number): string[] {
  const seen = [
    `acme/alpha ${within(on, 3, 4) ? '40' : '4'}`,
    `bell/beta ${on < 6 ? '2+0.5' : '2'}`,
    `coil/gamma ${on < 12 ? '6' : '20'}`,
    ...(on < 13 ? [] : ['coil/gamma 20 router']),
  ];
  return seen.map((line) => `${day(on)}T15:00:00Z ${line}`);
}

const isDead = (on: number) => within(on, 9, 10);

const DECISIONS: Readonly<Record<number, readonly string[]>> = {
  4: ['reject', 'acme', 'alpha', `${day(3)}T15:00:00Z`, 'a comma for a point'],
  7: ['release', 'bell', 'beta', `${day(6)}T15:00:00Z`, 'bell ended its cache price'],
};

let book: OwnBook;
const fixings: Fixing[] = [];

beforeAll(() => {
  book = ownBook(pages(1), RULES);
  for (const on of DAYS) {
    const decision = DECISIONS[on];
    if (decision) {
      const [word = '', seller = '', model = '', moment = '', because = ''] = decision;
      const people = ['--by', 'a. smith', '--by', 'b. jones', '--because', because];
      const at = ['--at', `${day(on)}T09:00:00Z`];
      expect(book.run('decide', word, seller, model, moment, ...people, ...at).code).toBe(0);
    }
    if (on > 1 && !isDead(on)) {
      book.write('seen.csv', csv(pages(on)));
      expect(book.run('ingest', 'seen.csv').code).toBe(0);
    }
    const { out } = book.run('fix', '--index', 'TEST', '--date', day(on), '--json');
    fixings.push(JSON.parse(out));
  }
}, 120_000);

describe('a fortnight', () => {
  it('reads as it went', () => {
    const journal = fixings.map((fixing) => {
      const { date, value, level, withheld, constituents, decisions } = fixing;
      const evidence = constituents.map(({ evidence: kind }) => kind[0]).join('');
      const said = decisions.map((one) => ` ${one.decision} ${one.constituent}`).join('');
      const print = value ? `${value.price} ${level}` : `withheld ${withheld.join()}`;
      return `${date.slice(8)} ${print} ${evidence}${said}`;
    });
    // Each letter is a price: observed, held, unconfirmed. alpha 4, beta 1.7 or 2, gamma 6 or 20.
    expect(journal).toEqual([
      '01 3.9000 100.0000 ooo',
      '02 3.9000 100.0000 ooo',
      // 40 is held, then rejected: 4 stands, which nobody has seen since the 2nd.
      '03 3.9000 100.0000 hoo',
      '04 3.9000 100.0000 uoo reject alpha',
      '05 3.9000 100.0000 ooo',
      // beta has no cached price any more: held, then released. 0.2 of its tokens cost 2, not 0.5.
      '06 3.9000 100.0000 oho',
      '07 4.0000 102.5641 ooo release beta',
      '08 4.0000 102.5641 ooo release beta',
      // Last seen 25 hours ago, then 49.
      '09 4.0000 102.5641 ooo release beta',
      '10 withheld min_confirmed uuu release beta',
      '11 4.0000 102.5641 ooo release beta',
      // gamma rises by more than a factor of 3; on the next day a router shows it too.
      '12 4.0000 102.5641 ooh release beta',
      '13 8.6667 222.2222 ooo release beta',
      '14 8.6667 222.2222 ooo release beta',
    ]);
  });

  it('was live all the time, and gives the same bytes again at its end', () => {
    expect(new Set(fixings.map(({ basis }) => basis))).toEqual(new Set(['live']));
    for (const fixing of fixings) {
      const again = book.run('fix', '--index', 'TEST', '--date', fixing.date, '--json').out;
      expect(JSON.parse(again)).toEqual(fixing);
    }
  });

  it('gives the same bytes from decisions and captures in another order', () => {
    const rows = (path: string) => {
      const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
      return lines;
    };
    const other = ownBook(pages(1), RULES);
    const quotes = join(book.cwd, 'book/quotes');
    const captures = readdirSync(quotes).filter((name) => name !== 'first.csv');
    expect(captures).toHaveLength(11);
    captures.reverse().forEach((name, index) => {
      other.write(`${index}.csv`, readFileSync(join(quotes, name), 'utf8'));
      expect(other.run('ingest', `${index}.csv`).code).toBe(0);
    });
    const holds = join(book.cwd, 'book/holds.csv');
    const [header = ''] = readFileSync(holds, 'utf8').split('\n');
    const swapped = rows(holds)
      .reverse()
      .map((line) => line.replace('a. smith; b. jones', 'b. jones; a. smith'));
    other.write('book/holds.csv', `${[header, ...swapped].join('\n')}\n`);
    const fix = ['fix', '--index', 'TEST', '--date', day(14), '--json'];
    expect(other.run(...fix).out).toBe(book.run(...fix).out);
    const series = ['backfill', '--from', day(1), '--to', day(14)];
    expect(other.run(...series).out).toBe(book.run(...series).out);
  });
});
