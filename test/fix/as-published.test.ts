import { expect, it } from 'vitest';
import { asPublished, EMPTY_BOOK, type Fixing } from '../../src/index.ts';
import { quote, revision, rulebook } from './small-book.ts';

const RULES = rulebook({ rebalance: '{ frequency: daily }' });
const ROWS = {
  ...EMPTY_BOOK,
  quotes: [
    quote('2026-06-01 acme/alpha 3'),
    // True from the second on, seen on the fourth.
    quote('2026-07-02T08:00:00Z acme/alpha 2 observed=2026-07-04T08:00:00Z'),
  ],
};
const REVISED = { ...ROWS, revisions: [revision('TEST 2026-07-02 1 2026-07-04T12:00:00Z')] };

function lines(rows: typeof ROWS): string[] {
  const { items } = asPublished(RULES, rows, '2026-07-01', '2026-07-05');
  if (!items) throw new Error('expected a first basket');
  return [...items].map(({ date, revision: r, level }: Fixing) => `${date} r${r} ${level}`);
}

it('gives each day as it was published, and the revision beside it', () => {
  expect(lines(REVISED)).toEqual([
    ...['2026-07-01 r0 100.0000', '2026-07-02 r0 100.0000', '2026-07-03 r0 100.0000'],
    ...['2026-07-02 r1 66.6667', '2026-07-04 r0 66.6667', '2026-07-05 r0 66.6667'],
  ]);
});

it('gives what a backfill gives, where nothing was revised', () => {
  expect(lines(ROWS)).toEqual([
    ...['2026-07-01 r0 100.0000', '2026-07-02 r0 100.0000', '2026-07-03 r0 100.0000'],
    ...['2026-07-04 r0 66.6667', '2026-07-05 r0 66.6667'],
  ]);
});

it('gives nothing for days before the base date', () => {
  const { items } = asPublished(RULES, ROWS, '2026-06-01', '2026-06-30');
  expect([...(items ?? [])]).toEqual([]);
});
