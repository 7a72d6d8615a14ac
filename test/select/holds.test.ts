import { describe, expect, it } from 'vitest';
import type { BookRows } from '../../src/domain/rows.ts';
import {
  evidence,
  excluded,
  fixingOn,
  fixings,
  hold,
  judgement,
  rulebook,
  standing,
} from '../fix/small-book.ts';

const KEYS = { mode: 'settlement', hold: '{ move: "5", max_hours: 48 }' };
type Keys = Readonly<Record<string, string>>;

/** What stands for `alpha` on the days from the 3rd to the 6th; `–` where it has no quote. */
function days(lines: readonly string[], rows: Partial<BookRows> = {}, keys: Keys = KEYS): string[] {
  // A second model lets a missing price be imputed.
  const known = evidence(['2026-07-01 zeta/z 7', ...lines], rows);
  return fixings(rulebook(keys), known, '2026-07-03', '2026-07-06').map((fixing) => {
    const [alpha = ''] = standing(fixing);
    return alpha.replace('alpha ', '');
  });
}

describe('a quote that lacks a leg it had (clause hold)', () => {
  const before = '2026-07-01 acme/alpha 4 cached=1';
  it('is held, and let through when its hours are over', () => {
    expect(days([before, '2026-07-03 acme/alpha 3'])).toEqual([
      ...['4 held', '4 held', '3 observed', '3 observed'],
    ]);
  });

  it('is nothing suspicious where the leg comes back, or where it is new', () => {
    expect(days([before, '2026-07-03 acme/alpha 3', '2026-07-04 acme/alpha 3 cached=1'])).toEqual([
      ...['4 held', '3 observed', '3 observed', '3 observed'],
    ]);
    expect(days(['2026-07-01 acme/alpha 4', '2026-07-03 acme/alpha 3 cached=1'])[0]).toBe(
      '3 observed',
    );
  });
});

describe('an offer that vanishes (clause hold)', () => {
  const listed = '2026-07-01 acme/alpha 4 venue=router';
  const gone = '2026-07-03 acme/alpha withdrawn venue=router';

  it('is ended by its seller’s own word at once', () => {
    const lines = ['2026-07-01 acme/alpha 4', '2026-07-03 acme/alpha withdrawn'];
    expect(days(lines)[0]).toBe('4 imputed');
  });

  it('stands where a catalogue removed the name, until the hours are over', () => {
    expect(days([listed, gone])).toEqual(['4 held', '4 held', '4 imputed', '4 imputed']);
  });

  it('has never been gone where the removal is undone in that time', () => {
    const lines = [listed, gone, '2026-07-04 acme/alpha 4 venue=router'];
    expect(days(lines)).toEqual(['4 held', '4 observed', '4 observed', '4 observed']);
  });

  it('is gone where another venue says so too, or two people do', () => {
    const other = [
      '2026-07-01 acme/alpha 4 venue=list',
      '2026-07-04 acme/alpha withdrawn venue=list',
    ];
    // On the 3rd it is still listed elsewhere.
    expect(days([listed, gone, ...other])).toEqual([
      ...['4 observed', '4 imputed', '4 imputed', '4 imputed'],
    ]);
    const holds = [hold('2026-07-03 acme/alpha release 2026-07-04')];
    expect(days([listed, gone], { holds })[1]).toBe('4 imputed');
  });

  it('is carried on where two people say that it is not gone', () => {
    const holds = [hold('2026-07-03 acme/alpha reject 2026-07-03')];
    expect(days([listed, gone], { holds })).toEqual(Array(4).fill('4 observed'));
  });
});

