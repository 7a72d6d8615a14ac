import type { Answer, Asked, Question, Told } from '../engine/protocol.ts';
import { isOnDisk } from './place.ts';

type Tell = (told: Told) => void;

/** What carries questions to the engine: it is loaded when the first is asked. */
let engine: Promise<(asked: Asked) => void> | undefined;
let asked = 0;
const waiting = new Map<number, Tell>();

/**
 * Asks the engine, in a worker where the page may have one.
 *
 * @param reading is told of each file that is read.
 * @throws {Error} that says why there is no answer.
 */
export async function ask<Kind extends Answer['kind']>(
  question: Question & { readonly kind: Kind },
  reading: (path: string) => void = () => undefined,
): Promise<Extract<Answer, { kind: Kind }>> {
  engine ??= start();
  const send = await engine;
  asked += 1;
  const id = asked;
  return new Promise((resolve, reject) => {
    waiting.set(id, (told) => {
      if (told.kind === 'reading') {
        reading(told.path);
        return;
      }
      waiting.delete(id);
      if (told.kind === 'failed') reject(new Error(told.message));
      else resolve(told.answer as Extract<Answer, { kind: Kind }>);
    });
    send({ id, question });
  });
}

const tell: Tell = (told) => waiting.get(told.id)?.(told);

async function start(): Promise<(question: Asked) => void> {
  const url = document.documentElement.dataset.engine ?? '';
  if (isOnDisk) return loadHere(url);
  const worker = new Worker(new URL(url, location.href));
  worker.addEventListener('message', ({ data }: MessageEvent<Told>) => tell(data));
  worker.addEventListener('error', () => {
    for (const [id, one] of waiting) one({ id, kind: 'failed', message: 'the engine has stopped' });
  });
  return (question) => worker.postMessage(question);
}

/** A disk has no workers for a page: the engine runs in it. */
async function loadHere(url: string): Promise<(question: Asked) => void> {
  await new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new Error(`${url} is missing beside this page`)));
    document.head.append(script);
  });
  const { mtokEngine } = globalThis as { mtokEngine?: (question: Asked, to: Tell) => void };
  if (!mtokEngine) throw new Error(`${url} is another file than this page was written with`);
  return (question) => mtokEngine(question, tell);
}
