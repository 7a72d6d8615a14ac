import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ApiFixings } from '../../src/domain/api.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { publishDays, requestFor, SIGNER } from '../publish/publications.ts';
import {
  gatedPublication,
  publication,
  revisedPublication,
  type Served,
  served,
  settledPublication,
} from './served.ts';

let plain: Served;
let revised: Served;
let gated: Served;

beforeAll(async () => {
  plain = await served(await publication());
  revised = await served(await revisedPublication());
  gated = await served(await gatedPublication(), { now: '2026-07-03T18:30:00Z' });
});

const json = async ({ server }: Served, url: string, status = 200) => {
  const answer = await server.inject(url);
  expect(answer.statusCode, `${url} ${answer.body}`).toBe(status);
  return answer.json();
};

describe('indices', () => {
  it('are listed, each with its first and latest day', async () => {
    expect(await json(plain, '/v1/indices')).toEqual({
      log: { origin: 'index.example/mtok', size: 20 },
      indices: ['ALPHA', 'BETA'].map((index) => ({
        ...{ index, title: 'A small index', first: '2026-07-01', latest: '2026-07-05' },
        fixings: 5,
      })),
    });
  });

  it('have a rulebook and a series', async () => {
    const index = await json(plain, '/v1/indices/ALPHA');
    expect(index).toMatchObject({ mode: 'research', unit: 'USD/MTok', series: 'series/ALPHA.csv' });
    const rulebook = await plain.server.inject(`/${index.rulebook.path}`);
    expect(rulebook.headers.etag).toBe(`"${index.rulebook.sha256}"`);
  });

  it('that are not there are named', async () => {
    expect(await json(plain, '/v1/indices/GAMMA', 404)).toMatchObject({
      type: '/docs#no-such-index',
      detail: 'there is no index GAMMA here; there are ALPHA, BETA',
    });
  });
});