describe('a quote that another venue contradicts (clause hold)', () => {
  it('is held although it is the first of its venue: the price of the other stands', () => {
    const lines = ['2026-07-01 acme/alpha 4 venue=router', '2026-07-03 acme/alpha 40'];
    expect(days(lines)).toEqual(['4 observed', '4 observed', '40 observed', '40 observed']);
  });

  it('is not held where both came at once, nor where the other is suspicious itself', () => {
    const both = ['2026-07-01 acme/alpha 4', '2026-07-01 acme/alpha 40 venue=router'];
    expect(days(both)[0]).toBe('4 observed');
    const wrong = [
      ...['2026-07-01 acme/alpha 4', '2026-07-01 acme/alpha 4 venue=router'],
      ...['2026-07-02 acme/alpha 40 venue=router', '2026-07-03 acme/alpha 5'],
    ];
    expect(days(wrong)).toEqual(Array(4).fill('5 observed'));
  });

  it('is named among what is not used', () => {
    const known = evidence(['2026-07-01 acme/alpha 4', '2026-07-03 acme/alpha 40']);
    const [third, fifth] = [0, 2].map(
      (day) => fixings(rulebook(KEYS), known, '2026-07-03', '2026-07-06')[day]!,
    );
    expect(excluded(third!)).toEqual(['alpha/acme held']);
    expect(excluded(fifth!)).toEqual([]);
  });

  it('is held within the factor of its own price, beyond that of the other', () => {
    // 4 to 16 is a factor of 4; the router's 3 is a factor of more than 5 away.
    const lines = ['2026-07-01 acme/alpha 4', '2026-07-02 acme/alpha 3 venue=router'];
    expect(days([...lines, '2026-07-03 acme/alpha 16'])[0]).toBe('4 held');
    expect(days([...lines, '2026-07-03 acme/alpha 15'])[0]).toBe('15 observed');
  });

  it.each([
    ['another region', 'region=eu'],
    ['another tier', 'tier=batch'],
    ['another context tier', 'context=100'],
    ['another currency', 'currency=EUR'],
  ])('is not contradicted by one of %s', (_, option) => {
    const lines = ['2026-07-01 acme/alpha 15', `2026-07-01 acme/alpha 1 venue=router ${option}`];
    expect(days([...lines, '2026-07-03 acme/alpha 40'])[0]).toBe('40 observed');
    const same = lines.map((line) => line.replace(option, ''));
    expect(days([...same, '2026-07-03 acme/alpha 40'])[0]).toBe('15 held');
  });

  it('is not contradicted by a venue of the same owner, nor by another seller', () => {
    const own = ['2026-07-01 acme/alpha 15', '2026-07-01 acme/alpha 1 venue=acme-eu'];
    const sellers = ['acme', 'acme-eu'].map((seller) => ({ seller, owner: 'acme' }));
    expect(days([...own, '2026-07-03 acme/alpha 40'])[0]).toBe('15 held');
    expect(days([...own, '2026-07-03 acme/alpha 40'], { sellers })[0]).toBe('40 observed');
    const other = ['2026-07-01 bell/alpha 1', '2026-07-03 acme/alpha 40'];
    expect(days(other, {}, { ...KEYS, price: '{ sellers: median }' })[0]).toBe('20.5 observed');
  });
});

describe('a second independent capture (clause hold)', () => {
  const jump = ['2026-07-01 acme/alpha 4', '2026-07-03 acme/alpha 40'];
  const old = '2026-07-01 acme/alpha 4 venue=router';

  it('is the same price at another venue, before or after', () => {
    expect(days([...jump, old, '2026-07-04 acme/alpha 40 venue=router'])).toEqual([
      ...['4 held', '40 observed', '40 observed', '40 observed'],
    ]);
    expect(days([...jump, '2026-07-02 acme/alpha 40 venue=router'])[0]).toBe('40 observed');
  });

  it('is not the same price at the same venue again', () => {
    expect(days([...jump, '2026-07-04 acme/alpha 40'])).toEqual([
      ...['4 held', '4 held', '40 observed', '40 observed'],
    ]);
  });

  it('is not a price that differs, nor one that was over when the quote came', () => {
    const expected = ['4 held', '4 held', '40 observed', '40 observed'];
    expect(days([...jump, old, '2026-07-04 acme/alpha 39 venue=router'])).toEqual(expected);
    const over = ['2026-06-01 acme/alpha 40 venue=router', '2026-06-30 acme/alpha 4 venue=router'];
    expect(days([...jump, ...over])).toEqual(expected);
  });

  it('is none where people hold the quote, or reject it at the other venue', () => {
    const seen = [...jump, old, '2026-07-04 acme/alpha 40 venue=router'];
    const held = [hold('2026-07-03 acme/alpha hold 2026-07-03')];
    expect(days(seen, { holds: held })).toEqual(Array(4).fill('4 held'));
    const rejected = [hold('2026-07-04 acme/alpha reject 2026-07-04 router')];
    expect(days(seen, { holds: rejected }).slice(0, 2)).toEqual(['4 held', '4 held']);
  });
});

