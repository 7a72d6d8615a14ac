import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toText } from '../../../src/domain/decimal.ts';
import { OPENROUTER } from '../../../src/ingest/feeds/openrouter.ts';
import { expectAccounted, expectNoCrash, literals, type Published } from './accounting.ts';
import { importTexts, leftovers, shown, tallyOf } from './documents.ts';

type Fields = Readonly<Record<string, unknown>>;

function models(...list: readonly Fields[]): string {
  return JSON.stringify({ data: list });
}

/** Dollars per million tokens, as OpenRouter writes them. */
const pricing = (prompt: string, completion: string, more: Fields = {}) => ({
  pricing: { prompt: `${prompt}e-6`, completion: `${completion}e-6`, ...more },
});

function endpoints(id: string, ...list: readonly Fields[]): string {
  return JSON.stringify({ data: { id, endpoints: list } });
}

describe('the models of OpenRouter', () => {
  it('keep a variant that is another price, and make batch a tier', () => {
    const text = models(
      { id: 'a/m', ...pricing('1', '2') },
      { id: 'a/m:thinking', ...pricing('1', '8') },
      { id: 'a/m:batch', ...pricing('0.5', '1') },
      { id: 'a/m:free', ...pricing('0', '0') },
    );
    const result = importTexts(OPENROUTER, text);
    expect(result.quotes.map(shown)).toEqual([
      'a/m standard 0: input 1, output 2',
      'a/m:thinking standard 0: input 1, output 8',
      'a/m batch 0: input 0.5, output 1',
    ]);
    expect(leftovers(result)).toEqual([
      'rejected zero_price a/m:free prompt',
      'rejected zero_price a/m:free completion',
    ]);
  });

  it('inherit from the base what an override does not name, and count it once', () => {
    const overrides = [
      { min_prompt_tokens: 32000, completion: '4e-6' },
      { min_prompt_tokens: 256000.0, prompt: '3e-6' },
    ];
    const base = pricing('1', '2', { input_cache_read: '1e-7', overrides });
    const result = importTexts(OPENROUTER, models({ id: 'm', ...base }));
    expect(result.quotes.map(shown)).toEqual([
      'm standard 0: input 1, cached_input 0.1, output 2',
      'm standard 32000: input 1, cached_input 0.1, output 4',
      'm standard 256000: input 3, cached_input 0.1, output 4',
    ]);
    expect(result.documents.map(tallyOf)).toEqual([['accepted: 1 rows, 5 prices']]);
  });

  it('have prices by the hour, and by hour and length together', () => {
    const overrides = [
      { min_prompt_tokens: 1000, prompt: '3e-6', completion: '6e-6' },
      { utc_start: '16:30', utc_end: '00:30', completion: '1e-6' },
    ];
    const text = models({ id: 'm', ...pricing('1', '2', { overrides }) });
    const quotes = importTexts(OPENROUTER, text).quotes;
    expect(quotes.map((quote) => `${quote.windowUtc} ${shown(quote)}`)).toEqual([
      ' m standard 0: input 1, output 2',
      '16:30-00:30 m standard 0: input 1, output 1',
      ' m standard 1000: input 3, output 6',
    ]);
  });

  it('let the later of two overrides win, and report the other', () => {
    const over = (completion: string) => ({ min_prompt_tokens: 9, completion });
    const overrides = [over('4e-6'), over('5e-6')];
    const result = importTexts(
      OPENROUTER,
      models({ id: 'm', ...pricing('1', '2', { overrides }) }),
    );
    expect(result.quotes.map(shown)).toEqual([
      'm standard 0: input 1, output 2',
      'm standard 9: input 1, output 5',
    ]);
    expect(leftovers(result)).toEqual(['rejected overridden m overrides[0].completion']);
  });

  it.each<[string, unknown]>([
    ['another condition', [{ weekday: 6, completion: '1e-6' }]],
    ['half an hour span', [{ utc_start: '16:30', completion: '1e-6' }]],
    ['words for a length', [{ min_prompt_tokens: 'many', completion: '1e-6' }]],
    ['no object', ['1e-6']],
    ['no list', { completion: '1e-6' }],
  ])('do not use an override with %s', (_, overrides) => {
    const result = importTexts(
      OPENROUTER,
      models({ id: 'm', ...pricing('1', '2', { overrides }) }),
    );
    expect(result.quotes.map(shown)).toEqual(['m standard 0: input 1, output 2']);
    expect(new Set(leftovers(result).map((line) => line.split(' ')[1]))).toEqual(
      new Set(['condition_unknown']),
    );
  });

  it('hold more overrides than there can be', () => {
    const overrides = Array.from({ length: 21 }, (_, at) => ({
      min_prompt_tokens: at + 1,
      prompt: '3e-6',
    }));
    const { quotes, documents } = importTexts(
      OPENROUTER,
      models({ id: 'm', ...pricing('1', '2', { overrides }) }),
    );
    expect(quotes.length).toBe(1);
    expect(documents.map(tallyOf)).toEqual([
      ['accepted: 1 rows, 2 prices', 'held too_many_overrides: 0 rows, 21 prices'],
    ]);
  });

  it.each<[string, Fields, string]>([
    ['a router', { id: 'm', ...pricing('-1000000', '-1000000') }, 'rejected variable_price'],
    ['a free model', { id: 'm', ...pricing('0', '0') }, 'rejected zero_price'],
    ['a free variant that costs', { id: 'm:free', ...pricing('1', '2') }, 'held free_variant'],
    ['an alias', { id: '~m', ...pricing('1', '2') }, 'rejected alias'],
    [
      'pictures',
      { id: 'm', architecture: { output_modalities: ['image'] }, ...pricing('1', '2') },
      'rejected non_text_modality',
    ],
    ['words', { id: 'm', ...pricing('cheap', '2') }, 'rejected not_a_number'],
    ['one side', { id: 'm', pricing: { prompt: '1e-6' } }, 'rejected incomplete_no_output'],
    ['no pricing', { id: 'm' }, 'rejected no_price'],
  ])('do not quote %s', (_, model, verdict) => {
    const { quotes, documents } = importTexts(OPENROUTER, models(model));
    expect(quotes).toEqual([]);
    const tally = documents[0]?.tally.map(({ disposition, code }) => `${disposition} ${code}`);
    expect(tally).toEqual([verdict]);
  });

  it.each(['[]', '{}', '{"data": 1}', '{"data": {"id": "m"}}'])('refuse %s', (text) => {
    const [report] = importTexts(OPENROUTER, text).documents;
    expect(report?.faults).toMatchObject([{ code: 'wrong_shape' }]);
  });
});

