import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayToMs } from '../../src/domain/dates.ts';
import { toText } from '../../src/domain/decimal.ts';
import type { ModelAlias, Quote } from '../../src/domain/rows.ts';
import { QUOTES } from '../../src/ingest/quotes.ts';
import { readTable } from '../../src/ingest/table.ts';
import { trustedCsv } from '../../src/publish/reconcile.ts';
import { reconcile } from '../../src/select/reconcile.ts';
import { trustedQuotes } from '../../src/select/trust.ts';

const HEADER =
  'seller,model,date,input,output,cached_input,venue,currency,region,event,observed_at,lab,source';

/** Reads rows of `HEADER`; cells at the end may be left out. */
async function quotes(...rows: readonly string[]): Promise<Quote[]> {
  if (rows.length === 0) return [];
  const width = HEADER.split(',').length;
  const lines = rows.map((row) => row + ','.repeat(width - row.split(',').length));
  const reading = await readTable(QUOTES, [Buffer.from([HEADER, ...lines].join('\n'))], 'q.csv');
  expect(reading.rejects).toEqual([]);
  return reading.rows.map(({ row }) => row);
}

function alias(seller: string, sellerModel: string, model: string): ModelAlias {
  const facts = { lab: 'lab', class: '', openWeights: false, fromMs: null, untilMs: null };
  return { ...facts, seller, sellerModel, model };
}

const at = (day: string) => ({ cutoffMs: dayToMs(day), knownAtMs: dayToMs(day) });

/** `acme alpha input differ a=2.5 b=3`: every leg of every offer. */
async function compared(
  sources: Readonly<Record<string, readonly string[]>>,
  { models = [] as ModelAlias[], day = '2026-08-01' } = {},
) {
  const list = [];
  for (const [name, rows] of Object.entries(sources)) {
    list.push({ name, quotes: await quotes(...rows) });
  }
  const found = reconcile(list, models, at(day));
  const lines = found.offers.flatMap(({ terms, legs }) =>
    legs.map(({ leg, verdict, prices }) => {
      const said = [...prices].map(([name, { amount }]) => `${name}=${toText(amount)}`);
      return [terms.seller, terms.model, leg, verdict, ...said].join(' ');
    }),
  );
  return { found, lines };
}

describe('sources', () => {
  it('agree, differ and are silent, leg by leg', async () => {
    const { lines, found } = await compared({
      a: ['acme,alpha,2026-07-01,2.5,10,0.25', 'acme,beta,2026-07-01,1,2'],
      b: ['acme,alpha,2026-07-09,2.50,12', 'bolt,beta,2026-07-01,1,2'],
    });
    expect(lines).toEqual([
      'acme alpha input agree a=2.5 b=2.5',
      'acme alpha cached_input alone a=0.25',
      'acme alpha output differ a=10 b=12',
      'acme beta input alone a=1',
      'acme beta output alone a=2',
      'bolt beta input alone b=1',
      'bolt beta output alone b=2',
    ]);
    const [pair] = found.pairs;
    expect(pair?.offers).toEqual({ both: 1, onlyA: 1, onlyB: 1 });
    expect(pair?.legs).toEqual({ agree: 1, differ: 1 });
    expect(pair?.share && toText(pair.share)).toBe('0.5');
  });

  it('are compared by what stands at the date, and was known by then', async () => {
    const sources = {
      a: ['acme,alpha,2026-07-01,4,8', 'acme,alpha,2026-08-02,3,6'],
      b: ['acme,alpha,2026-07-01,4,8', 'acme,alpha,2026-07-20,3,6,,,,,,2026-08-05'],
    };
    expect((await compared(sources)).lines[0]).toBe('acme alpha input agree a=4 b=4');
    const later = await compared(sources, { day: '2026-08-02' });
    expect(later.lines[0]).toBe('acme alpha input differ a=3 b=4');
    expect((await compared(sources, { day: '2026-06-30' })).lines).toEqual([]);
  });

  it('are compared by the names of the catalogue, wherever they saw the price', async () => {
    const models = [
      alias('aws-bedrock', 'us.anthropic.alpha-v1:0', 'alpha'),
      alias('', 'alpha-2026', 'alpha'),
    ];
    const { lines, found } = await compared(
      {
        a: ['aws-bedrock,us.anthropic.alpha-v1:0,2026-07-01,4,8,,router'],
        b: ['aws-bedrock,alpha-2026,2026-07-01,4,8', 'aws-bedrock,alpha,2026-06-01,5,9'],
      },
      { models },
    );
    expect(lines[0]).toBe('aws-bedrock alpha input agree a=4 b=4');
    const others = found.offers[0]?.standing.get('b')?.others;
    expect(others?.map(({ model }) => model)).toEqual(['alpha']);
  });

  it('do not agree across regions or currencies', async () => {
    const { lines, found } = await compared({
      a: ['acme,alpha,2026-07-01,4,8,,,USD,us', 'acme,beta,2026-07-01,4,8'],
      b: ['acme,alpha,2026-07-01,4,8,,,USD,eu', 'acme,beta,2026-07-01,4,8,,,CNY'],
    });
    expect(lines.filter((line) => line.includes('agree'))).toEqual([]);
    const [, , beta] = found.offers;
    expect(beta?.legs[0]?.ratio).toBe(null);
  });

  it.each([
    ['3', '2.9999999999999996', 'agree'],
    ['3', '2.9999', 'differ'],
    ['0.0000001', '0.00000010000000000000001', 'agree'],
    ['1000', '1000.000002', 'differ'],
  ])('that say %s and %s %s: the noise of a float is no disagreement', async (a, b, verdict) => {
    const { lines } = await compared({
      a: [`acme,alpha,2026-07-01,${a},8`],
      b: [`acme,alpha,2026-07-01,${b},8`],
    });
    expect(lines[0]).toContain(`input ${verdict} `);
  });

  it('that are empty are silent', async () => {
    const { found } = await compared({
      a: ['acme,alpha,2026-07-01,4,8'],
      b: ['x,y,2027-01-01,1,2'],
    });
    expect(found.sources.map(({ offers }) => offers)).toEqual([1, 0]);
    expect(found.pairs[0]?.share).toBe(null);
    expect(reconcile([], [], at('2026-08-01')).offers).toEqual([]);
  });
});

