import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MODELS_DEV } from '../../../src/ingest/feeds/models-dev.ts';
import { type FeedImport, importFeed } from '../../../src/ingest/import/run.ts';
import { expectAccounted, expectNoCrash, literals, type Published } from './accounting.ts';
import { importTexts, leftovers, NOON, shown, tallyOf } from './documents.ts';

/** Files of a checkout by their path. */
function imported(files: Readonly<Record<string, string>>): FeedImport {
  const pages = Object.entries(files).map(([file, text]) => ({ file, bytes: Buffer.from(text) }));
  return importFeed(MODELS_DEV, [{ observedAtMs: NOON, pages }]);
}

const oneFile = (text: string) => imported({ 'providers/p/models/lab/m.toml': text });
const cost = (input: string, output: string) => `[cost]\ninput = ${input}\noutput = ${output}\n`;

describe('a file of models.dev', () => {
  it('is named by its path, and reads tiers and modes', () => {
    const text = `${cost('2_000.50e-3', '15')}cache_read = 0.2
[[cost.tiers]]
tier = { size = 200_000 }
input = 4
output = 22.5
[experimental.modes.fast]
cost = { input = 5, output = 30 }
provider = { body = { service_tier = "priority" } }
[experimental.modes.turbo]
cost = { input = 6, output = 40 }
provider = { body = { speed = "fast" } }
`;
    const result = oneFile(text);
    expect(result.quotes.map((quote) => `${quote.seller} ${shown(quote)}`)).toEqual([
      'p lab/m standard 0: input 2.0005, cached_input 0.2, output 15',
      'p lab/m standard 200000: input 4, output 22.5',
      'p lab/m priority 0: input 5, output 30',
    ]);
    expect(leftovers(result)).toEqual([
      'rejected tier_unsupported p/lab/m experimental.modes.turbo.cost.input',
      'rejected tier_unsupported p/lab/m experimental.modes.turbo.cost.output',
    ]);
  });

  it('states a tier in the old spelling and the new one, and has it once', () => {
    const tier = 'input = 4\noutput = 20\n';
    const text = `${cost('2', '10')}[cost.context_over_200k]\n${tier}[[cost.tiers]]
tier = { type = "context", size = 200_000 }\n${tier}`;
    const result = oneFile(text);
    expect(result.quotes.map(shown)).toEqual([
      'lab/m standard 0: input 2, output 10',
      'lab/m standard 200000: input 4, output 20',
    ]);
    expect(leftovers(result).map((line) => line.split(' ')[1])).toEqual([
      ...['duplicate_equal', 'duplicate_equal'],
    ]);
  });

  it('inherits facts, and never a price', () => {
    const base = `${cost('1', '2')}[modalities]\noutput = ["image"]\n`;
    const at = (own: string) =>
      imported({ 'x/models/lab/b.toml': base, 'x/providers/p/models/m.toml': own });
    const named = 'base_model = "lab/b"\n';
    expect(at(named).documents.map(tallyOf)).toEqual([
      ['rejected non_text_modality: 1 rows, 0 prices'],
    ]);
    expect(at(`${named}${cost('3', '4')}`).quotes).toEqual([]);
    const own = `${named}[modalities]\noutput = ["text"]\n${cost('3', '4')}`;
    expect(at(own).quotes.map(shown)).toEqual(['m standard 0: input 3, output 4']);
    const omitting = `${named}base_model_omit = ["modalities", "cost.tiers"]\n${cost('3', '4')}`;
    expect(at(omitting).quotes.map(shown)).toEqual(['m standard 0: input 3, output 4']);
  });

  it('says where the base is not beside it, and what it leaves out', () => {
    const text = `base_model = "lab/b"\nbase_model_omit = ["cost.cache_read"]
${cost('3', '4')}cache_read = 0.3\n`;
    const result = oneFile(text);
    expect(result.documents[0]?.warnings).toMatchObject([{ code: 'base_not_found' }]);
    expect(leftovers(result)).toEqual(['rejected omitted p/lab/m cost.cache_read']);
  });

  it('that is no TOML is one offer less', () => {
    const result = imported({
      'providers/p/models/a.toml': '../b.toml',
      'providers/p/models/b.toml': cost('1', '2'),
    });
    expect(result.quotes.length).toBe(1);
    expect(leftovers(result)).toEqual(['rejected malformed_toml p/a']);
  });

  it.each([
    ['no cost', 'name = "m"', ['rejected no_price p/lab/m']],
    ['a cost that is a number', 'cost = 3', ['rejected not_an_entry p/lab/m cost']],
    [
      'a price that is no number',
      cost('nan', '"2"'),
      ['rejected not_a_number p/lab/m cost.input', 'rejected not_a_number p/lab/m cost.output'],
    ],
    ['one side', '[cost]\ninput = 1', ['rejected incomplete_no_output p/lab/m cost.input']],
    [
      'a tier without a size',
      '[[cost.tiers]]\ninput = 1',
      ['rejected context_threshold_unknown p/lab/m cost.tiers[0].input'],
    ],
    [
      'a tier by something else',
      '[[cost.tiers]]\ntier = { type = "speed", size = 1 }\ninput = 1',
      ['rejected tier_unsupported p/lab/m cost.tiers[0].input'],
    ],
    ['a tier that is none', '[cost]\ntiers = [3]', ['rejected not_an_entry p/lab/m cost.tiers[0]']],
  ])('with %s is not quoted', (_, text, expected) => {
    const result = oneFile(text);
    expect(result.quotes).toEqual([]);
    expect(leftovers(result)).toEqual(expected);
  });

  it('of a subscription says so in its source', () => {
    const { quotes, documents } = imported({
      'providers/x-coding-plan/models/m.toml': cost('1', '2'),
    });
    expect(quotes[0]?.source).toBe('m.toml:1, not_pay_per_token');
    expect(documents[0]?.warnings).toMatchObject([{ code: 'not_pay_per_token' }]);
  });

  it('in yuan is held beside the same model in dollars', () => {
    const at = (factor: number) => cost(String(0.3 * 10 * factor), String(1.2 * 10 * factor));
    const { quotes, held } = imported({
      'providers/a/models/m-2.toml': at(1),
      'providers/b/models/M-2.toml': at(7),
      'providers/c/models/m-2.toml': at(2),
    });
    expect(quotes.map(({ seller }) => seller)).toEqual(['a', 'c']);
    expect(held).toMatchObject([{ code: 'currency_suspect', quote: { seller: 'b' } }]);
  });

  it('elsewhere is refused', () => {
    const [report] = imported({ 'm.toml': cost('1', '2') }).documents;
    expect(report?.faults).toMatchObject([{ code: 'wrong_shape' }]);
  });
});

