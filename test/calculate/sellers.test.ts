import { describe, expect, it } from 'vitest';
import { evidence, excluded, fixingOn, hold, rulebook, standing } from '../fix/small-book.ts';

const D = '2026-07-01';

/** The fixing of the base date, of lines without their day. */
function fixed(lines: readonly string[], price: string) {
  return fixingOn(
    rulebook({ price: `{ ${price} }` }),
    evidence(lines.map((line) => `${D} ${line}`)),
    D,
  );
}

const priceOf = (...given: Parameters<typeof fixed>) => standing(fixed(...given))[0];

describe('sellers behind a price', () => {
  it('are the cheapest alone where it is taken whole', () => {
    const { constituents } = fixed(['p/a 4', 'q/a 3'], 'sellers: min');
    expect(constituents[0]!.sellers.map(({ seller }) => seller)).toEqual(['q']);
  });

  it('are trimmed by weight, and the rest averaged', () => {
    // A fifth of five off each side: (2 + 3 + 10) / 3, where the median is 3.
    const lines = ['p/a 1', 'q/a 2', 'r/a 3', 's/a 10', 't/a 40'];
    expect(priceOf(lines, 'sellers: trimmed_mean, trim: "0.2"')).toBe('a 5 observed');
  });

  it('have the weight of their owner’s best basis, in whatever order', () => {
    const models = [
      ...[`${D} p1/a 8`, `${D} p2/a 8 basis=transacted`, `${D} p3/a 8 basis=curated`],
      `${D} q/a 2`,
    ];
    const sellers = ['p1', 'p2', 'p3'].map((seller) => ({ seller, owner: 'p' }));
    const weights = 'basis_weights: { list: 1, curated: "0.5", transacted: 10 }, seller_cap: "1"';
    const rules = rulebook({ price: `{ sellers: weighted_mean, ${weights} }` });
    // (10 · 8 + 1 · 2) / 11 = 82/11
    expect(standing(fixingOn(rules, evidence(models, { sellers }), D))[0]!.slice(0, 9)).toBe(
      'a 7.45454',
    );
  });

  it('of no weight give no price', () => {
    const lines = ['x/a 4', 'p/b 2 basis=curated', 'q/b 3 basis=curated'];
    const weights = 'basis_weights: { list: 1, curated: 0 }';
    for (const method of ['weighted_mean', 'weighted_median', 'trimmed_mean']) {
      for (const cap of ['seller_cap: "0.5"', 'seller_cap: null']) {
        const fixing = fixed(lines, `sellers: ${method}, ${weights}, ${cap}`);
        expect(standing(fixing)).toEqual(['a 4 observed']);
      }
    }
  });

  it('count for the cap as far as they have a weight', () => {
    // Of two voters a cap of 0.4 is a half each: (2 + 4) / 2.
    const lines = ['p/a 2 basis=transacted', 'q/a 4', 'r/a 99 basis=curated'];
    const weights = 'basis_weights: { list: 1, transacted: 10, curated: 0 }';
    const found = priceOf(lines, `sellers: weighted_mean, ${weights}, seller_cap: "0.4"`);
    expect(found).toBe('a 3 observed');
  });

  it('are out on all legs where they are out on one, each owner by itself', () => {
    const lines = ['p/a 4', 'q/a 4', 'r/a 4', 's/a 4 out=90', 't/a 90 out=4'];
    const screen = 'screen: { method: mad, sigma: "3", ratio: "3" }';
    const fixing = fixed(lines, `sellers: mean, ${screen}`);
    expect(standing(fixing)).toEqual(['a 4 observed']);
    expect(excluded(fixing)).toEqual(['a/s screened', 'a/t screened']);
  });

  it('of several labs stand for the first of them', () => {
    const fixing = fixed(['p/a 4 lab=z', 'q/a 4 lab=y'], 'sellers: mean');
    expect(fixing.influence!.largest_lab.id).toBe('y');
  });

  it('make a price held where one of them is', () => {
    const known = evidence([`${D} p/a 4`, `${D} q/a 4`, '2026-07-02 p/a 40'], {
      holds: [hold('2026-07-02 p/a hold 2026-07-02T01:00:00Z')],
    });
    const keys = { mode: 'settlement', hold: '{ move: "5", max_hours: 96 }' };
    const rules = rulebook({ ...keys, price: '{ sellers: mean }' });
    expect(standing(fixingOn(rules, known, '2026-07-02'))).toEqual(['a 4 held']);
  });
});

describe('a price that has to be seen again', () => {
  /** Within 24 hours of the cut-off, 23:59 of the 3rd. */
  const seen = (...lines: string[]) => {
    const rules = rulebook({ price: '{ sellers: mean, confirm_within_hours: 24 }' });
    return standing(fixingOn(rules, evidence([`${D} p/a 4`, ...lines]), '2026-07-03'))[0];
  };

  it.each([
    ['at the first moment', ['2026-07-02T23:59:00Z p/a 4'], 'a 4 observed'],
    ['just before it', ['2026-07-02T23:58:59Z p/a 4'], 'a 4 unconfirmed'],
    ['at the cut-off', ['2026-07-03T23:59:00Z p/a 4'], 'a 4 observed'],
    ['only later', ['2026-07-03T23:59:01Z p/a 4'], 'a 4 unconfirmed'],
    ['of one seller of two', ['2026-07-03 p/a 4', `${D} q/a 4`], 'a 4 unconfirmed'],
  ])('is observed where it was seen in time: %s', (_, lines, expected) => {
    expect(seen(...lines)).toBe(expected);
  });

  it('is not observed by what comes after its cut-off, though it is known by now', () => {
    const rules = rulebook({ price: '{ sellers: mean, confirm_within_hours: 24 }' });
    const known = evidence([`${D} p/a 4`, '2026-07-04T01:00:00Z p/a 4']);
    const options = { knownAtMs: Date.UTC(2026, 6, 5) };
    expect(standing(fixingOn(rules, known, '2026-07-03', options))).toEqual(['a 4 unconfirmed']);
  });
});
