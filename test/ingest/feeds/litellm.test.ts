import { describe, expect, it } from 'vitest';
import { LITELLM } from '../../../src/ingest/feeds/litellm.ts';
import { importTexts, leftovers, shown, total } from './documents.ts';

/** A document of entries, each given as the text of its price fields. */
function document(entries: Readonly<Record<string, string>>, provider = 'openai'): string {
  const lines = Object.entries(entries).map(
    ([key, fields]) =>
      `${JSON.stringify(key)}: {"litellm_provider": "${provider}", "mode": "chat", ${fields}}`,
  );
  return `{${lines.join(',\n')}}`;
}

const pair = (input: string, output: string, suffix = '') =>
  `"input_cost_per_token${suffix}": ${input}, "output_cost_per_token${suffix}": ${output}`;

describe('litellm', () => {
  it('restates prices per token exactly, and flags the noise of floats', () => {
    const result = importTexts(
      LITELLM,
      document({ a: pair('2.9999900000000002e-06', '0.000015') }),
    );
    expect(result.quotes.map(shown)).toEqual(['a standard 0: input 2.9999900000000002, output 15']);
    expect(result.documents[0]?.warnings).toMatchObject([
      { code: 'float_noise', value: '2.9999900000000002e-06', line: 1 },
    ]);
  });

  it('reads context tiers, service tiers and cache legs as offers of their own', () => {
    const fields = [
      pair('5e-06', '3e-05'),
      pair('1e-05', '4.5e-05', '_above_272k_tokens'),
      pair('2.5e-06', '1.5e-05', '_batches'),
      pair('5e-06', '2.25e-05', '_above_272k_tokens_flex'),
      '"cache_read_input_token_cost": 5e-07, "cache_creation_input_token_cost": 6.25e-06',
      '"cache_creation_input_token_cost_above_1hr": 1e-05',
    ];
    const result = importTexts(LITELLM, document({ m: fields.join(', ') }));
    expect(result.quotes.map(shown)).toEqual([
      'm standard 0: input 5, cached_input 0.5, cache_write 6.25, output 30',
      'm standard 272000: input 10, output 45',
      'm batch 0: input 2.5, output 15',
      'm flex 272000: input 5, output 22.5',
    ]);
    expect(leftovers(result)).toEqual([
      'unused_leg cache_ttl_1h m cache_creation_input_token_cost_above_1hr',
    ]);
  });

  it('reads bands whose range is written in floats', () => {
    const band = (range: string, prices: string) => `{"range": ${range}, ${prices}}`;
    const bands = [
      band('[0, 256000.0]', pair('5e-08', '4e-07')),
      band('[256000.0, 1e6]', pair('2.5e-07', '2e-06')),
      band('["many"]', pair('1e-07', '2e-06')),
    ];
    const result = importTexts(LITELLM, document({ m: `"tiered_pricing": [${bands.join()}]` }));
    expect(result.quotes.map(shown)).toEqual([
      'm standard 0: input 0.05, output 0.4',
      'm standard 256000: input 0.25, output 2',
    ]);
    expect(leftovers(result)).toEqual([
      'rejected context_threshold_unknown m tiered_pricing[2].input_cost_per_token',
      'rejected context_threshold_unknown m tiered_pricing[2].output_cost_per_token',
    ]);
  });

  it.each([
    ['bedrock', 'us.anthropic.claude', 'aws-bedrock', 'us'],
    ['bedrock_converse', 'bedrock/us-gov-west-1/meta.llama3', 'aws-bedrock', 'us-gov-west-1'],
    ['bedrock', 'global.anthropic.claude', 'aws-bedrock', 'global'],
    ['azure', 'azure/eu/gpt-4o', 'azure', 'eu'],
    ['azure_ai', 'azure_ai/grok-3', 'azure', 'global'],
    ['vertex_ai-anthropic_models', 'vertex_ai/claude', 'google-vertex', 'global'],
    ['gemini', 'gemini/gemini-3', 'google', 'global'],
    ['together_ai', 'together_ai/m', 'together', 'global'],
    ['dashscope', 'dashscope/qwen', 'alibaba', 'global'],
    ['openrouter', 'openrouter/us.thing', 'openrouter', 'global'],
  ])('knows the seller and region of %s %s', (provider, key, seller, region) => {
    const { quotes } = importTexts(LITELLM, document({ [key]: pair('1e-6', '2e-6') }, provider));
    expect(quotes).toMatchObject([{ seller, region, model: key, venue: 'litellm' }]);
  });

  it.each([
    ['free', pair('0', '0.0'), 'rejected zero_price'],
    ['one side free', pair('1e-6', '0'), 'held one_side_zero'],
    ['a sentinel', pair('-1', '-1'), 'rejected variable_price'],
    ['no output', '"input_cost_per_token": 1e-6', 'rejected incomplete_no_output'],
    ['no input', '"output_cost_per_token": 1e-6', 'rejected incomplete_no_input'],
    ['null for output', pair('1e-6', 'null'), 'rejected incomplete_no_output'],
    ['words', pair('"a lot"', '1e-6'), 'rejected not_a_number'],
    ['a truth', pair('true', '1e-6'), 'rejected not_a_number'],
    ['an absurd exponent', pair('1e300', '1e-6'), 'rejected not_a_number'],
    ['a larger unit', pair('0.015', '0.06'), 'held implausible'],
    ['next to nothing', pair('1e-12', '2e-12'), 'held implausible'],
    ['output below input', pair('3e-6', '1.5e-7'), 'held output_below_input'],
    ['one field twice', `${pair('1e-6', '2e-6')}, ${pair('1e-6', '3e-6')}`, 'held conflict'],
    ['seconds', '"input_cost_per_second": 0.01', 'rejected unit_not_tokens'],
    ['a strange tier', pair('1e-6', '2e-6', '_at_night'), 'rejected tier_unsupported'],
    ['no price at all', '"max_tokens": 4096', 'rejected no_price'],
    ['another mode', `"mode": "embedding", ${pair('1e-6', '2e-6')}`, 'rejected out_of_scope'],
  ])('does not quote %s', (_, fields, verdict) => {
    const result = importTexts(LITELLM, document({ m: fields }));
    expect(result.quotes).toEqual([]);
    const [report] = result.documents;
    const rows = report?.tally.filter((line) => line.rows > 0);
    expect(rows?.map(({ disposition, code }) => `${disposition} ${code}`)).toEqual([verdict]);
  });

  it('leaves out what is no model', () => {
    const result = importTexts(
      LITELLM,
      document({
        sample_spec: pair('0.0', '0.0'),
        'ft:gpt-3.5-turbo': pair('3e-6', '6e-6'),
        'together-ai-up-to-4b': pair('1e-7', '1e-7'),
      }).replace(/\}$/, ', "last_updated": "2026-04-17T01:42:29Z"}'),
    );
    expect(result.quotes).toEqual([]);
    const codes = result.documents[0]?.tally.map(({ code, rows }) => `${code} ${rows}`);
    expect(codes).toEqual(['custom_model 1', 'not_a_model 1', 'not_an_entry 1', 'template 1']);
  });

  it('holds both sides of a duplicate key, for a person to choose, and names it', () => {
    const text = `{"k": {"litellm_provider": "x", ${pair('2.5e-7', '1.25e-6')}},
      "k": {"litellm_provider": "x", ${pair('1e-6', '5e-6')}}}`;
    const { held, documents, quotes } = importTexts(LITELLM, text);
    expect(quotes).toEqual([]);
    expect(held.map(({ code, quote }) => `${code} ${shown(quote)}`)).toEqual([
      'conflict k standard 0: input 0.25, output 1.25',
      'conflict k standard 0: input 1, output 5',
    ]);
    expect(documents[0]?.warnings).toMatchObject([{ code: 'duplicate_key', value: 'k', line: 2 }]);
  });

  it('holds what is ten times away from the same model at other sellers', () => {
    const at = (provider: string, input: string, output: string) =>
      document({ [`${provider}/lab/granite-3.3-8b`]: pair(input, output) }, provider).slice(1, -1);
    const entries = [at('a', '2e-7', '2e-7'), at('b', '3e-7', '3e-7'), at('w', '2.5e-4', '2.5e-4')];
    const { held, quotes } = importTexts(LITELLM, `{${entries.join()}}`);
    expect(quotes.map(({ seller }) => seller)).toEqual(['a', 'b']);
    expect(held).toMatchObject([{ code: 'implausible', quote: { seller: 'w' } }]);
  });

  it('tells a mirrored pair from a cheap output', () => {
    const text = document({ 'x/m': pair('2.5e-6', '15e-6'), 'y/m': pair('16.5e-6', '2.75e-6') });
    expect(importTexts(LITELLM, text).held.map(({ code }) => code)).toEqual(['swapped_sides']);
  });
});