describe('an order of trust', () => {
  const rows = {
    a: ['acme,alpha,2026-07-01,4,8,1,,,,,,,list@1', 'acme,gone,2026-07-01,1,2'],
    b: ['acme,alpha,2026-07-02,4,9,0.5', 'acme,gone,2026-07-03,,,,,,,withdrawn'],
    c: ['acme,alpha,2026-07-03,4,8', 'acme,only,2026-07-01,3,6,,,,,,,lab-x'],
  };
  const order = async (...names: string[]) => {
    const { found } = await compared(rows);
    return trustedQuotes(found.offers, names, ['a', 'b', 'c']);
  };

  it('takes whole quotes, and says in each who agrees, differs and is silent', async () => {
    const taken = await order('a', 'c', 'b');
    expect(taken.map(({ model, source }) => `${model}: ${source}`)).toEqual([
      'alpha: list@1; taken from a; agrees: c; differs: b (cached_input 0.5, output 9)',
      'gone: taken from a; differs: b (withdrawn); silent: c',
      'only: taken from c; silent: a, b',
    ]);
    expect(taken[0]?.legs.cached_input && toText(taken[0].legs.cached_input)).toBe('1');
  });

  it('follows a withdrawal like a price, and a source that it does not name never', async () => {
    const taken = await order('b');
    expect(taken.map(({ model, event }) => `${model} ${event}`)).toEqual([
      ...['alpha quote', 'gone withdrawn'],
    ]);
    expect(taken[1]?.source).toBe('taken from b; differs: a (still offered); silent: c');
  });

  it('fills no leg in from another source', async () => {
    const [alpha] = await order('c', 'a');
    expect(alpha?.legs.cached_input).toBe(undefined);
  });

  it('writes a file that reads as the same quotes, lab and doubt of the date included', async () => {
    const taken = await order('c', 'a', 'b');
    const bytes = [Buffer.from([...trustedCsv(taken)].join(''))];
    const { rows: read, rejects } = await readTable(QUOTES, bytes, 'out.csv');
    expect(rejects).toEqual([]);
    expect(taken).toMatchObject(read.map(({ row }) => row));
  });
});

describe('whatever the sources say', () => {
  const row = fc.tuple(
    fc.constantFrom('acme', 'bolt'),
    fc.constantFrom('alpha', 'beta', 'beta-2'),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 4 }),
  );
  const source = fc.uniqueArray(row, {
    maxLength: 8,
    selector: ([seller, model, day]) => `${seller} ${model} ${day}`,
  });
  const models = [alias('bolt', 'beta-2', 'beta')];
  const readAll = async (all: readonly (readonly [string, string, number, number][])[]) => {
    const list = [];
    for (const [index, rows] of all.entries()) {
      const lines = rows.map(([s, m, d, p]) => `${s},${m},2026-07-0${d},${p},${p + 4}`);
      list.push({ name: `s${index}`, quotes: await quotes(...lines) });
    }
    return list;
  };

  it('the order of rows and sources changes nothing, and nothing is lost or counted twice', () =>
    fc.assert(
      fc.asyncProperty(fc.array(source, { minLength: 2, maxLength: 3 }), async (all) => {
        const list = await readAll(all);
        const found = reconcile(list, models, at('2026-08-01'));
        const turned = list
          .map(({ name, quotes: own }) => ({ name, quotes: [...own].reverse() }))
          .reverse();
        const again = reconcile(turned, models, at('2026-08-01'));
        const show = (one: typeof found) =>
          one.offers.map(({ terms, legs }) => [
            terms,
            legs.map(({ leg, verdict, prices }) => [leg, verdict, [...prices].sort()]),
          ]);
        expect(show(again)).toEqual(show(found));
        for (const { a, b, offers, legs } of found.pairs) {
          const count = (name: string) => found.sources.find((one) => one.name === name)?.offers;
          expect(offers.both + offers.onlyA).toBe(count(a));
          expect(offers.both + offers.onlyB).toBe(count(b));
          expect(legs.agree + legs.differ).toBe(2 * offers.both);
        }
        const names = list.map(({ name }) => name);
        expect(trustedQuotes(found.offers, names, names).length).toBe(found.offers.length);
      }),
      { numRuns: 60 },
    ));
});
