import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatMoment } from '../../../src/domain/dates.ts';
import { fileHistory } from '../../../src/ingest/documents/git.ts';
import type { Feed } from '../../../src/ingest/feeds/feed.ts';
import { LITELLM } from '../../../src/ingest/feeds/litellm.ts';
import { MODELS_DEV } from '../../../src/ingest/feeds/models-dev.ts';
import { PORTKEY } from '../../../src/ingest/feeds/portkey.ts';
import { type FeedImport, startImport } from '../../../src/ingest/import/run.ts';
import { shown } from '../feeds/documents.ts';
import { repository } from '../feeds/repository.ts';

async function importHistory(
  directory: string,
  path = 'prices.json',
  feed: Feed = LITELLM,
): Promise<FeedImport> {
  const run = startImport(feed);
  const { documents } = await fileHistory(directory, path);
  for await (const document of documents()) run.take(document);
  return run.finish();
}

/** `{m: 2}` is a document with the model m at 2 and 4 $/MTok. */
function prices(models: Readonly<Record<string, number>>): string {
  const entries = Object.entries(models).map(([key, price]) => [
    key,
    {
      ...{ litellm_provider: 'x', mode: 'chat', input_cost_per_token: price / 1e6 },
      output_cost_per_token: (2 * price) / 1e6,
    },
  ]);
  return JSON.stringify(Object.fromEntries(entries), null, 1);
}

const many = (count: number, price = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, price]));

const dated = (result: FeedImport) =>
  result.quotes.map((quote) => `${formatMoment(quote.observedAtMs)} ${shown(quote)}`);

describe('the history of a file', () => {
  it('quotes changes only, each from the time of the commit that made it', async () => {
    const { directory, commit } = repository();
    commit('2026-01-01T10:00:00+02:00', prices({ m: 2 }));
    commit('2026-01-02T10:00:00Z', prices({ m: 2 }).replaceAll('\n', '\n\n'));
    commit('2026-01-03T10:00:00Z', prices({ m: 2, n: 1 }));
    commit('2026-01-04T10:00:00Z', prices({ m: 3, n: 1 }));
    const result = await importHistory(directory);
    expect(dated(result)).toEqual([
      '2026-01-01T08:00:00Z m standard 0: input 2, output 4',
      '2026-01-03T10:00:00Z n standard 0: input 1, output 2',
      '2026-01-04T10:00:00Z m standard 0: input 3, output 6',
    ]);
    expect(result.quotes[0]?.source).toMatch(/^prices\.json@[0-9a-f]{10}:2$/);
  });

  it.each([
    [MODELS_DEV, 'providers/x/models/m.toml', '[cost]\ninput = 1\noutput = 2\n'],
    [
      PORTKEY,
      'pricing/x.json',
      `{"m": {"pricing_config": {"pay_as_you_go": {"request_token": {"price": 1e-4},
        "response_token": {"price": 2e-4}}}}}`,
    ],
  ])('is of a feed whose paths say something: $name', async (feed, path, text) => {
    const { directory, commit } = repository();
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    commit('2026-01-01T00:00:00Z', text, path);
    const { quotes } = await importHistory(directory, path, feed);
    expect(quotes).toMatchObject([{ seller: 'x', model: 'm' }]);
  });

  it('is read from a bare repository, whatever its settings', async () => {
    const { directory, commit, git } = repository();
    git(['config', 'log.showSignature', 'true']);
    commit('2026-01-01T00:00:00Z', prices({ m: 2 }));
    execFileSync('git', ['clone', '-q', '--bare', directory, `${directory}/bare.git`]);
    expect((await importHistory(`${directory}/bare.git`)).quotes.length).toBe(1);
  });

  it('skips what is no JSON and what is no file, and says so; the version before stands', async () => {
    const { directory, commit } = repository();
    commit('2026-01-01T00:00:00Z', prices({ m: 2 }));
    commit('2026-01-02T00:00:00Z', `${prices({ m: 9 })},`);
    commit('2026-01-03T00:00:00Z', null);
    commit('2026-01-04T00:00:00Z', prices({ m: 2 }));
    const { quotes, held, documents } = await importHistory(directory);
    expect(quotes.map(shown)).toEqual(['m standard 0: input 2, output 4']);
    expect(held).toEqual([]);
    const codes = documents.map(({ faults }) => faults.map(({ code }) => code));
    expect(codes).toEqual([[], ['malformed_json'], ['no_file'], []]);
  });

  it('follows the branch: a side branch counts when it is merged', async () => {
    const { directory, commit, git } = repository();
    commit('2026-01-01T00:00:00Z', prices({ m: 2 }));
    git(['checkout', '-q', '-b', 'side']);
    commit('2026-01-02T00:00:00Z', prices({ m: 3 }));
    git(['checkout', '-q', 'main']);
    commit('2026-01-03T00:00:00Z', 'x', 'other.txt');
    git(['merge', '-q', '--no-ff', '-m', 'x', 'side'], '2026-01-04T00:00:00Z');
    expect(dated(await importHistory(directory))).toEqual([
      '2026-01-01T00:00:00Z m standard 0: input 2, output 4',
      '2026-01-04T00:00:00Z m standard 0: input 3, output 6',
    ]);
  });

  it('has one version for a second, and none before the one it replaces', async () => {
    const { directory, commit } = repository();
    commit('2026-01-02T00:00:00Z', prices({ m: 2 }));
    commit('2026-01-02T00:00:00Z', prices({ m: 3 }));
    commit('2026-01-01T00:00:00Z', prices({ m: 4 }));
    commit('2026-01-03T00:00:00Z', prices({ m: 5 }));
    const { warnings } = await fileHistory(directory, 'prices.json');
    expect(warnings.map(({ code }) => code)).toEqual([
      ...['same_second', 'clock_ran_back', 'same_second'],
    ]);
    expect(dated(await importHistory(directory))).toEqual([
      '2026-01-02T00:00:00Z m standard 0: input 4, output 8',
      '2026-01-03T00:00:00Z m standard 0: input 5, output 10',
    ]);
  });

  it.each([
    ['/nowhere', 'prices.json', 'environment', 'cannot read the repository /nowhere'],
    ['.', 'none.json', 'usage', 'has none.json'],
    ['.', '--output=x', 'usage', 'has --output=x'],
    ['.', '*.json', 'usage', 'has *.json'],
    ['--help', 'prices.json', 'environment', 'cannot read the repository --help'],
  ])('of %s %s is refused as %s', async (from, path, kind, message) => {
    const { directory, commit } = repository();
    commit('2026-01-01T00:00:00Z', prices({ m: 2 }));
    const failed = fileHistory(from === '.' ? directory : from, path);
    await expect(failed).rejects.toMatchObject({ kind, message: expect.stringContaining(message) });
  });

  it('of a folder has no document', async () => {
    const { directory, commit } = repository();
    mkdirSync(join(directory, 'folder'));
    commit('2026-01-01T00:00:00Z', prices({ m: 2 }), 'folder/prices.json');
    const { documents } = await importHistory(directory, 'folder');
    expect(documents.map(({ faults }) => faults[0]?.value)).toEqual(['tree']);
  });
});