describe('versions of litellm', () => {
  it('makes quotes of changes only: another spelling is none', () => {
    const { quotes, documents } = importTexts(
      LITELLM,
      document({ m: pair('0.00000299999', '1e-5'), n: pair('1e-6', '2e-6') }),
      document({ m: pair('2.99999e-06', '1e-5'), n: pair('1e-6', '3e-6') }),
    );
    expect(quotes.map(shown)).toEqual([
      'm standard 0: input 2.99999, output 10',
      'n standard 0: input 1, output 2',
      'n standard 0: input 1, output 3',
    ]);
    expect(documents[1]?.tally).toMatchObject([
      { disposition: 'accepted', rows: 1, prices: 2 },
      { disposition: 'duplicate', code: 'unchanged', rows: 1, prices: 2 },
    ]);
  });

  it('holds a move of more than five times, once, and lets five times pass', () => {
    const { quotes, held } = importTexts(
      LITELLM,
      document({ m: pair('1e-5', '4e-5'), n: pair('3e-6', '6e-5') }),
      document({ m: pair('2e-6', '8e-6'), n: pair('3e-5', '6e-5') }),
      document({ m: pair('2e-6', '8e-6'), n: pair('3e-5', '6e-5') }),
    );
    expect(quotes.map(shown)).toEqual([
      'm standard 0: input 10, output 40',
      'n standard 0: input 3, output 60',
      'm standard 0: input 2, output 8',
    ]);
    expect(held).toMatchObject([{ code: 'large_move', quote: { model: 'n' } }]);
  });

  it('skips a version that is no JSON; the one before it stands', () => {
    const good = document({ m: pair('1e-6', '2e-6') });
    const { quotes, documents } = importTexts(LITELLM, good, `${good.slice(0, -1)},}`, good);
    expect(quotes.length).toBe(1);
    expect(documents.map(({ faults }) => faults.map(({ code }) => code))).toEqual([
      ...[[], ['malformed_json'], []],
    ]);
  });

  it('adds up in every version', () => {
    const { documents } = importTexts(
      LITELLM,
      document({ m: pair('1e-6', '2e-6'), n: pair('0', '0') }),
      document({ m: pair('1e-6', '9e-5'), o: '"x_cost": {"a": 1, "b": [2, 3]}' }),
    );
    expect(documents.map((report) => total(report, 'rows'))).toEqual([2, 2]);
    expect(documents.map((report) => total(report, 'prices'))).toEqual([4, 5]);
  });
});
