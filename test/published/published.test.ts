import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseRulebook, type Rulebook } from '../../src/index.ts';
import { briefs, evidence, fixingOn, standing, usage } from '../fix/small-book.ts';

/** Indices that others publish, as rulebooks: each file says what of it cannot be reproduced. */
const FOLDER = 'test/published';

function rules(name: string): Rulebook {
  const { rulebook, rejects } = parseRulebook(readFileSync(`${FOLDER}/${name}.yaml`, 'utf8'), name);
  if (!rulebook) throw new RangeError(JSON.stringify(rejects));
  return rulebook;
}

describe('a published index as a rulebook', () => {
  it('says what cannot be reproduced', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
    expect(files).toHaveLength(5);
    for (const name of files) {
      expect(readFileSync(`${FOLDER}/${name}`, 'utf8')).toContain('# Not reproduced: ');
    }
  });

  it('is an equal-weighted mean that needs half of its basket', () => {
    // Blends 0.25·in + 0.75·out: a 1/5 → 4, b 2/10 → 8, c 4/4 → 4. Mean 16/3.
    const book = rules('equal-weighted-mean');
    const quotes = ['2026-06-01 x/a 1 out=5', '2026-06-01 y/b 2 out=10', '2026-06-01 z/c 4'];
    // On the 3rd a and c are gone: 8 of 16 of the value is left, which is half.
    const half = evidence([...quotes, '2026-07-03 x/a withdrawn', '2026-07-03 z/c withdrawn']);
    expect(briefs(book, half, '2026-07-02', '2026-07-03')).toEqual([
      '02 #1 price 5.3333 level 100.0000',
      '03 #1 price 5.3333 level 100.0000',
    ]);
    // Without b it is a half as well; without b and a, a quarter.
    const less = evidence([...quotes, '2026-07-03 x/a withdrawn', '2026-07-03 y/b withdrawn']);
    expect(briefs(book, less, '2026-07-03', '2026-07-03')).toEqual(['03 #1 withheld min_coverage']);
  });

  it('is one model over its hosts, screened and weighed by tier', () => {
    // Output 1, 1.1, 1.2, 9: median 1.15, deviations 0.15 0.05 0.05 7.85, MAD 0.1; 9 is out.
    // Weights 1 (transacted), 0.6 (list), 0.25 (aggregated): shares 20/37, 12/37, 5/37. The first
    // is capped at 1/2, the rest share 1/2 as 12 : 5: 6/17 and 2.5/17.
    // 0.5·1 + 6/17·1.1 + 2.5/17·1.2 = 0.5 + 9.6/17 = 1.064705882…
    const book = rules('per-model-hosts');
    const known = evidence([
      '2026-06-01 p/open-70b 1 basis=transacted',
      '2026-06-01 q/open-70b 1.1',
      '2026-06-01 r/open-70b 1.2 basis=aggregated',
      '2026-06-01 s/open-70b 9',
    ]);
    const fixing = fixingOn(book, known, '2026-07-01');
    expect(fixing.value?.price).toBe('1.0647');
    expect(fixing.excluded.map(({ seller, reason }) => `${seller} ${reason}`)).toEqual([
      's screened',
    ]);
  });

  it('is the volume-weighted output price of a lab', () => {
    // 700 of a at 10 and 300 of b at 20: 13. Then 200 and 800: 18, and no level moves by it.
    const book = rules('volume-weighted-lab');
    const quotes = ['2026-06-01 acme/a 1 out=10', '2026-06-01 acme/b 1 out=20', '2026-06-01 y/c 9'];
    const known = evidence(quotes, {
      usage: [
        ...['2026-06-24 2026-07-01 a 1+700', '2026-06-24 2026-07-01 b 9+300'],
        ...['2026-07-01 2026-07-08 a 1+200', '2026-07-01 2026-07-08 b 9+800'],
      ].map(usage),
    });
    expect(fixingOn(book, known, '2026-07-01').value?.price).toBe('13.0000');
    const week = fixingOn(book, known, '2026-07-08');
    expect([week.value?.price, week.level]).toEqual(['18.0000', '100.0000']);
  });

  it('is the first-party price, else the median', () => {
    // alpha is acme's own at 3/9 → 4.5, whatever hosts ask; beta has no first party: 1, 2, 6 → 2.
    // gamma 5. The middle of 4.5, 2 and 5 is 4.5.
    const book = rules('first-party-blend');
    const known = evidence([
      ...['2026-06-01 acme/alpha 3 out=9 lab=acme', '2026-06-01 host/alpha 1 lab=acme'],
      ...['2026-06-01 p/beta 1 lab=b', '2026-06-01 q/beta 2 lab=b', '2026-06-01 r/beta 6 lab=b'],
      '2026-06-01 g/gamma 5 lab=g',
    ]);
    const fixing = fixingOn(book, known, '2026-07-01');
    expect(standing(fixing)).toEqual(['alpha 4.5 observed', 'beta 2 observed', 'gamma 5 observed']);
    expect(fixing.value?.price).toBe('4.5000');
  });

  it('is the geometric mean of 70/30 blends', () => {
    // 0.7·in + 0.3·out: alpha 1/1 → 1, beta 2/2 → 2, gamma 1/11 → 4. ³√8 = 2; beta doubles: ³√16.
    const book = rules('geometric-fixed-list');
    const known = evidence([
      ...['2026-06-01 x/alpha 1', '2026-06-01 y/beta 2', '2026-06-01 z/gamma 1 out=11'],
      ...['2026-06-01 w/delta 100', '2026-07-02 y/beta 4'],
    ]);
    expect(briefs(book, known, '2026-07-01', '2026-07-02')).toEqual([
      '01 #1 price 2.0000 level 100.0000',
      '02 #1 price 2.5198 level 125.9921',
    ]);
  });
});
