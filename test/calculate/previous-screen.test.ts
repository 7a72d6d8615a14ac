import { describe, expect, it } from 'vitest';
import { briefs, evidence, excluded, fixingOn, rulebook } from '../fix/small-book.ts';

/** Three hosts at 10; the median of the day before is the middle of a band from a half to double. */
const START = ['p', 'q', 'r'].map((seller) => `2026-07-01 ${seller}/a 10`);
const keys = (sellers = 'mean', ratio = '2') => ({
  price: `{ sellers: ${sellers}, screen: { method: previous, ratio: "${ratio}" } }`,
});
const D = '2026-07-02';
const on = (lines: readonly string[], date = D, more = keys()) =>
  fixingOn(rulebook(more), evidence(lines), date);

describe('the band around the price of the day before', () => {
  it.each([
    ['keeps what is on it', '20', '13.3333', []],
    ['leaves out what is beyond it', '20.01', '10.0000', ['a/r screened']],
    ['keeps what is on it downwards', '5', '8.3333', []],
    ['leaves out what is beyond it downwards', '4.99', '10.0000', ['a/r screened']],
  ])('%s: %s', (_, price, value, out) => {
    const fixing = on([...START, `${D} r/a ${price}`]);
    expect([fixing.value!.price, excluded(fixing)]).toEqual([value, out]);
  });

  it('screens nothing on the first day, where there is no price before', () => {
    const lines = [...START.slice(0, 2), '2026-07-01 r/a 99'];
    expect(on(lines, '2026-07-01').value!.price).toBe('39.6667');
  });

  it('screens none of two sellers', () => {
    const lines = [...START.slice(0, 2), `${D} q/a 99`];
    expect(on(lines).value!.price).toBe('54.5000');
  });

  it('moves with the price, so that a rise comes in by steps', () => {
    // p and q go to 18 on the 2nd, r to 36 on the 2nd: beyond 20 then, on 36 the day after.
    const lines = [...START, ...['p', 'q'].map((seller) => `${D} ${seller}/a 18`), `${D} r/a 36`];
    expect(briefs(rulebook(keys()), evidence(lines), '2026-07-01', '2026-07-04')).toEqual([
      '01 #1 price 10.0000 level 100.0000',
      '02 #1 price 18.0000 level 180.0000',
      '03 #1 price 24.0000 level 240.0000', // (18 + 18 + 36) / 3
      '04 #1 price 24.0000 level 240.0000',
    ]);
  });

  it('leaves no price where all are beyond it', () => {
    const lines = [...START.map((line) => line), ...['p', 'q', 'r'].map((s) => `${D} ${s}/a 21`)];
    const fixing = on([...lines, '2026-07-01 y/b 10']);
    expect(fixing.constituents[0]).toMatchObject({ id: 'a', price: '10', evidence: 'imputed' });
  });

  it('leaves a seller out on all legs that is out on one', () => {
    expect(excluded(on([...START, `${D} r/a 10 out=21`]))).toEqual(['a/r screened']);
  });
});
