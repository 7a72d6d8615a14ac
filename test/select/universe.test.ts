import { describe, expect, it } from 'vitest';
import { DAY_MS, dayOf } from '../../src/domain/dates.ts';
import { decimal } from '../../src/domain/decimal.ts';
import { type Applicant, admit, firstDay } from '../../src/select/universe.ts';
import { evidence, rulebook } from '../fix/small-book.ts';
import { alias, at } from '../normalize/rows.ts';

const DAY = '2026-07-31';
const HORIZON = { cutoffMs: at('2026-07-31T23:59:00Z'), knownAtMs: at('2026-07-31T23:59:00Z') };

function applicant(text: string): Applicant {
  const [name = '', tokens, owners = '1'] = text.split(' ');
  const [lab = '', id = ''] = name.split('/');
  const used = tokens === undefined || tokens === '-' ? null : decimal(tokens);
  return { id, model: id, lab, tokens: used, owners: () => Number(owners) };
}

function admitted(applicants: string[], universe: string, quotes: readonly string[] = []): string {
  const rules = rulebook({ universe });
  const known = evidence(quotes);
  const result = admit(applicants.map(applicant), DAY, HORIZON, rules, known);
  const refused = [...result.refused].map(([id, reason]) => `${id} ${reason}`);
  return [...result.admitted.map(({ id }) => id), ...refused].join(', ');
}

describe('the age of a model (clause universe)', () => {
  // 1 July is 30 days before 31 July.
  const quotes = ['2026-07-01 acme/a 1', '2026-07-02 acme/b 1', '2026-06-30 acme/c 1'];
  const all = ['acme/a', 'acme/b', 'acme/c'];
  it('may be on the bound of its history', () => {
    expect(admitted(all, '{ min_history_days: 30 }', quotes)).toBe('a, c, b too_new');
  });
  it('may be on the bound of its age', () => {
    expect(admitted(all, '{ max_model_age_days: 30 }', quotes)).toBe('a, b, c too_old');
  });
});

describe('the first day of a model', () => {
  const first = (lines: readonly string[], models: ReturnType<typeof alias>[] = []) => {
    const days = firstDay('token', 'alpha', HORIZON, evidence(lines, { models }));
    return days === undefined ? undefined : dayOf(days * DAY_MS);
  };
  it.each([
    ['at any seller', ['2026-07-05 acme/alpha 1', '2026-06-20 bell/alpha 1'], '2026-06-20'],
    [
      'as far as it is known',
      ['2026-07-05 acme/alpha 1', '2026-06-20 bell/alpha 1 observed=2026-08-02'],
      '2026-07-05',
    ],
    ['and has come', ['2026-08-05 acme/alpha 1'], undefined],
    [
      'by a quote, not by a withdrawal',
      ['2026-06-01 acme/alpha withdrawn', '2026-07-05 acme/alpha 1'],
      '2026-07-05',
    ],
  ])('is found %s', (_, lines, expected) => {
    expect(first(lines)).toBe(expected);
  });

  it('is not older than the name by which it is sold', () => {
    const models = [alias('latest', 'alpha', { from: '2026-07-10' })];
    expect(first(['2026-01-01 acme/latest 1'], models)).toBe('2026-07-10');
  });
});

describe('the number of models of a lab', () => {
  const quotes = ['2026-07-01 x/a 1', '2026-07-03 x/b 1', '2026-07-02 x/c 1', '2026-06-01 y/d 1'];
  const universe = '{ max_models_per_lab: 2 }';
  it.each([
    ['the most used', ['x/a 30', 'x/b 10', 'x/c 20', 'y/d 1'], 'a, c, d, b over_lab_limit'],
    ['the newest where nothing says', ['x/a', 'x/b', 'x/c', 'y/d'], 'b, c, d, a over_lab_limit'],
    ['the smaller id of equals', ['x/c 10', 'x/b 10', 'x/a 10'], 'b, a, c over_lab_limit'],
  ])('is limited to %s', (_, applicants, expected) => {
    expect(admitted(applicants, universe, quotes)).toBe(expected);
  });

  it('is limited to the smaller id of equally new ones', () => {
    const same = ['2026-07-01 x/c 1', '2026-07-01 x/a 1', '2026-07-01 x/b 1'];
    expect(admitted(['x/c', 'x/b', 'x/a'], universe, same)).toBe('b, a, c over_lab_limit');
  });

  it('is counted after those that are too old have left', () => {
    const both = '{ max_models_per_lab: 1, max_model_age_days: 29 }';
    const found = admitted(['x/a 99', 'x/b 10', 'x/c 20'], both, quotes);
    expect(found).toBe('c, a too_old, b over_lab_limit');
  });
});

describe('the sellers behind a price', () => {
  it('may be on the bound', () => {
    expect(admitted(['x/a - 3', 'x/b - 2'], '{ min_sellers: 3 }')).toBe('a, b too_few_sellers');
  });
});
