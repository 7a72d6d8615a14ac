import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { observedAtInName } from '../../../src/ingest/documents/page.ts';
import { SOURCES, sourceNamed } from '../../../src/ingest/fetch/sources.ts';
import { rawPairs } from '../../../src/publish/raw.ts';
import { ASKED, fetchHere, server } from './here.ts';

describe('every feed', () => {
  it('is asked for over https, at hosts of its own list', () => {
    for (const { start, hosts, parts } of SOURCES) {
      const all = [...start(ASKED), ...(parts ? start({ ...ASKED, only: ['x/y'] }) : [])];
      for (const { url } of all) {
        expect(new URL(url).protocol).toBe('https:');
        expect(hosts).toContain(new URL(url).host);
      }
    }
  });

  it('has a host that is a name', () => {
    const hosts = SOURCES.flatMap((source) => source.hosts);
    expect(hosts.filter((host) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]+$/.test(host))).toEqual([]);
  });

  it('that is not known is asked back for', () => {
    expect(() => sourceNamed('litelm')).toThrow('did you mean litellm?');
  });
});

describe('a feed of one file', () => {
  it('is kept as it came, with what a stranger needs to check it', async () => {
    const body = '\ufeff {"a": 2.50e-06}\n';
    const { fetched } = await fetchHere('litellm', () => body);
    const [pair, ...more] = rawPairs(fetched);
    expect(more).toEqual([]);
    expect(pair?.name).toBe('litellm.2026-08-01T114848Z.json');
    expect(pair?.recordName).toBe('litellm.2026-08-01T114848Z.json.origin');
    expect(Buffer.from(pair!.bytes).toString('utf8')).toBe(body);
    expect(pair?.record).toEqual({
      schema: 'mtok.raw/1',
      feed: 'litellm',
      file: 'litellm.2026-08-01T114848Z.json',
      url: `https://${server!.host}/BerriAI/litellm/main/model_prices_and_context_window.json`,
      fetched_at: '2026-08-01T11:48:48Z',
      files: 1,
      bytes: 20,
      sha256: createHash('sha256').update(body).digest('hex'),
      headers: {},
    });
  });

  it('is dated so that the import finds the time, and never before its last byte', async () => {
    const { fetched } = await fetchHere('models-dev', () => '{}');
    expect(fetched.fetchedAtMs).toBe(Date.UTC(2026, 7, 1, 11, 48, 47, 500));
    expect(observedAtInName(rawPairs(fetched)[0]!.name)).toBe(Date.UTC(2026, 7, 1, 11, 48, 48));
  });

  it('asks for days where it is daily', async () => {
    const { paths } = await fetchHere('openrouter-rankings', () => '{}', [], 'sk-secret');
    expect(paths).toEqual([
      '/api/v1/datasets/rankings-daily?start_date=2026-07-03&end_date=2026-08-01',
    ]);
  });
});

describe('a feed that is a table', () => {
  it('is named for what it is', async () => {
    const { fetched, paths } = await fetchHere('fx', () => 'Date,USD\n');
    expect(rawPairs(fetched).map(({ name }) => name)).toEqual(['fx.2026-08-01T114848Z.csv']);
    expect(paths[0]).toBe(
      '/service/data/EXR/D..EUR.SP00.A?startPeriod=2026-07-03&endPeriod=2026-08-01&format=csvdata',
    );
    await server?.close();
  });

  it.each([['<html>,</html>\n'], ['{"a": 1,'], ['Date,USD\n2026-07-03,1.1'], ['']])(
    'is not %j',
    async (body) => {
      await expect(fetchHere('fx', () => body)).rejects.toThrow('[not_csv]; nothing was kept');
    },
  );

  it('may have rates for each day', async () => {
    const { fetched } = await fetchHere('fx', () => 'Date,USD\n2026-07-03,1.1\n');
    expect(fetched.files).toHaveLength(1);
  });
});

