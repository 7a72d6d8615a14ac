import { describe, expect, it } from 'vitest';
import { decimal } from '../../src/domain/decimal.ts';
import {
  brief,
  evidence,
  fixingOn,
  fixings,
  judgement,
  refusals,
  rulebook,
  standing,
} from '../fix/small-book.ts';
import { alias, at } from '../normalize/rows.ts';

/** a and b are made by x, c by y. `a` is quoted by its maker until the 4th, and by two hosts. */
const START = [
  ...['2026-07-01 x/a 4 until=2026-07-04', '2026-07-01 x/b 4', '2026-07-01 y/c 4'],
  ...['2026-07-01 p/a 9', '2026-07-01 q/a 11', '2026-07-04 x/b 6'],
];
const models = ['a', 'b', 'c'].map((id) => ({ ...alias(id, id), lab: id === 'c' ? 'y' : 'x' }));
const OWN = { price: '{ sellers: first_party }' };
const fallbacks = (...rules: readonly string[]) => ({
  ...{ ...OWN, mode: 'settlement' },
  fallback: `[${rules.map((rule) => `{ rule: ${rule} }`).join(', ')}]`,
});
const JUDGED = '2026-07-04 2026-07-06 a 5 2026-07-03';

interface Book {
  readonly judgements?: readonly string[];
  readonly lines?: readonly string[];
}

function known({ judgements = [], lines = START }: Book = {}) {
  return evidence(lines, { models, judgements: judgements.map(judgement) });
}

/** What stands for `a` on each of the days 4, 5 and 6. */
function aOn(keys: Record<string, string>, book?: Book): string[] {
  const days = fixings(rulebook(keys), known(book), '2026-07-04', '2026-07-06');
  return days.map((fixing) => standing(fixing)[0]!.slice(2));
}

describe('fallbacks (clause fallbacks)', () => {
  it('are none where the rulebook has none: the price moves with its peers', () => {
    // 4 · 6/4
    expect(aOn({ ...OWN, mode: 'settlement' })).toEqual(['6 imputed', '6 imputed', '6 imputed']);
  });

  it.each([
    [
      'carry_forward, max_days: 1',
      'other_venue',
      // A day after the 3rd; then the median of 9 and 11.
      ['4 carried_forward', '10 other_venue', '10 other_venue'],
    ],
    [
      'other_venue',
      'carry_forward, max_days: 1',
      ['10 other_venue', '10 other_venue', '10 other_venue'],
    ],
    ['judgement', 'other_venue', ['5 judgement', '5 judgement', '10 other_venue']],
    [
      'carry_forward, max_days: 1',
      'judgement',
      // What was judged for two days is then imputed; peers stand still.
      ['4 carried_forward', '5 judgement', '5 imputed'],
    ],
    ['other_venue, max_days: 2', 'judgement', ['10 other_venue', '10 other_venue', '10 imputed']],
  ])('are tried in order: %s, then %s', (first, second, expected) => {
    expect(aOn(fallbacks(first, second), { judgements: [JUDGED] })).toEqual(expected);
  });

  it.each([
    ['judgement', ['5 judgement', '5 judgement', '5 imputed']],
    ['other_venue, max_days: 2', ['10 other_venue', '10 other_venue', '10 imputed']],
  ])('carry forward what was quoted, nothing that %s gave', (first, expected) => {
    const keys = fallbacks(first, 'carry_forward, max_days: 9');
    expect(aOn(keys, { judgements: [JUDGED] })).toEqual(expected);
  });

  it('are labelled, with the last day of a quote', () => {
    const [first] = fixings(
      rulebook(fallbacks('other_venue')),
      known(),
      '2026-07-05',
      '2026-07-05',
    );
    const [a, b] = first!.constituents;
    expect(a).toMatchObject({ price: '10', evidence: 'other_venue', quoted_on: '2026-07-03' });
    expect(a!.sellers.map(({ seller, price }) => `${seller} ${price}`)).toEqual(['p 9', 'q 11']);
    expect(b!.quoted_on).toBeUndefined();
    // (10 + 6 + 4) / 3 after 12/3
    expect(brief(first!)).toBe('05 #1 price 6.6667 level 166.6667');
  });

  it('give way to the quote that returns', () => {
    const lines = [...START, '2026-07-05 x/a 3'];
    expect(aOn(fallbacks('other_venue'), { lines })).toEqual([
      ...['10 other_venue', '3 observed', '3 observed'],
    ]);
  });

  it('do not serve what is withdrawn', () => {
    const lines = [...START, '2026-07-04 x/a withdrawn'];
    const keys = fallbacks('carry_forward, max_days: 9', 'other_venue', 'judgement');
    expect(aOn(keys, { lines, judgements: [JUDGED] })).toEqual([
      ...['6 imputed', '6 imputed', '6 imputed'],
    ]);
  });

  it('count as covered, and as peers to others', () => {
    // b is absent too, and nobody else sells it: its lab's a goes from 4 to 10.
    const lines = START.map((line) => line.replace('x/b 4', 'x/b 4 until=2026-07-04')).slice(0, 5);
    const gates = { gates: '{ min_coverage: "0.6", min_constituents: 2 }' };
    const rules = rulebook({ ...fallbacks('other_venue'), ...gates });
    const fixing = fixingOn(rules, known({ lines }), '2026-07-04');
    expect(standing(fixing)).toEqual(['a 10 other_venue', 'b 10 imputed', 'c 4 observed']);
    expect(fixing.status).toBe('published');
    expect(fixing.coverage.slice(0, 8)).toBe('0.666666');
  });
});