describe('api.json of models.dev', () => {
  it('has the same offers', () => {
    const prices = '"input": 2.50, "output": 15, "cache_read": 0.25';
    const over = '"context_over_200k": {"input": 5, "output": 22.5}';
    const text = `{"amazon-bedrock": {"models": {"m": {"cost": {${prices}, ${over}}},
      "n": {}, "o": 1}}, "q": {"id": "q"}}`;
    const result = importTexts(MODELS_DEV, text);
    expect(result.quotes.map((quote) => `${quote.seller} ${shown(quote)}`)).toEqual([
      'aws-bedrock m standard 0: input 2.5, cached_input 0.25, output 15',
      'aws-bedrock m standard 200000: input 5, output 22.5',
    ]);
    expect(leftovers(result)).toEqual([
      'rejected no_price amazon-bedrock/n',
      'rejected not_an_entry amazon-bedrock/o',
      'rejected not_an_entry q',
    ]);
  });
});

const key = fc.constantFrom('input', 'output', 'cache_read', 'cache_write', 'reasoning', 'inptu');
const legs = fc.dictionary(key, literals, { maxKeys: 5 });
const entry = fc.record({
  base: legs,
  tiers: fc.array(fc.record({ legs, size: fc.constantFrom('1000', '200_000', '"x"') }), {
    maxLength: 3,
  }),
  mode: legs,
  tier: fc.constantFrom('priority', 'fast'),
});
const entries = fc.array(entry, { maxLength: 5 });
type Entry = typeof entry extends fc.Arbitrary<infer One> ? One : never;

function tomlOf({ base, tiers, mode, tier }: Entry): string {
  const lines = (table: Readonly<Record<string, string>>) =>
    Object.entries(table).map(([name, literal]) => `${name} = ${literal}`);
  return [
    ...['[cost]', ...lines(base)],
    ...tiers.flatMap((one) => [
      '[[cost.tiers]]',
      `tier = { size = ${one.size} }`,
      ...lines(one.legs),
    ]),
    ...['[experimental.modes.m.cost]', ...lines(mode)],
    ...['[experimental.modes.m.provider.body]', `service_tier = "${tier}"`],
  ].join('\n');
}

it('quotes every price of a checkout exactly, or says why not', () => {
  fc.assert(
    fc.property(entries, (list) => {
      const files = list.map((one, index) => [`providers/p/models/${index}.toml`, tomlOf(one)]);
      const published = list.flatMap(({ base, tiers, mode }, index): Published[] =>
        [base, ...tiers.map((one) => one.legs), mode].flatMap((table) =>
          Object.values(table).map((literal) => ({ row: `p/${index}`, literal, unit: 'per_mtok' })),
        ),
      );
      expectAccounted(imported(Object.fromEntries(files)), published);
    }),
    { numRuns: 300 },
  );
});

it('reads a broken file without a crash', () => {
  expectNoCrash(MODELS_DEV, entry.map(tomlOf), 'providers/p/models/m.toml');
});

it('reads any bytes as a file without a crash', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(oneFile(text).documents.length).toBe(1);
    }),
  );
});