describe('a decision of one venue', () => {
  it('leaves the quote of that moment at another venue alone', () => {
    const lines = ['2026-07-01 acme/alpha 4', '2026-07-03 acme/alpha 5'];
    const router = ['2026-07-03 acme/alpha 5 venue=router'];
    const rejected = [hold('2026-07-03 acme/alpha reject 2026-07-03 router')];
    expect(days([...lines, ...router], { holds: rejected })[0]).toBe('5 observed');
    const own = [hold('2026-07-03 acme/alpha reject 2026-07-03 acme')];
    expect(days([...lines, ...router], { holds: own })[0]).toBe('4 observed');
  });
});

describe('a repeat that is decided on later', () => {
  const lines = ['2026-07-01 acme/alpha 4', '2026-07-03 acme/alpha 40', '2026-07-04 acme/alpha 40'];
  it('changes nothing before the decision is known', () => {
    const holds = [hold('2026-07-04 acme/alpha reject 2026-07-06')];
    expect(days(lines, { holds }).slice(0, 3)).toEqual(days(lines).slice(0, 3));
  });

  it('that is rejected leaves the quote before it to its own time', () => {
    const holds = [hold('2026-07-04 acme/alpha reject 2026-07-04')];
    expect(days(lines, { holds })).toEqual(['4 held', '4 held', '40 observed', '40 observed']);
  });
});

describe('a decision after the cut-off', () => {
  const lines = ['2026-07-01 acme/alpha 4', '2026-07-03T10:00:00Z acme/alpha 40'];
  const cutoff = '{ time: "16:00", zone: UTC }';
  const reviewed = { ...KEYS, cutoff, schedule: '{ review_by: "17:00" }' };
  const at = (time: string) => [
    hold(`2026-07-03T10:00:00Z acme/alpha release 2026-07-03T${time}Z`),
  ];
  it('counts for the day until the end of its review', () => {
    expect(days(lines, { holds: at('17:00:00') }, reviewed)[0]).toBe('40 observed');
    expect(days(lines, { holds: at('17:00:01') }, reviewed).slice(0, 2)).toEqual([
      ...['4 held', '40 observed'],
    ]);
  });

  it('counts from the next day on where the rulebook has no review', () => {
    expect(days(lines, { holds: at('16:00:01') }, { ...KEYS, cutoff }).slice(0, 2)).toEqual([
      ...['4 held', '40 observed'],
    ]);
  });

  it('does not count where what was known is asked for', () => {
    const known = evidence(['2026-07-01 zeta/z 7', ...lines], { holds: at('16:30:00') });
    const asked = { knownAtMs: Date.parse('2026-07-03T16:00:00Z') };
    const fixing = fixingOn(rulebook(reviewed), known, '2026-07-03', asked);
    expect(standing(fixing)).toContain('alpha 4 held');
  });

  it('is an input of the day that it counts for', () => {
    const known = evidence(['2026-07-01 zeta/z 7', ...lines], { holds: at('16:30:00') });
    const fixing = fixingOn(rulebook(reviewed), known, '2026-07-03');
    expect(fixing.inputs.holds.count).toBe(1);
    expect(fixing.decisions).toMatchObject([{ decided_at: '2026-07-03T16:30:00Z' }]);
  });
});

describe('a judgement after the cut-off', () => {
  it('counts for the day until the end of its review', () => {
    const keys = {
      ...{ mode: 'settlement', fallback: '[{ rule: judgement }]' },
      ...{ cutoff: '{ time: "16:00", zone: UTC }', schedule: '{ review_by: "17:00" }' },
    };
    const lines = ['2026-07-01 acme/alpha 4 until=2026-07-03'];
    const of = (time: string) =>
      days(lines, { judgements: [judgement(`2026-07-03 - alpha 5 ${time}`)] }, keys)[0];
    expect(of('2026-07-03T17:00:00Z')).toBe('5 judgement');
    expect(of('2026-07-03T17:00:01Z')).toBe('4 imputed');
  });
});