describe('the endpoints of a model at OpenRouter', () => {
  it('are one quote for each seller, region and tier, as it is paid there', () => {
    const text = endpoints(
      'openai/gpt-5.6-terra',
      { provider_name: 'OpenAI', tag: 'openai', ...pricing('1', '6', { discount: 0.5 }) },
      { provider_name: 'OpenAI', tag: 'openai/flex', ...pricing('0.5', '3') },
      { provider_name: 'Amazon Bedrock', tag: 'amazon-bedrock', ...pricing('2.2', '13.2') },
      { provider_name: 'Azure', tag: 'azure', ...pricing('2.5', '15', { discount: 0 }) },
      { provider_name: 'Azure', tag: 'azure/eu', ...pricing('2.75', '16.5') },
      { provider_name: 'Google', tag: 'google-vertex/us-east5', ...pricing('2', '12') },
      { provider_name: 'Z.AI', tag: 'z-ai/fp8', ...pricing('2', '12') },
    );
    const { quotes, documents } = importTexts(OPENROUTER, text);
    expect(
      quotes.map(({ seller, region, serviceTier, legs }) =>
        [seller, region, serviceTier, toText(legs.input!)].join(' '),
      ),
    ).toEqual([
      ...['openai global standard 1', 'openai global flex 0.5', 'aws-bedrock global standard 2.2'],
      ...['azure global standard 2.5', 'azure eu standard 2.75', 'google us-east5 standard 2'],
      'z.ai global standard 2',
    ]);
    expect(quotes.map(({ source }) => source.replace(/^[^,]*/, ''))).toEqual([
      ...[', discount 0.5', '', '', '', '', '', ''],
    ]);
    expect(documents[0]?.warnings).toMatchObject([{ code: 'discounted', value: '0.5' }]);
  });

  it('of one seller that differ wait for a person', () => {
    const text = endpoints(
      'm',
      { provider_name: 'X', tag: 'x/fp8', ...pricing('1', '2') },
      { provider_name: 'X', tag: 'x/bf16', ...pricing('2', '4') },
    );
    const { quotes, held } = importTexts(OPENROUTER, text);
    expect([quotes.length, held.map(({ code }) => code)]).toEqual([0, ['conflict', 'conflict']]);
  });
});

