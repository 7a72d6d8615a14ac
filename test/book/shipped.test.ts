import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Book,
  calculateFixing,
  type Evidence,
  evidenceOf,
  type Fixing,
  findBook,
  type Rulebook,
  readBook,
  series,
  toText,
} from '../../src/index.ts';

let book: Book;
let evidence: Evidence;

beforeAll(async () => {
  book = await readBook(await findBook('data'));
  evidence = evidenceOf(book.rows);
});

function rulebook(index: string): Rulebook {
  const found = book.rulebooks.find((one) => one.index === index);
  if (!found) throw new Error(`no rulebook of ${index}`);
  return found;
}

function fixing(rules: Rulebook, day: string, of: Evidence = evidence): Fixing {
  const result = calculateFixing(rules, of, day);
  if (!result.fixing) throw new Error(result.none.message);
  return result.fixing;
}

describe('the shipped quotes', () => {
  const prices = (seller: string, model: string, contextFrom = 0) =>
    book.rows.quotes
      .filter((quote) => quote.seller === seller && quote.model === model)
      .filter((quote) => quote.contextFrom === contextFrom)
      .map(({ legs }) => `${toText(legs.input!)}/${toText(legs.output!)}`);

  it.each([
    ['openai', 'gpt-5.5', ['5/30']],
    ['openai', 'o3', ['10/40', '2/8']],
    ['aws-bedrock', 'anthropic.claude-instant-v1', ['1.63/5.51', '0.8/2.4']],
  ])('have the known prices of %s %s', (seller, model, expected) => {
    expect([...new Set(prices(seller, model))]).toEqual(expected);
  });

  it('have the long-context tier of GPT-5.5, 10/45 from 272,000 tokens', () => {
    expect(prices('openai', 'gpt-5.5', 272_000)).toEqual(['10/45']);
  });

  it('are read without a reject, in US dollars, each with its source', () => {
    expect([...book.rejects, ...book.rulebookRejects]).toEqual([]);
    expect(book.rows.quotes.every(({ currency, source }) => currency === 'USD' && source)).toBe(
      true,
    );
    expect(evidence.unmatchedCorrections).toEqual([]);
  });
});

describe('the shipped indices', () => {
  it('say reconstructed, on every day', () => {
    const started = book.rulebooks.filter(({ base }) => base.date <= '2026-08-01');
    expect(started).toHaveLength(10);
    for (const rules of started) {
      const rows = [...(series(rules, evidence, '2026-08-01', '2026-08-21').items ?? [])];
      expect(rows).toHaveLength(21);
      expect(new Set(rows.map(({ basis }) => basis))).toEqual(new Set(['reconstructed']));
    }
  });

  it('start at their base: MTOK-ALL when 28 days of usage are known, MTOK-OPEN when its gates hold', () => {
    const earlier = (index: string, date: string) => {
      const rules = rulebook(index);
      return calculateFixing({ ...rules, base: { ...rules.base, date } }, evidence, date);
    };
    // Usage begins on 2026-05-23: 28 days and a lag of 7 reach back from 2026-06-27 at the earliest.
    expect(earlier('MTOK-ALL', '2026-06-26')).toMatchObject({ none: { code: 'no_first_basket' } });
    expect(earlier('MTOK-ALL', '2026-06-27').fixing?.status).toBe('published');
    expect(earlier('MTOK-OPEN', '2025-08-04').fixing?.withheld).toEqual(['min_labs']);
    expect(fixing(rulebook('MTOK-OPEN'), '2025-08-05').status).toBe('published');
  });

  it('would be another without the corrections: one wrong row moves an index that is equal by lab', () => {
    const list = rulebook('MTOK-LIST');
    const corrections = book.rows.corrections.filter(({ model }) => model !== 'command-light');
    const spoilt = evidenceOf({ ...book.rows, corrections });
    const price = (of: Evidence) => Number(fixing(list, '2024-01-02', of).value?.price);
    expect(price(spoilt) / price(evidence)).toBeGreaterThan(1.4);
  });

  it('cap the pilot by value: no model above a fifth, no lab above a quarter at the link', () => {
    const { constituents, value } = fixing(rulebook('MTOK-ALL'), '2026-07-01');
    const shares = new Map<string, number>();
    for (const { lab, contribution } of constituents) {
      const share = Number(contribution) / Number(value?.price);
      expect(share).toBeLessThan(0.2001);
      shares.set(lab, (shares.get(lab) ?? 0) + share);
    }
    expect(Math.max(...shares.values())).toBeLessThan(0.2501);
    expect(Math.max(...shares.values())).toBeGreaterThan(0.2499);
  });

  it('take DeepSeek V4 at the hour of the cut-off: 16:00 UTC is off-peak', () => {
    const price = (time: string) => {
      const list = rulebook('MTOK-LIST');
      const found = fixing({ ...list, cutoff: { time, zone: 'UTC' } }, '2026-08-20');
      return found.constituents.find(({ id }) => id === 'deepseek-v4-flash')?.legs.input;
    };
    expect([price('16:00'), price('07:00')]).toEqual(['0.22', '0.44']);
  });
});
