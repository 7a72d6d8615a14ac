// First: schemas that are made before it would try eval.
import './without-eval.ts';
import type { Fixing } from '../../src/domain/fixing.ts';
import { fixingSchema } from '../../src/domain/fixing.ts';
import { sensitivity } from '../../src/fix/sensitivity.ts';
import { parseDocument, readFile } from '../../src/verify/documents.ts';
import { explainFrom } from '../../src/verify/explain-again.ts';
import { fixingPath } from '../../src/verify/fixing.ts';
import { httpSource } from '../../src/verify/http.ts';
import { readEvidence, readRulebooks } from '../../src/verify/recompute.ts';
import type { Source } from '../../src/verify/source.ts';
import { check } from './check.ts';
import type { Answer, Asked, Question, Told } from './protocol.ts';

/**
 * Verifies and calculates in the reader's browser, with the code of the command line: in a worker
 * where there can be one, else in the page, which then waits for it.
 */
type Tell = (told: Told) => void;

async function answer({ id, question }: Asked, tell: Tell): Promise<void> {
  try {
    const reading = (path: string) => tell({ id, kind: 'reading', path });
    tell({ id, kind: 'answer', answer: await answerTo(question, reading) });
  } catch (error) {
    tell({ id, kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

async function answerTo(question: Question, reading: (path: string) => void): Promise<Answer> {
  if (question.kind === 'check') return check(question, reading);
  const server = httpSource(question.base);
  const source: Source = {
    name: server.name,
    read: (path) => {
      reading(path);
      return server.read(path);
    },
  };
  if (question.kind === 'explain') {
    const { index, from, to: date, revision } = question;
    const fixing = await fixingOf(source, { index, date, revision });
    const explained = await explainFrom(source, { to: fixing, from });
    return { kind: 'explain', ...explained, fixing };
  }
  const fixing = await fixingOf(source, question);
  const evidence = await readEvidence(source, fixing.inputs);
  const versions = await readRulebooks(source, fixing);
  const only = (choice: string) => choice === 'workload';
  const result = sensitivity(versions, evidence, fixing.date, {}, { isWanted: only });
  return result.sensitivity
    ? { kind: 'blend', sensitivity: result.sensitivity }
    : { kind: 'blend', none: result.none.message };
}

async function fixingOf(
  source: Source,
  of: Pick<Fixing, 'index' | 'date' | 'revision'>,
): Promise<Fixing> {
  const path = fixingPath(of);
  return parseDocument(await readFile(source, path), fixingSchema, path);
}

interface Global {
  document?: unknown;
  mtokEngine?: (asked: Asked, tell: Tell) => void;
  onmessage?: (event: { readonly data: Asked }) => void;
  postMessage: (told: Told) => void;
}

const here = globalThis as unknown as Global;
if (here.document === undefined) {
  here.onmessage = ({ data }) => void answer(data, (told) => here.postMessage(told));
} else {
  here.mtokEngine = (asked, tell) => void answer(asked, tell);
}