describe('fixings', () => {
  it('are those of the series that was published', async () => {
    const { fixings } = await json(plain, '/v1/indices/ALPHA/fixings');
    const series = readFileSync(join(plain.directory, 'series/ALPHA.csv'), 'utf8');
    const lines = series.trimEnd().split('\n').slice(1);
    expect(
      fixings.map((one: { date: string; value: { price: string }; level: string }) =>
        [one.date, one.value.price, one.level].join(),
      ),
    ).toEqual(lines.map((line) => [0, 5, 9].map((at) => line.split(',')[at]).join()));
  });

  it('of some days are those of the days', async () => {
    const dates = async (query: string) =>
      (await json(plain, `/v1/indices/ALPHA/fixings?${query}`)).fixings.map(
        ({ date }: { date: string }) => date.slice(8),
      );
    expect(await dates('from=2026-07-04')).toEqual(['04', '05']);
    expect(await dates('to=2026-07-02')).toEqual(['01', '02']);
    expect(await dates('from=2026-07-02&to=2026-07-03')).toEqual(['02', '03']);
    expect(await dates('from=2027-01-01')).toEqual([]);
    expect(await dates('to=2020-01-01')).toEqual([]);
  });

  it('come a page at a time, and all pages are of one state', async () => {
    const directory = await publication(['2026-07-01', '2026-07-02', '2026-07-03']);
    const { server, current } = await served(directory);
    const start = '/v1/indices/BETA/fixings';
    const whole = (await server.inject(start)).json();
    const seen: unknown[] = [];
    let next: string | null = '?limit=1';
    for (let day = 4; next !== null; day += 1) {
      const answer: LightMyRequestResponse = await server.inject(start + next);
      const page: ApiFixings = answer.json();
      expect(page.log.size).toBe(whole.log.size);
      expect(answer.headers.link).toBe(
        page.next === null ? undefined : `<${page.next}>; rel="next"`,
      );
      seen.push(...page.fixings);
      next = page.next;
      // Between two pages a day is added, and one becomes final.
      await publishDays(directory, [`2026-07-0${day}`]);
      expect(await current.refresh()).toBe(true);
    }
    expect(seen).toEqual(whole.fixings);
    expect((await server.inject(start)).json().fixings.length).toBe(6);
  });

  it('are told as they were known', async () => {
    const known = async (moment: string) => {
      const query = `known_at=${encodeURIComponent(moment)}`;
      const { fixings } = await json(revised, `/v1/indices/BETA/fixings?${query}`);
      return fixings.map(
        ({ date, revision, state, superseded_by: by }: Record<string, unknown>) =>
          `${date} ${revision} ${state} ${by}`,
      );
    };
    expect(await known('2026-07-02T17:59:59Z')).toEqual([]);
    expect(await known('2026-07-02T18:00:00Z')).toEqual(['2026-07-02 0 provisional null']);
    expect(await known('2026-07-02T20:00:00+02:00')).toEqual(['2026-07-02 0 provisional null']);
    expect(await known('2026-07-03T02:00:00Z')).toEqual(['2026-07-02 0 final null']);
    const before = ['2026-07-02 0 final null', '2026-07-03 0 provisional null'];
    expect(await known('2026-07-04T00:19:59Z')).toEqual(before);
    const beside = '2026-07-04 0 provisional null';
    expect(await known('2026-07-04T00:59:59Z')).toEqual([...before, beside]);
    const after = ['2026-07-02 0 final null', '2026-07-03 1 provisional null', beside];
    expect(await known('2026-07-04T01:00:00Z')).toEqual(after);
  });

  it.each([
    ['csv', 'text/csv; charset=utf-8; header=present'],
    ['ndjson', 'application/x-ndjson; charset=utf-8'],
    ['json', 'application/json; charset=utf-8'],
  ])('come as %s', async (format, type) => {
    const answer = await plain.server.inject(`/v1/indices/ALPHA/fixings?format=${format}`);
    expect(answer.headers['content-type']).toBe(type);
    expect(answer.headers['mtok-log-size']).toBe('20');
    const rows = (await json(plain, '/v1/indices/ALPHA/fixings')).fixings;
    if (format === 'ndjson') {
      expect(
        answer.body
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual(rows);
    }
    if (format === 'csv') {
      const [header = '', ...lines] = answer.body.trimEnd().split('\n');
      expect(header).toMatch(/^date,index,revision,status,state,/);
      expect(lines.map((line) => line.slice(0, 10))).toEqual(
        rows.map((row: { date: string }) => row.date),
      );
    }
  });
});

describe('one fixing', () => {
  it('has its revisions', async () => {
    const of = (query: string) => json(revised, `/v1/indices/BETA/fixings/2026-07-03${query}`);
    const [first, last] = [(await of('?revision=0')).fixing, (await of('')).fixing];
    expect([first.revision, first.superseded_by]).toEqual([0, 1]);
    expect([last.revision, last.superseded_by]).toEqual([1, null]);
    expect(last.path).toBe('fixings/BETA/2026-07-03.r1.json');
    const bytes = readFileSync(join(revised.directory, first.path), 'utf8');
    expect(JSON.parse(bytes).value).toEqual(first.value);
    expect((await of('?known_at=2026-07-03T19:00:00Z')).fixing.revision).toBe(0);
    expect(
      await json(revised, '/v1/indices/BETA/fixings/2026-07-03?revision=7', 404),
    ).toMatchObject({
      type: '/docs#no-such-fixing',
      detail: expect.stringContaining('no revision 7'),
    });
    const early = '/v1/indices/BETA/fixings/2026-07-03?known_at=2026-07-03T10:00:00Z';
    expect(await json(revised, early, 404)).toMatchObject({ parameter: 'known_at' });
  });

  it('is verified by the digest that it names', async () => {
    const { fixing } = await json(plain, '/v1/indices/BETA/fixings/2026-07-05');
    expect((await plain.server.inject(`/${fixing.path}`)).headers.etag).toBe(`"${fixing.sha256}"`);
    expect(fixing).toMatchObject({ state: 'provisional', published_at: '2026-07-05T18:00:00Z' });
  });

  it.each([
    ['2026-07-06', '/docs#not-yet-published', String(29.5 * 3600 - 60)],
    ['2026-07-05', '/docs#not-yet-published', String(5.5 * 3600 - 60)],
    ['2099-01-01', '/docs#not-yet-published', String(7 * 86_400)],
    ['2026-06-30', '/docs#no-such-fixing', undefined],
  ])('of %s says whether it is to come: %s', async (date, type, retryAfter) => {
    const { server } = await served(await publication(['2026-07-01', '2026-07-02']));
    const answer = await server.inject(`/v1/indices/ALPHA/fixings/${date}`);
    expect([answer.statusCode, answer.json().type]).toEqual([404, type]);
    expect(answer.headers['retry-after']).toBe(retryAfter);
  });

  it('that was passed over is not to come', async () => {
    const directory = await publication(['2026-07-01']);
    await publish(directory, [SIGNER], requestFor('2026-07-05'));
    const answer = await json(await served(directory), '/v1/indices/ALPHA/fixings/2026-07-03', 404);
    expect(answer).toMatchObject({ type: '/docs#no-such-fixing' });
  });
});

describe('a withheld fixing', () => {
  it('is there with its reasons, and no key of it holds a number that looks like a price', async () => {
    for (const url of ['fixings/2026-07-03', 'latest']) {
      const { server } = await served(
        await gatedPublication(['2026-07-01', '2026-07-02', '2026-07-03']),
      );
      const { fixing } = (await server.inject(`/v1/indices/GATED/${url}`)).json();
      expect(fixing).toMatchObject({ status: 'withheld', withheld: ['max_move'] });
      for (const key of ['value', 'level', 'price', 'series'])
        expect(fixing).not.toHaveProperty(key);
      expect(JSON.stringify(fixing)).not.toMatch(/null,"level"|-1|NaN/);
    }
  });

  it('has empty cells in CSV, and its reason', async () => {
    const { body } = await gated.server.inject('/v1/indices/GATED/fixings?format=csv');
    expect(body.split('\n')[3]).toMatch(/^2026-07-03,GATED,0,withheld,final,,,,,,,,,max_move,2026/);
  });

  it('that repeats the day before says so, and is not current', async () => {
    const { server } = await served(
      await gatedPublication(['2026-07-01', '2026-07-02', '2026-07-03']),
      { now: '2026-07-03T18:30:00Z' },
    );
    const { fixing, current } = (await server.inject('/v1/indices/REPEATED/latest')).json();
    expect(fixing).toMatchObject({ repeats: '2026-07-02', withheld: ['max_move'] });
    expect(current).toMatchObject({ status: 'withheld', latest: { is_current: false } });
  });
});

describe('an explanation', () => {
  it('is calculated from the published inputs, and closes to the published values', async () => {
    const url = '/v1/indices/ALPHA/explain?from=2026-07-02&to=2026-07-04';
    const { explanation, fixings } = await json(plain, url);
    const rows = (await json(plain, '/v1/indices/ALPHA/fixings')).fixings;
    expect([explanation.price.from, explanation.price.to]).toEqual([
      rows[1].value.price,
      rows[3].value.price,
    ]);
    expect([fixings.from, fixings.to]).toEqual([rows[1].sha256, rows[3].sha256]);
    expect(explanation.parts[0]).toMatchObject({ cause: 'price', constituent: 'alpha' });
  });

  it('is refused where there is none', async () => {
    const of = (query: string, status: number, one = plain, index = 'ALPHA') =>
      json(one, `/v1/indices/${index}/explain?${query}`, status);
    expect(await of('from=2026-07-02', 400)).toMatchObject({ parameter: 'to' });
    expect(await of('from=2026-07-03&to=2026-07-02', 400)).toMatchObject({ parameter: 'to' });
    expect(await of('from=2026-07-02&to=2026-07-09', 404)).toMatchObject({
      type: '/docs#no-such-fixing',
    });
    const withheld = await of('from=2026-07-02&to=2026-07-03', 422, gated, 'GATED');
    expect(withheld).toMatchObject({ type: '/docs#cannot-be-explained' });
    const repeated = await of('from=2026-07-02&to=2026-07-03', 422, gated, 'REPEATED');
    expect(repeated).toMatchObject({ type: '/docs#cannot-be-explained' });
  });

  it('is refused where the rows behind it are kept back', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01', '2026-07-02'], { digestOnly: ['quotes'] });
    const one = await served(directory);
    const url = '/v1/indices/ALPHA/explain?from=2026-07-01&to=2026-07-02';
    expect((await json(one, url, 422)).detail).toContain('of quotes a digest alone');
  });

  it('is refused where a revision came between', async () => {
    const url = '/v1/indices/BETA/explain?from=2026-07-03&to=2026-07-04';
    const { detail } = await json(revised, url, 422);
    expect(detail).toContain('a revision came between');
    await json(revised, '/v1/indices/BETA/explain?from=2026-07-02&to=2026-07-04');
  });
});