describe('pages', () => {
  const page = (items: number, next: string | null, mark: string) =>
    JSON.stringify({ Items: Array.from({ length: items }, () => mark), NextPageLink: next });

  it('are followed until there is no link, a file for each', async () => {
    const { fetched, paths, surroundings } = await fetchHere('azure-retail', (path, origin) =>
      path.includes('skip=2')
        ? page(1, null, 'b')
        : page(2, `${origin}/api/retail/prices?$skip=2`, 'a'),
    );
    expect(rawPairs(fetched).map(({ name }) => name)).toEqual([
      'azure-retail.2026-08-01T114848Z.001.json',
      'azure-retail.2026-08-01T114848Z.002.json',
    ]);
    expect(paths[0]).toBe(
      '/api/retail/prices?api-version=2023-01-01-preview&%24filter=serviceName+eq+%27Foundry+Models%27',
    );
    expect(surroundings.slept).toEqual([200]);
  });

  it('that are full and link nowhere are asked again, until one is empty', async () => {
    const { fetched, paths } = await fetchHere('azure-retail', (path) =>
      path.includes('skip=1000') ? page(0, null, '') : page(1000, null, 'a'),
    );
    expect(fetched.files.map(({ part }) => part)).toEqual(['001', '002']);
    expect(paths[1]).toContain('%24skip=1000');
  });

  it.each<[what: string, answer: (path: string, origin: string) => string, message: string]>([
    [
      'lead in circles',
      (path, origin) => page(1, `${origin}/p?${path.includes('p?1') ? 2 : 1}`, path),
      'a link to what was fetched before',
    ],
    ['repeat themselves', () => page(1000, null, 'same'), 'the same page under two addresses'],
    ['lead to another host', () => page(1, 'https://evil.test/', 'a'), '[refused]'],
    ['lead to a private address', () => page(1, 'https://10.0.0.1/', 'a'), '[refused]'],
    ['lead nowhere', () => page(1, 'https://[', 'a'), 'expected a link'],
    ['are no pages', () => '{"Items": {}}', 'Items: Invalid input'],
    ['are no JSON', () => '{"Items": []]}', 'expected valid JSON'],
  ])('that %s are refused, and nothing is kept', async (_, answer, message) => {
    await expect(fetchHere('azure-retail', answer)).rejects.toThrow(message);
  });
});

describe('an index', () => {
  const index = (offer: string, regions: string[]) =>
    JSON.stringify({
      regions: Object.fromEntries(
        regions.map((region) => [
          region,
          { currentVersionUrl: `/offers/v1.0/aws/${offer}/1/${region}/index.json` },
        ]),
      ),
    });
  const aws = (path: string) => {
    const offer = path.split('/')[4] ?? '';
    const regions = offer === 'AmazonBedrockService' ? ['us-east-1'] : ['us-east-1', 'eu-west-1'];
    return path.endsWith('region_index.json') ? index(offer, regions) : `{"offer": "${path}"}`;
  };

  it('leads to a file for each offer and region, and is not kept itself', async () => {
    const { fetched } = await fetchHere('aws-bedrock', aws);
    expect(fetched.files.map(({ part }) => part)).toEqual([
      ...['AmazonBedrock.us-east-1', 'AmazonBedrock.eu-west-1'],
      ...['AmazonBedrockFoundationModels.us-east-1', 'AmazonBedrockFoundationModels.eu-west-1'],
      'AmazonBedrockService.us-east-1',
    ]);
  });

  it('leads to the regions that are asked for, and every one has to be there', async () => {
    const { fetched } = await fetchHere('aws-bedrock', aws, ['eu-west-1']);
    expect(fetched.files.length).toBe(2);
    await server?.close();
    const both = fetchHere('aws-bedrock', aws, ['eu-west-1', 'eu-west-9']);
    await expect(both).rejects.toThrow('no regions called eu-west-9');
  });

  it('leads to nothing but files of its own', async () => {
    const hostile = (path: string) =>
      path.endsWith('region_index.json')
        ? JSON.stringify({ regions: { '..\\..\\etc': { currentVersionUrl: `${path}x` } } })
        : '{}';
    await expect(fetchHere('aws-bedrock', hostile)).rejects.toThrow('not fit for a file');
  });

  it('leads to the sellers of every model, aliases left out', async () => {
    const { fetched, paths } = await fetchHere('openrouter-endpoints', (path) =>
      path.endsWith('/models')
        ? '{"data": [{"id": "~a/latest"}, {"id": "a/b:free"}, {"id": "a/c"}]}'
        : '{"data": {}}',
    );
    expect(fetched.files.map(({ part }) => part)).toEqual(['a__b+free', 'a__c']);
    expect(paths[1]).toBe('/api/v1/models/a/b%3Afree/endpoints');
  });

  it('with one file missing leaves nothing', async () => {
    const missing = (path: string) => (path.includes('openai') ? undefined : '{}');
    await expect(fetchHere('portkey', missing)).rejects.toThrow('found 404');
  });
});