describe('another venue', () => {
  it('is one of those that the universe excludes no seller of', () => {
    const universe = '{ include: { sellers: [x, y] }, exclude: { sellers: [q] } }';
    const keys = { ...fallbacks('other_venue'), price: '{ sellers: median }', universe };
    expect(aOn(keys)[0]).toBe('9 other_venue');
  });

  it('that quotes nothing either leaves it to what comes next', () => {
    const lines = START.filter((line) => !/[pq]\/a/.test(line));
    expect(aOn(fallbacks('other_venue', 'carry_forward, max_days: 2'), { lines })).toEqual([
      ...['4 carried_forward', '4 carried_forward', '4 imputed'],
    ]);
  });

  it('is no question where constituents are a seller’s model', () => {
    const keys = { ...fallbacks('other_venue'), price: '{ constituent: seller_model }' };
    expect(refusals(keys)).toEqual(['fallback.0: `constituent: model` for other_venue']);
  });
});

describe('a judgement', () => {
  const keys = fallbacks('judgement');

  it.each([
    [
      'from its day to the day before its end',
      [JUDGED],
      ['5 judgement', '5 judgement', '5 imputed'],
    ],
    [
      'without an end',
      ['2026-07-05 - a 5 2026-07-03'],
      ['6 imputed', '5 judgement', '5 judgement'],
    ],
    // Decided at noon of the 5th, it is known to the cut-off of that day.
    [
      'from when it is decided',
      ['2026-07-04 - a 5 2026-07-05T12:00:00Z'],
      ['6 imputed', '5 judgement', '5 judgement'],
    ],
    [
      'until another is decided',
      ['2026-07-04 - a 5 2026-07-03', '2026-07-04 - a 7 2026-07-05T12:00:00Z'],
      ['5 judgement', '7 judgement', '7 judgement'],
    ],
    [
      'for its own constituent',
      ['2026-07-04 - b 5 2026-07-03'],
      ['6 imputed', '6 imputed', '6 imputed'],
    ],
  ])('counts %s', (_, judgements, expected) => {
    expect(aOn(keys, { judgements })).toEqual(expected);
  });

  it('does not count where a price is quoted', () => {
    const judgements = ['2026-07-01 - a 99 2026-07-01', '2026-07-01 - c 99 2026-07-01'];
    const fixing = fixingOn(rulebook(keys), known({ judgements }), '2026-07-03');
    expect(standing(fixing)).toEqual(['a 4 observed', 'b 4 observed', 'c 4 observed']);
  });

  it('is replayed as it was known', () => {
    const book = known({ judgements: ['2026-07-04 - a 5 2026-07-05T12:00:00Z'] });
    const a = (knownAt: string) =>
      standing(fixingOn(rulebook(keys), book, '2026-07-04', { knownAtMs: at(knownAt) }))[0];
    expect(a('2026-07-05T11:59:59Z')).toBe('a 6 imputed');
    expect(a('2026-07-05T12:00:00Z')).toBe('a 5 judgement');
  });

  it('is an input of the fixings that know it, and of no index that does not hold it', () => {
    const judgements = ['2026-07-04 - a 5 2026-07-05T12:00:00Z', '2026-07-04 - other 5 2026-07-01'];
    const counts = fixings(rulebook(keys), known({ judgements }), '2026-07-04', '2026-07-05');
    expect(counts.map(({ inputs }) => inputs.judgements.count)).toEqual([0, 1]);
  });

  it('fills a cached leg by the rule of the workload', () => {
    const workload = '{ input: "0.25", cached_input: "0.25", output: "0.5" }';
    const rules = rulebook({ ...keys, workload });
    const fixing = fixingOn(rules, known({ judgements: [JUDGED] }), '2026-07-04');
    expect(fixing.constituents[0]!.legs).toEqual({ input: '5', cached_input: '5', output: '5' });
  });
});

it('a rulebook of research has no fallback, whichever it is', () => {
  expect(refusals({ fallback: '[{ rule: judgement }]' })).toEqual([
    'fallback: no fallback in research mode: use `mode: settlement`',
  ]);
});

describe('a judgement after imputed days', () => {
  it('counts its days from the last quote, and no revision brings one in', () => {
    // a is gone on the 3rd and imputed; judged at 9 at noon on the 5th, within 9 days of a quote.
    const rules = rulebook({
      ...{ mode: 'settlement', cutoff: '{ time: "16:00", zone: UTC }' },
      fallback: '[{ rule: judgement, max_days: 9 }]',
    });
    const judgement = {
      ...{ constituent: 'a', from: '2026-07-03', until: null, rationale: 'seen on their page' },
      legs: { input: decimal(9), output: decimal(9) },
      approvers: ['a. smith', 'b. jones'],
      decidedAtMs: at('2026-07-05T12:00:00Z'),
    };
    const lines = ['2026-06-01 x/a 2 until=2026-07-03', '2026-06-01 y/b 6'];
    const revision = {
      ...{ index: 'TEST', date: '2026-07-04', revision: 1, reason: 'late' },
      knownAtMs: at('2026-07-06T00:00:00Z'),
    };
    const known = evidence(lines, { judgements: [judgement], revisions: [revision] });
    const days = ['2026-07-03', '2026-07-04', '2026-07-05'].map((day) =>
      fixingOn(rules, known, day),
    );
    expect(days.map((day) => standing(day)[0])).toEqual([
      ...['a 2 imputed', 'a 2 imputed', 'a 9 judgement'],
    ]);
    expect(days[2]!.constituents[0]!.quoted_on).toBe('2026-07-02');
  });
});