describe('a settlement', () => {
  const url = '/v1/contracts/TEST-MONTH/settlements/2026-07';

  it('is the last document that the log has, or that of a moment', async () => {
    const one = await served(await settledPublication());
    const last = await json(one, url);
    expect(last.settlement).toMatchObject({ status: 'final', settled: '100.00' });
    expect(last).toMatchObject({ superseded_by: null, record: { at: '2026-08-03T18:00:00Z' } });
    const bytes = readFileSync(join(one.directory, last.record.path), 'utf8');
    expect(JSON.parse(bytes)).toEqual(last.settlement);
    const file = await one.server.inject(`/${last.record.path}`);
    expect(file.headers.etag).toBe(`"${last.record.sha256}"`);
    const receipt = `receipts/${last.record.path.replace(/json$/, 'tlog-proof')}`;
    expect((await one.server.inject(`/${receipt}`)).statusCode).toBe(200);
    const first = await json(one, `${url}?known_at=2026-07-20T00:00:00Z`);
    expect(first.settlement.status).toBe('indicative');
    expect(first.superseded_by).toBe(last.record.path);
  });

  it('that is not there is a problem that says which are', async () => {
    const one = await served(await settledPublication());
    const not = async (path: string) => (await json(one, path, 404)).detail;
    expect(await not('/v1/contracts/TEST-MONTH/settlements/2026-08')).toContain(
      'there are 2026-07',
    );
    expect(await not('/v1/contracts/OTHER/settlements/2026-07')).toContain('there is none');
    expect(await not(`${url}?known_at=2026-07-01T00:00:00Z`)).toContain('known at 2026-07-01');
    const hidden = await one.server.inject('/settlements/TEST-MONTH/2026-07.9.json');
    expect(hidden.statusCode).toBe(404);
  });

  it('is none where its bytes are not those that were logged', async () => {
    const one = await served(await settledPublication());
    const path = 'settlements/TEST-MONTH/2026-07.1.json';
    const text = readFileSync(join(one.directory, path), 'utf8');
    writeFileSync(
      join(one.directory, path),
      text.replace('"settled":"100.00"', '"settled":"90.00"'),
    );
    expect(await json(one, url, 500)).toMatchObject({ type: '/docs#damaged' });
    expect((await one.server.inject(`/${path}`)).statusCode).toBe(500);
  });
});

