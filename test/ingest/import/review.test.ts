import { describe, expect, it } from 'vitest';
import { toText } from '../../../src/domain/decimal.ts';
import { LITELLM } from '../../../src/ingest/feeds/litellm.ts';
import { type ReviewReading, readReview } from '../../../src/ingest/import/review.ts';
import { type FeedImport, importFeed } from '../../../src/ingest/import/run.ts';
import { quotesCsv, reviewCsv } from '../../../src/publish/import.ts';
import { importTexts, NOON, shown, tallyOf } from '../feeds/documents.ts';

const HEADER =
  'seller,model,effective_at,observed_at,input,output,source,code,decision,decided_by,rationale';

function review(...lines: readonly string[]): Promise<ReviewReading> {
  return readReview([Buffer.from(`${[HEADER, ...lines].join('\n')}\n`)], 'held.csv');
}

const row = (prices: string, decision: string) =>
  `a,m,2026-08-01,2026-08-01,${prices},feed.json:3,large_move,${decision}`;

describe('a review file', () => {
  it('gives what was accepted, with who and why', async () => {
    const { quotes, rejects } = await review(row('3,15', 'accept,Ann,on the price page'));
    expect(rejects).toEqual([]);
    expect(quotes.map(shown)).toEqual(['m standard 0: input 3, output 15']);
    expect(quotes[0]?.source).toBe(
      'feed.json:3; held as large_move, accepted by Ann: on the price page',
    );
  });

  it('is above the guards: 5,000 $/MTok and a cheaper output are taken from a person', async () => {
    const { quotes } = await review(row('5000,15', 'accept,Ann,it is so'));
    expect(quotes[0]?.legs.input && toText(quotes[0].legs.input)).toBe('5000');
  });

  it('counts what was rejected, even where it is no quote', async () => {
    const result = await review(row('3,', 'reject,Ann,a typing error'));
    expect(result).toMatchObject({ quotes: [], refused: 1, rejects: [] });
  });

  it.each([
    ['nobody decided on', row('3,15', ',,'), 'undecided'],
    ['decided in other words', row('3,15', 'yes,Ann,so'), 'unknown_decision'],
    ['without who', row('3,15', 'accept,,so'), 'missing_value'],
    ['without why', row('3,15', 'reject,Ann,'), 'missing_value'],
    ['accepted without an output', row('3,', 'accept,Ann,so'), 'missing_leg'],
    ['accepted at zero', row('3,0', 'accept,Ann,so'), 'zero_price'],
    ['accepted at no number', row('3,cheap', 'accept,Ann,so'), 'not_a_number'],
  ])('leaves a row %s', async (_, line, code) => {
    const { quotes, rejects } = await review(line);
    expect(quotes).toEqual([]);
    expect(rejects).toMatchObject([{ code, line: 2 }]);
  });

  it('may accept one side of a conflict and not both', async () => {
    const [one, other] = [row('3,15', 'accept,Ann,so'), row('4,15', 'accept,Ann,so')];
    const both = await review(one, other);
    expect(both.rejects.map(({ code }) => code)).toEqual([
      'conflicting_quote',
      'conflicting_quote',
    ]);
    const first = await review(one, row('4,15', 'reject,Ann,the other one'));
    expect(first.quotes.map(shown)).toEqual(['m standard 0: input 3, output 15']);
  });

  it('can be refused as a whole for a missing column', async () => {
    const bytes = [Buffer.from('seller,model,effective_at,input,output\na,m,2026-08-01,3,15\n')];
    const { rejects } = await readReview(bytes, 'q.csv');
    expect(rejects.map(({ column }) => column)).toEqual(['decision', 'decided_by', 'rationale']);
  });
});

it('takes back what an import held, and a later import takes the decision for known', async () => {
  const document = (price: string) =>
    `{"m": {"litellm_provider": "x", "mode": "chat", "input_cost_per_token": ${price},
      "output_cost_per_token": 1e-4}}`;
  const { held, quotes } = importTexts(LITELLM, document('1e-6'), document('1e-5'));
  const text = [...reviewCsv(held)].join('').replace(',,,\n', ',accept,Ann,announced\n');
  const accepted = await readReview([Buffer.from(text)], 'held.csv');
  expect(accepted.quotes.map(shown)).toEqual(['m standard 0: input 10, output 100']);
  expect([...quotesCsv(accepted.quotes)].join('')).toContain('accepted by Ann');
  const before = [...quotes, ...accepted.quotes];
  expect(before.length).toBe(2);
});

describe('a decision', () => {
  const priced = (price: string, more = '') =>
    `{"m": {"litellm_provider": "x", "mode": "chat", "input_cost_per_token": ${price},
      "output_cost_per_token": 1e-4}${more}}`;
  const decide = async (run: FeedImport, decision: string) => {
    const text = [...reviewCsv(run.held)].join('').replaceAll(',,,\n', `,${decision},Ann,so\n`);
    return (await readReview([Buffer.from(text)], 'held.csv')).decisions;
  };

  it('is remembered: the same is counted, and does not wait again', async () => {
    const before = importTexts(LITELLM, priced('5e-3'));
    expect(before.held).toHaveLength(1);
    const decisions = await decide(before, 'reject');
    const again = importFeed(LITELLM, [documentOf(priced('5e-3'))], { decisions });
    expect(again.held).toEqual([]);
    expect(again.documents.map(tallyOf)).toEqual([['held implausible: 1 rows, 2 prices']]);
    const other = importFeed(LITELLM, [documentOf(priced('6e-3'))], { decisions });
    expect(other.held).toHaveLength(1);
  });

  it('on what is no quote is remembered too', async () => {
    const before = importTexts(LITELLM, priced('0'));
    expect(before.held).toMatchObject([{ code: 'one_side_zero' }]);
    const decisions = await decide(before, 'reject');
    expect(importFeed(LITELLM, [documentOf(priced('0'))], { decisions }).held).toEqual([]);
  });

  it('on a removal holds until the offer has been back', async () => {
    const other = priced('1e-6').replace('"m"', '"n"');
    const before = importTexts(LITELLM, priced('1e-6'), other);
    expect(before.held).toMatchObject([{ code: 'removed', quote: { model: 'm' } }]);
    const decisions = await decide(before, 'reject');
    const { quotes } = before;
    const known = { quotes, decisions };
    expect(importFeed(LITELLM, [documentOf(other)], known).held).toEqual([]);
    const later = quotes.map((quote) => ({ ...quote, effectiveAtMs: NOON + 30 * 86_400_000 }));
    const removed = { ...documentOf(other), observedAtMs: NOON + 40 * 86_400_000 };
    expect(importFeed(LITELLM, [removed], { quotes: later, decisions }).held).toHaveLength(1);
  });
});

function documentOf(text: string) {
  return { observedAtMs: NOON + 2 * 86_400_000, pages: [{ file: 'f', bytes: Buffer.from(text) }] };
}
