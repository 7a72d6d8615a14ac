import { Refusal } from './refusal.ts';

/** One thing that was checked, and what came of it. */
export interface Step {
  readonly name: StepName;
  readonly result: 'pass' | 'fail' | 'skipped';
  readonly detail: string;
  /** Where it failed: what could honestly explain it, and what to do. */
  readonly advice?: string;
}

export type StepName = keyof typeof ADVICE;

const ADVICE = {
  signature:
    'the log may have a new key (ask its owner, and give it with --key: without it the key that ' +
    'was seen first counts, from the file of --state), or the file was changed on its way. Do ' +
    'not use the fixings until a checkpoint is signed by a key that you know.',
  consistency:
    'a cache may serve an old copy: try again later, past the cache. If it stays, the log shows ' +
    'you another history than before: keep the state file and this copy, and ask other readers ' +
    'and the witnesses which one they saw.',
  contents:
    'a publication may be under way or interrupted: try again in a minute. If it stays, ' +
    'index.json is not the one that was signed: tell its owner, and rely on the log alone.',
  documents:
    'a publication may be under way, or a file was changed after it was signed: try again in a ' +
    'minute, then ask its owner to restore the file from a copy.',
  log:
    'the log is damaged or was changed after it was signed. Entries of a log never change: keep ' +
    'this copy as evidence, and ask its owner and other readers for theirs.',
  files: 'a file that the log does not know was put there: do not rely on it.',
  inclusion:
    'the fixing is not in the signed log as index.json says. Do not settle on it; ask its owner ' +
    'for a receipt that leads to a signed checkpoint.',
  fixing:
    'the file was changed since it was logged, or is a copy of another revision. Do not settle ' +
    'on it; the right bytes are those with the SHA-256 that the log holds.',
  inputs: 'an input was changed or removed after it was logged: ask its owner to restore it.',
  records:
    'a record (a capture, an approval, a notice, a settlement) is not what was logged: ask its ' +
    'owner for the bytes that have the SHA-256 of the log.',
  approvals:
    'the fixing was published without the approvals that its own rulebook asks for. Do not ' +
    'settle on it before its owner explains it.',
  settlements:
    'the settlement does not follow from the fixings, the contract and the rates that it names. ' +
    'Do not pay on it before its owner explains it.',
  captures:
    'the fixing rests on rows that the log did not have before it, or that claim an earlier time ' +
    'than the log gives them. Do not settle on it before its owner explains it.',
  rulebook: 'the rulebook was changed after it was logged: ask its owner to restore it.',
  series: 'the series was not made from the fixings beside it: rely on the fixings.',
  recompute:
    'the fixing does not follow from its published inputs. A release of mtok with another ' +
    'calculation can honestly explain it: compare engine.calculation and use that release. ' +
    'Otherwise it is wrong: write to its owner with this output before you settle on it.',
} as const;

/** Steps in the order in which they are taken. */
export interface Steps {
  readonly taken: readonly Step[];
  /** @returns what the check returns, or `undefined` where it failed. */
  readonly check: <Result>(
    name: StepName,
    act: () => Promise<readonly [detail: string, result?: Result]>,
  ) => Promise<Result | undefined>;
  readonly skip: (name: StepName, why: string) => void;
}

export function takeSteps(): Steps {
  const taken: Step[] = [];
  return {
    taken,
    check: async (name, act) => {
      try {
        const [detail, result] = await act();
        taken.push({ name, result: 'pass', detail });
        return result;
      } catch (error) {
        // Neither a network that is down nor a fault of mtok says anything of a publication; a
        // RangeError is what calculating says of rows and rules that cannot be.
        if (!(error instanceof Refusal || error instanceof RangeError)) throw error;
        taken.push({ name, result: 'fail', detail: error.message, advice: ADVICE[name] });
        return undefined;
      }
    },
    skip: (name, why) => taken.push({ name, result: 'skipped', detail: why }),
  };
}

/** `1 fixing`, `2 fixings` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
