import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { MtokError } from '../domain/failure.ts';
import type { Signer } from '../publish/log/keys.ts';
import { cosignatureLine } from '../publish/log/note.ts';
import { fromBase64, toBase64 } from '../verify/encoding.ts';
import { type Judgement, judgeSubmission, type KnownLog } from '../verify/submission.ts';
import type { VerifierKey } from '../verify/verifier-key.ts';
import { note } from './output.ts';
import { type Memory, readMemory, rememberLog, storedKeys } from './reader.ts';

/** The one module that listens: a witness that logs hand their checkpoints to. */
export interface WitnessPlace {
  readonly signer: Signer;
  /** Of the logs that are cosigned, by their origins. */
  readonly logKeys: readonly VerifierKey[];
  readonly state: string;
  readonly host: string;
  readonly port: number;
}

const LONGEST_SUBMISSION = 65_536;
const PATIENCE_MS = 30_000;

/**
 * Answers `POST …/add-checkpoint` (C2SP tlog-witness) until it is told to end. One submission is
 * judged at a time, and what is cosigned is on the disk before the answer goes out.
 *
 * @throws {MtokError} where the state cannot be written: then it cosigns nothing more.
 */
export async function serveWitness(place: WitnessPlace): Promise<void> {
  let memory = await readMemory(place.state);
  let before: Promise<unknown> = Promise.resolve();
  let fail: (error: unknown) => void = () => undefined;

  const decide = async (body: Uint8Array): Promise<Answer> => {
    const judgement = judgeSubmission(body, (origin) => knownLog(origin, memory, place.logKeys));
    if (judgement.status !== 200) return refusalOf(judgement);
    const { origin, size, root, note: signed } = judgement.checkpoint;
    const keys = knownLog(origin, memory, place.logKeys)?.keys ?? [];
    const seen = { origin, size, root: toBase64(root), keys: keys.map(({ text }) => text) };
    memory = await rememberLog(place.state, memory, seen);
    note(`cosigned: ${origin}, ${size} entries`);
    const timeS = Math.floor(Date.now() / 1000);
    return { status: 200, type: TEXT, text: cosignatureLine(signed.body, timeS, place.signer) };
  };
  const inTurn = (body: Uint8Array): Promise<Answer> => {
    const answer = before.then(() => decide(body));
    before = answer;
    return answer;
  };
  const server = createServer({ requestTimeout: PATIENCE_MS }, (request, response) => {
    answerTo(request, inTurn).then(
      (answer) => send(response, answer),
      (error) => {
        send(response, { status: 500, type: TEXT, text: 'the witness cannot store the tree\n' });
        fail(error);
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    fail = reject;
    server.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(new MtokError('environment', `cannot listen on ${place.port}: ${code ?? message}`)),
    );
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
    server.listen(place.port, place.host, () => note(`listening: ${addressOf(server.address())}`));
  }).finally(() => {
    server.close();
    server.closeAllConnections();
  });
}

/** Keys that are given count; those that the state has, where none is given for a log. */
function knownLog(
  origin: string,
  memory: Memory,
  given: readonly VerifierKey[],
): KnownLog | undefined {
  const seen = Object.hasOwn(memory.logs, origin) ? memory.logs[origin] : undefined;
  const own = given.filter(({ name, role }) => name === origin && role === 'log');
  const keys = own.length > 0 ? own : storedKeys(seen);
  if (keys.length === 0) return undefined;
  const tree = seen && { size: seen.size, root: fromBase64(seen.root, 'the root seen') };
  return { keys, tree };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const TEXT = 'text/plain; charset=utf-8';

function refusalOf(judgement: Exclude<Judgement, { status: 200 }>): Answer {
  const { status } = judgement;
  if (status === 409) return { status, type: 'text/x.tlog.size', text: `${judgement.size}\n` };
  return { status, type: TEXT, text: `${judgement.why}\n` };
}

async function answerTo(
  request: IncomingMessage,
  decide: (body: Uint8Array) => Promise<Answer>,
): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '/', 'http://witness');
  if (!pathname.endsWith('/add-checkpoint')) {
    return { status: 404, type: TEXT, text: 'expected POST add-checkpoint\n' };
  }
  if (request.method !== 'POST') return { status: 405, type: TEXT, text: 'expected POST\n' };
  const body = await bodyOf(request);
  return body ? decide(body) : { status: 413, type: TEXT, text: 'the submission is too long\n' };
}

/** `undefined` for one that is too long; it is read to its end, so that the answer is heard. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length <= LONGEST_SUBMISSION) chunks.push(chunk);
    }
  } catch {
    // It was cut off, and nobody hears the answer.
    return new Uint8Array();
  }
  return length > LONGEST_SUBMISSION ? undefined : Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, type, text }: Answer): void {
  response.writeHead(status, { 'content-type': type }).end(text);
}

function addressOf(address: ReturnType<ReturnType<typeof createServer>['address']>): string {
  if (address === null || typeof address === 'string') return String(address);
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}/add-checkpoint`;
}
