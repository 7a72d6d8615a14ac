import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenApi, Operation, Parameter } from '../../src/serve/openapi.ts';
import { scaled } from '../scale.ts';
import {
  gatedPublication,
  publication,
  revisedPublication,
  served,
  settledPublication,
} from './served.ts';

const RUNS = scaled(250, 4000);

let document: OpenApi;
let servers: FastifyInstance[];
const ajv = new Ajv2020({ strict: false, allErrors: true });

beforeAll(async () => {
  const directories = [await publication(), await revisedPublication(), await gatedPublication()];
  directories.push(await settledPublication());
  const now = '2026-07-05T18:30:00Z';
  servers = [];
  for (const one of directories) servers.push((await served(one, { now })).server);
  document = (await servers[0]!.inject('/openapi.json')).json();
  ajv.addSchema({ $id: 'api', components: document.components });
});

/** What is there, what is near it, and what could never be. */
const LIKELY: Readonly<Record<string, readonly string[]>> = {
  id: ['ALPHA', 'BETA', 'ALPHA', 'BETA', 'GATED', 'REPEATED'],
  date: ['2026-07-01', '2026-07-03', '2026-07-05', '2026-07-06', '2026-06-01', '2026-02-30'],
  from: ['2026-07-01', '2026-07-02', '2026-07-03'],
  to: ['2026-07-03', '2026-07-04', '2026-07-05'],
  known_at: ['2026-07-03T18:00:00Z', '2026-07-04T00:30:00+02:00', '2030-01-01T00:00:00.123456Z'],
  period: ['2026-07', '2026-08'],
  revision: ['0', '1', '2'],
  limit: ['1', '2', '10000'],
  cursor: ['2026-07-03~12', '2026-07-01~1', '2026-07-01~99999'],
  after: ['0', '3', '1000'],
  '/v1/contracts/{id}/settlements/{period} id': ['TEST-MONTH'],
  file: ['index.json', 'checkpoint', 'fixings/ALPHA/2026-07-01.json', 'series/BETA.csv'],
  'Last-Event-ID': ['0', '7'],
};

const HOSTILE = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    ...['..', '../../etc/passwd', '%2e%2e', '%00', '\0', '\u202e', '__proto__', 'constructor'],
    ...['NaN', '-1', '1e9', '0x10', ' ', '', "' OR 1=1", '=1+1', '<script>', 'A'.repeat(300)],
    ...['2026-07-01T00:00:00Z', '9999-12-31', '0000-00-00', '\uff12026-07-01', '[]', '{}', '\r\n'],
  ),
);

/** A value by the form that the document gives, a likely one, or anything at all. */
function textFor(path: string, { name, schema }: Parameter): fc.Arbitrary<string> {
  const {
    enum: values,
    pattern,
    type,
  } = schema as { enum?: string[]; pattern?: string; type?: string };
  const byForm = values
    ? fc.constantFrom(...values)
    : type === 'integer'
      ? fc.nat(20_000).map(String)
      : pattern
        ? fc.stringMatching(new RegExp(pattern))
        : fc.string({ maxLength: 20 });
  const likely = LIKELY[`${path} ${name}`] ?? LIKELY[name];
  return likely
    ? fc.oneof(
        { arbitrary: fc.constantFrom(...likely), weight: 12 },
        { arbitrary: byForm, weight: 2 },
        { arbitrary: HOSTILE, weight: 1 },
      )
    : fc.oneof({ arbitrary: byForm, weight: 4 }, { arbitrary: HOSTILE, weight: 1 });
}

interface Request {
  readonly url: string;
  readonly headers: Record<string, string>;
}

const HEADERS = fc.record(
  {
    'accept-encoding': fc.constantFrom('gzip', 'br', 'gzip;q=0, br;q=0.5', '*', 'x'),
    'if-none-match': fc.constantFrom('*', '"x"', 'W/"y", "z"'),
    range: fc.constantFrom('bytes=0-9', 'bytes=-1', 'bytes=99999999-', 'bytes=5-1', 'x'),
    accept: fc.constantFrom('*/*', 'application/json', 'text/html'),
  },
  { requiredKeys: [] },
);

