import { MtokError } from '../domain/failure.ts';

/**
 * The passphrase of a key file: from MTOK_PASSPHRASE, else asked for on the terminal without
 * showing it. Never an argument: those are in the list of processes and in the shell's history.
 */
export async function passphrase(what: string): Promise<string> {
  const given = process.env.MTOK_PASSPHRASE;
  if (given !== undefined && given !== '') return given;
  if (!process.stdin.isTTY) {
    throw new MtokError('usage', `expected the passphrase of ${what} in MTOK_PASSPHRASE`);
  }
  const typed = await ask(`Passphrase of ${what}: `);
  if (typed === '') throw new MtokError('usage', 'expected a passphrase');
  return typed;
}

/** Asked for twice, so that a slip of the finger does not lock a key away. */
export async function newPassphrase(what: string): Promise<string> {
  const first = await passphrase(what);
  if (process.env.MTOK_PASSPHRASE) return first;
  if ((await ask('Once more: ')) === first) return first;
  throw new MtokError('usage', 'the two passphrases differ: nothing was written');
}

const [ENTER, RETURN, BACKSPACE, DELETE, INTERRUPT] = ['\n', '\r', '\b', '\u007f', '\u0003'];

function ask(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const finish = (): void => {
      stdin.off('data', read);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const read = (chunk: string): void => {
      for (const character of chunk) {
        if (character === INTERRUPT) {
          finish();
          reject(new MtokError('usage', 'no passphrase was given'));
          return;
        }
        if (character === ENTER || character === RETURN) {
          finish();
          resolve(typed.join(''));
          return;
        }
        if (character === BACKSPACE || character === DELETE) typed = typed.slice(0, -1);
        else typed.push(character);
      }
    };
    stdin.on('data', read);
    stdin.resume();
  });
}
