import { expect, it } from 'vitest';
import { latestDay } from '../../src/fix/latest.ts';
import { evidence, usage } from './small-book.ts';

it('the latest day is that of the last observation, of a price that did not change too', () => {
  expect(latestDay(evidence([]))).toBeUndefined();
  expect(latestDay(evidence(['2026-07-01 acme/alpha 4']))).toBe('2026-07-01');
  const again = ['2026-07-01 acme/alpha 4', '2026-07-03T23:59:59Z acme/alpha 4'];
  expect(latestDay(evidence(again))).toBe('2026-07-03');
});

it('the latest day is the last one that usage covers, where no quote is later', () => {
  const june = { usage: [usage('2026-06-01 2026-07-05 alpha 700')] };
  expect(latestDay(evidence(['2026-07-01 acme/alpha 4'], june))).toBe('2026-07-04');
});