describe('a parameter', () => {
  it.each([
    ['/v1/indices/alpha', 'id'],
    ['/v1/indices/ALPHA%00', 'id'],
    ['/v1/indices/%E2%80%AEALPHA', 'id'],
    ['/v1/indices/ALPHA%20', 'id'],
    ['/v1/indices/..%2f..', 'id'],
    ['/v1/indices/__proto__', 'id'],
    [`/v1/indices/${'A'.repeat(65)}`, 'id'],
    ['/v1/indices/ALPHA/fixings/today', 'date'],
    ['/v1/indices/ALPHA/fixings/2026-7-1', 'date'],
    ['/v1/indices/ALPHA/fixings/2026-02-30', 'date'],
    ['/v1/indices/ALPHA/fixings/%EF%BC%92026-07-01', 'date'],
    ['/v1/indices/ALPHA/fixings/2026-07-01?revision=-1', 'revision'],
    ['/v1/indices/ALPHA/fixings/2026-07-01?revision=1e2', 'revision'],
    ['/v1/indices/ALPHA/fixings/2026-07-01?known_at=2026-07-01', 'known_at'],
    ['/v1/indices/ALPHA/fixings/2026-07-01?known_at=2026-07-01T18:00:00', 'known_at'],
    ['/v1/indices/ALPHA/fixings?from=2026-07-02&to=2026-07-01', 'to'],
    ['/v1/indices/ALPHA/fixings?from=2026-07-01&from=2026-07-02', 'from'],
    ['/v1/indices/ALPHA/fixings?from=', 'from'],
    ['/v1/indices/ALPHA/fixings?limit=0', 'limit'],
    ['/v1/indices/ALPHA/fixings?limit=10001', 'limit'],
    ['/v1/indices/ALPHA/fixings?limit=99999999999999999999', 'limit'],
    ['/v1/indices/ALPHA/fixings?limit=%0a5', 'limit'],
    ['/v1/indices/ALPHA/fixings?format=xml', 'format'],
    ['/v1/indices/ALPHA/fixings?cursor=x', 'cursor'],
    ['/v1/indices/ALPHA/fixings?cursor=2026-07-01~999', 'cursor'],
    ['/v1/indices/ALPHA/fixings?cursor=2026-02-30~5', 'cursor'],
    ['/v1/indices/ALPHA/fixings?form=2026-07-01', 'form'],
    ['/v1/indices/ALPHA/fixings?__proto__=x', '__proto__'],
    ['/v1/indices/ALPHA/fixings?constructor=x', 'constructor'],
    ['/v1/indices?x=1', 'x'],
    ['/v1/contracts/test/settlements/2026-07', 'id'],
    ['/v1/contracts/TEST/settlements/2026%2f07', 'period'],
    ['/v1/events?after=x', 'after'],
    ['/v1/events?follow=no', 'follow'],
  ])('that is not of its form is named: %s', async (url, parameter) => {
    const answer = await plain.server.inject(url);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const problem = answer.json();
    expect(problem).toMatchObject({ type: '/docs#bad-parameter', status: 400, parameter });
    expect(problem.expected.length).toBeGreaterThan(5);
    expect(problem.detail).toContain(parameter);
    // What was sent comes back as text that nothing can be hidden in.
    expect(answer.body).not.toMatch(/[\p{C}]/u);
  });

  it('that is near a known one is guessed', async () => {
    const { expected } = await json(plain, '/v1/indices/ALPHA/fixings?form=x', 400);
    expect(expected).toContain('; from is near');
  });

  it.each(['/v1/indices/%zz', '/%', '/%c0%ae', `/v1/indices/${'A'.repeat(500)}`])(
    'that cannot be read is a problem too: %s',
    async (url) => {
      const answer = await plain.server.inject(url);
      expect([400, 404, 414]).toContain(answer.statusCode);
      expect(answer.headers['content-type']).toBe('application/problem+json');
    },
  );
});

it('the server tells Prometheus what it did, by route and never by what was sent', async () => {
  const one = await served(await publication(['2026-07-01']));
  await one.server.inject('/v1/indices/ALPHA/latest');
  await one.server.inject('/v1/indices/EVIL%22%7D/latest');
  const { body } = await one.server.inject('/metrics');
  expect(body).toContain('mtok_http_requests_total{route="/v1/indices/:id/latest",status="200"} 1');
  expect(body).toContain('mtok_log_size 4\n');
  expect(body).not.toContain('EVIL');
  for (const line of body.trimEnd().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/);
  }
});

it('the page of the API loads nothing and runs nothing', async () => {
  const answer = await plain.server.inject('/docs');
  expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  expect(answer.body).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|src=|https?:/i);
  for (const id of ['listFixings', 'bad-parameter', 'getStatus']) {
    expect(answer.body).toContain(`id="${id}"`);
  }
});