const key = fc.constantFrom(
  ...['prompt', 'completion', 'prompt', 'completion', 'input_cache_read', 'input_cache_write'],
  ...['input_cache_write_1h', 'image', 'request'],
);
const fields = fc.dictionary(key, literals, { maxKeys: 5 });
const model = fc.record({
  id: fc.constantFrom('a/m', 'b', 'c:free', '~d', 'e:batch', 'f:thinking'),
  base: fields,
  overrides: fc.array(
    fc.record({
      fields,
      when: fc.constantFrom<Fields>(
        ...[{ min_prompt_tokens: 10 }, { min_prompt_tokens: 20 }, { odd: 1 }, {}],
        ...[
          { utc_start: '01:00', utc_end: '02:00' },
          { min_prompt_tokens: 10, utc_start: '1' },
        ],
      ),
    }),
    { maxLength: 4 },
  ),
});
const list = fc.array(model, { maxLength: 6 });
type Generated = typeof list extends fc.Arbitrary<infer List> ? List : never;

const textOf = (generated: Generated) =>
  models(
    ...generated.map(({ id, base, overrides }, index) => ({
      id: `${index}${id}`.replace(/^\d~/, `~${index}`),
      pricing: { ...base, overrides: overrides.map((one) => ({ ...one.when, ...one.fields })) },
    })),
  );

it('quotes every price exactly, or says why not', () => {
  // Nobody knows whether it is a price: it is reported like one.
  const odd = (when: Fields): Record<string, string> => ('odd' in when ? { odd: '1' } : {});
  const unitOf = (name: string) => (/^(?:image|request|odd)$/.test(name) ? '' : 'per_token');
  fc.assert(
    fc.property(list, (generated) => {
      const published = generated.flatMap(({ id, base, overrides }, index): Published[] =>
        [base, ...overrides.map((one) => ({ ...odd(one.when), ...one.fields }))].flatMap((layer) =>
          Object.entries(layer).map(([name, literal]) => ({
            row: `${index}${id}`.replace(/^\d~/, `~${index}`),
            ...{ literal, unit: unitOf(name) },
          })),
        ),
      );
      expectAccounted(importTexts(OPENROUTER, textOf(generated)), published);
    }),
    { numRuns: 300 },
  );
});

it('reads a broken answer without a crash', () => {
  expectNoCrash(OPENROUTER, list.map(textOf));
});

it('has removed nothing of the parts that a document is without', () => {
  const list = models({ id: 'a/m', ...pricing('1', '2') });
  const seller = (provider_name: string) => ({ provider_name, tag: 'x', ...pricing('1', '2') });
  const m = endpoints('a/m', seller('One'), seller('Two'));
  const n = endpoints('a/n', seller('One'));
  const result = importTexts(OPENROUTER, list, m, n, endpoints('a/m', seller('One')));
  expect(result.documents.map(({ removed }) => removed)).toEqual([0, 0, 0, 1]);
  expect(result.held).toMatchObject([{ code: 'removed', quote: { seller: 'two', model: 'a/m' } }]);
});