function requestFor(path: string, operation: Operation): fc.Arbitrary<Request> {
  const parameters = Object.fromEntries(
    operation.parameters.map((one) => [
      one.name,
      one.in === 'path' || one.required
        ? fc.option(textFor(path, one), { freq: 30, nil: one.in === 'path' ? 'x' : undefined })
        : fc.option(textFor(path, one), { freq: 1, nil: undefined }),
    ]),
  );
  const extra = fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 8 },
    { arbitrary: fc.tuple(HOSTILE, HOSTILE), weight: 1 },
  );
  return fc.tuple(fc.record(parameters), HEADERS, extra).map(([values, headers, more]) => {
    const query: [string, string][] = more ? [more] : [];
    let address = path;
    const sent: Record<string, string> = { ...headers };
    for (const { name, in: place } of operation.parameters) {
      const value = values[name];
      if (value === undefined) continue;
      if (place === 'path') {
        const isFile = name === 'file' && !/[^\w./-]/.test(value);
        address = address.replace(`{${name}}`, isFile ? value : encoded(value));
      } else if (place === 'query') query.push([name, value]);
      else if (/^[\x21-\x7e]+$/.test(value)) sent[name.toLowerCase()] = value;
    }
    // A stream that is followed has no end to check.
    if (path === '/v1/events') query.push(['follow', 'false']);
    const text = query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
    return { url: text === '' ? address : `${address}?${text}`, headers: sent };
  });
}

const encoded = (text: string) => encodeURIComponent(Buffer.from(text).toString());

describe('the OpenAPI document', () => {
  it('describes every path that the server has', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      ...['/docs', '/healthz', '/metrics', '/openapi.json'],
      ...['/v1/contracts/{id}/settlements/{period}', '/v1/events', '/v1/indices'],
      ...['/v1/indices/{id}', '/v1/indices/{id}/explain', '/v1/indices/{id}/fixings'],
      ...['/v1/indices/{id}/fixings/{date}', '/v1/indices/{id}/latest', '/v1/status', '/{file}'],
    ]);
  });

  it('has a schema for each that it names, and names that are its own', () => {
    const text = JSON.stringify(document);
    const named = new Set(
      [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name),
    );
    expect([...named].filter((name) => !document.components.schemas[name!])).toEqual([]);
    for (const name of Object.keys(document.components.schemas)) {
      ajv.compile({ $ref: `api#/components/schemas/${name}` });
    }
    const operations = Object.values(document.paths).map(({ get }) => get.operationId);
    expect(new Set(operations).size).toBe(operations.length);
  });

  it(`holds for whatever is asked for: ${RUNS} requests of each path`, async () => {
    const statuses = new Map<string, number>();
    for (const [path, { get }] of Object.entries(document.paths)) {
      await fc.assert(
        fc.asyncProperty(requestFor(path, get), fc.nat(3), async ({ url, headers }, at) => {
          const answer = await servers[at]!.inject({ url, headers });
          const status = String(answer.statusCode);
          statuses.set(`${path} ${status}`, (statuses.get(`${path} ${status}`) ?? 0) + 1);
          // An address can be turned into that of another path, such as /{file}: its own rules hold.
          const own = operationOf(url) ?? get;
          requireDescribed(own, answer, url);
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
    }
    // It has not only been refusing.
    for (const path of Object.keys(document.paths)) {
      expect(statuses.get(`${path} 200`) ?? 0, path).toBeGreaterThan(0);
    }
    for (const status of ['304', '400', '404']) {
      const found = [...statuses.keys()].filter((key) => key.endsWith(` ${status}`));
      expect(found.length, status).toBeGreaterThan(0);
    }
  });
});

type Answered = Awaited<ReturnType<FastifyInstance['inject']>>;

function operationOf(url: string): Operation | undefined {
  const [path = ''] = url.split('?');
  const found = Object.entries(document.paths).find(([pattern]) =>
    new RegExp(`^${pattern.replace(/\{file\}/, '.*').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  return found?.[1].get;
}

function requireDescribed({ responses }: Operation, answer: Answered, url: string): void {
  const { statusCode, headers, body } = answer;
  expect(statusCode, `${url}: ${body.slice(0, 300)}`).toBeLessThan(500);
  const described = responses[String(statusCode)];
  expect(described, `${url} ${statusCode} ${body.slice(0, 200)}`).toBeDefined();
  if (statusCode === 304) {
    expect(body).toBe('');
    return;
  }
  const [type = ''] = String(headers['content-type']).split(';');
  const content = described?.content ?? {};
  const schema = content[type]?.schema ?? content['*/*']?.schema;
  expect(schema, `${url} ${statusCode} ${type}`).toBeDefined();
  if (headers['content-encoding'] !== undefined || !type.endsWith('json')) return;
  const reference = (schema as { $ref?: string }).$ref;
  if (reference === undefined || statusCode === 206) return;
  const check = ajv.compile({ $ref: `api${reference}` });
  const value = type === 'application/x-ndjson' ? body : JSON.parse(body);
  expect(check(value), `${url}: ${ajv.errorsText(check.errors)}`).toBe(true);
}
