import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, decimal, equals, multiply } from '../../../src/domain/decimal.ts';
import { peersAmong } from '../../../src/ingest/import/peers.ts';

const price = fc.constantFrom('0.5', '1', '1.0', '2e1', '3', '7', '10', '21', '30').map(decimal);
const sides = fc.record({
  seller: fc.constantFrom('a', 'b', 'c', 'd'),
  venue: fc.constantFrom('x', 'y'),
  model: fc.constantFrom('m', 'lab/m'),
  input: price,
  output: price,
});
const market = fc.tuple(fc.array(sides, { maxLength: 12 }), sides);

const median = <Item>(list: readonly Item[]) => list[Math.floor((list.length - 1) / 2)];

describe('the peers of an offer', () => {
  it('have one vote for each seller, and none for its own', () => {
    fc.assert(
      fc.property(market, fc.constantFrom('input', 'output'), ([all, one], leg) => {
        const others = all.filter(
          ({ seller, venue }) => seller !== one.seller || venue !== one.venue,
        );
        const sellers = [...new Set(others.map(({ seller, venue }) => `${seller} ${venue}`))];
        const votes = sellers.map((key) => {
          const own = others.filter(({ seller, venue }) => `${seller} ${venue}` === key);
          return median(own.map((peer) => peer[leg]).sort(compare))!;
        });
        const usual = peersAmong(all).usual(leg, one);
        expect(usual?.sellers ?? 0).toBe(sellers.length);
        const expected = median(votes.sort(compare));
        if (expected) expect(usual && compare(usual.price, expected)).toBe(0);
      }),
    );
  });

  it('show a multiple of both sides, and a mirror, as a look at each of them does', () => {
    const [least, most] = [decimal('6.5'), decimal('7.5')];
    fc.assert(
      fc.property(market, ([all, one]) => {
        const inRatio = all.filter((peer) =>
          equals(multiply(one.input, peer.output), multiply(one.output, peer.input)),
        );
        const isMultiple = inRatio.some(
          (peer) =>
            !equals(peer.input, peer.output) &&
            compare(one.input, multiply(peer.input, least)) >= 0 &&
            compare(one.input, multiply(peer.input, most)) <= 0,
        );
        const isMirror = all.some((peer) =>
          equals(multiply(peer.input, one.input), multiply(peer.output, one.output)),
        );
        const peers = peersAmong(all);
        expect(peers.multiple(one, least, most) !== undefined).toBe(isMultiple);
        expect(peers.hasMirror(one)).toBe(isMirror);
      }),
    );
  });

  it('are thousands by one name in well under a second', () => {
    const all = Array.from({ length: 8000 }, (_, index) => ({
      ...{ seller: `s${index}`, venue: 'x', model: 'm' },
      ...{ input: decimal(`${1 + (index % 90)}e-2`), output: decimal('4e-2') },
    }));
    const start = performance.now();
    const peers = peersAmong(all);
    for (const one of all) {
      peers.usual('input', one);
      peers.multiple(one, decimal('6.5'), decimal('7.5'));
      peers.hasMirror(one);
    }
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