describe('a removal', () => {
  it('is held as a withdrawal, once, and the price stands', async () => {
    const { directory, commit } = repository();
    commit('2026-01-01T00:00:00Z', prices({ m: 2, n: 1 }));
    commit('2026-01-02T00:00:00Z', prices({ n: 1 }));
    commit('2026-01-03T00:00:00Z', prices({ n: 2 }));
    const { held, quotes, documents } = await importHistory(directory);
    expect(held).toMatchObject([
      { code: 'removed', quote: { event: 'withdrawn', model: 'm', legs: {} } },
    ]);
    expect(held.map(({ quote }) => formatMoment(quote.effectiveAtMs))).toEqual([
      '2026-01-02T00:00:00Z',
    ]);
    expect(quotes.map(({ event }) => event)).toEqual(['quote', 'quote', 'quote']);
    expect(documents.map(({ removed }) => removed)).toEqual([0, 1, 0]);
  });

  it('in mass that is undone within days is named, and nothing is held', async () => {
    const { directory, commit } = repository();
    commit('2026-01-01T00:00:00Z', prices(many(100)));
    commit('2026-01-02T00:00:00Z', prices(many(30)));
    commit('2026-01-04T00:00:00Z', prices(many(99)));
    const { held, undone, quotes } = await importHistory(directory);
    expect(undone).toMatchObject([
      {
        ...{ code: 'mass_removal_undone', removed: 70, returned: 69 },
        ...{ removedAt: '2026-01-02T00:00:00Z', returnedAt: '2026-01-04T00:00:00Z' },
      },
    ]);
    expect(held).toMatchObject([{ code: 'mass_removal', quote: { model: 'm99' } }]);
    expect(quotes.length).toBe(100);
  });

  it('that lasted is held, and the return is quoted anew, so that it can be accepted', async () => {
    const { directory, commit } = repository();
    commit('2026-01-01T00:00:00Z', prices({ m: 2, n: 1 }));
    commit('2026-01-02T00:00:00Z', prices({ n: 1 }));
    commit('2026-03-01T00:00:00Z', prices({ m: 2, n: 1 }));
    const result = await importHistory(directory);
    expect(result.held).toMatchObject([{ code: 'removed', quote: { model: 'm' } }]);
    expect(result.held[0]?.reason).toContain('back since 2026-03-01');
    expect(dated(result).filter((line) => line.includes(' m '))).toEqual([
      '2026-01-01T00:00:00Z m standard 0: input 2, output 4',
      '2026-03-01T00:00:00Z m standard 0: input 2, output 4',
    ]);
  });
});
