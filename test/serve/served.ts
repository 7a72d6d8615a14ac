import type { FastifyInstance } from 'fastify';
import { parseMoment } from '../../src/domain/dates.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { type Current, openCurrent } from '../../src/serve/current.ts';
import { explainHere } from '../../src/serve/explainer.ts';
import type { Patience } from '../../src/serve/front.ts';
import { guardedSource } from '../../src/serve/guarded.ts';
import { buildServer } from '../../src/serve/server.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { publishDays, REVISED, requestFor, SEEN, SIGNER } from '../publish/publications.ts';
import { july, settled } from '../settle/small-contract.ts';

/** A server on a publication, without a socket, under a clock that a test sets. */
export interface Served {
  readonly directory: string;
  readonly server: FastifyInstance;
  readonly current: Current;
  readonly setNow: (moment: string) => void;
}

export async function served(
  directory: string,
  options: { readonly now?: string; readonly patience?: Partial<Patience> } = {},
): Promise<Served> {
  let nowMs = parseMoment(options.now ?? '2026-07-05T18:30:00Z') ?? Number.NaN;
  const now = () => nowMs;
  const source = guardedSource(directory);
  const current = await openCurrent(source, now);
  const explainer = explainHere(source);
  const version = '0.0.0';
  const patience = options.patience ?? {};
  const server = buildServer({ directory, current, explainer, version, now, patience });
  await server.ready();
  const setNow = (moment: string) => {
    nowMs = parseMoment(moment) ?? Number.NaN;
  };
  return { directory, server, current, setNow };
}

export const DAYS = ['2026-07-01', '2026-07-02', '2026-07-03', '2026-07-04', '2026-07-05'];

/** Of two small indices; BETA is provisional for eight hours. */
export async function publication(days: readonly string[] = DAYS): Promise<string> {
  const directory = temporaryDirectory();
  await publishDays(directory, days);
  return directory;
}

/** BETA of the third day has a revision, published the night after; the day after it has none. */
export async function revisedPublication(): Promise<string> {
  const directory = temporaryDirectory();
  await publishDays(directory, ['2026-07-02', '2026-07-03'], { rows: SEEN });
  const night = (time: string) => ({ nowMs: parseMoment(`2026-07-04T${time}:00Z`) ?? Number.NaN });
  await publishDays(directory, ['2026-07-04'], { rows: SEEN, ...night('00:20') });
  await publishDays(directory, ['2026-07-03'], { rows: REVISED, ...night('01:00') });
  return directory;
}

/** With two settlements of TEST-MONTH for July in its log, the first one before its day. */
export async function settledPublication(): Promise<string> {
  const directory = await publication(['2026-07-01', '2026-07-02']);
  for (const [number, at] of ['2026-07-15T20:00:00Z', '2026-08-03T18:00:00Z'].entries()) {
    const document = settled({ fixings: july(), at });
    const records = [
      { record: 'settlement' as const, name: `TEST-MONTH/2026-07.${number}.json`, document },
    ];
    const nowMs = parseMoment(at) ?? Number.NaN;
    await publish(directory, [SIGNER], requestFor('2026-07-02', '2026-07-02', { records, nowMs }));
  }
  return directory;
}

/** GATED is withheld on the third day, whose price moves too far; REPEATED prints the day before. */
export const GATED = ['GATED', 'REPEATED'].map(
  (index) => `schema: mtok.rulebook/1
index: ${index}
title: "=A gated index"
version: 1.0.0
base: { date: 2026-07-01, level: "100" }
workload: { input: "0.5", output: "0.5" }
gates: { max_move: "0.01" }
${index === 'REPEATED' ? 'on_withheld: { previous: 3 }\nmode: settlement' : 'mode: research'}
cutoff: { time: "16:00", zone: UTC }
schedule: { publish_by: "18:00" }
`,
);

export async function gatedPublication(days: readonly string[] = DAYS): Promise<string> {
  const directory = temporaryDirectory();
  await publishDays(directory, days, { rules: GATED });
  return directory;
}
