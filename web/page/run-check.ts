import type { Step } from '../../src/verify/steps.ts';
import type { Seen } from '../../src/verify/verify.ts';
import type { Checked, CheckQuestion } from '../engine/protocol.ts';
import { checkedPart } from './checked.ts';
import { button, el, show } from './dom.ts';
import { ask } from './engine-client.ts';

/** Checks, and shows what is read and what came of it in a place of the page. */
export async function runCheck(
  place: HTMLElement,
  question: Omit<CheckQuestion, 'kind' | 'seen'>,
): Promise<Checked | undefined> {
  const status = el('p', { class: 'note', role: 'status' }, 'Reading…');
  place.replaceChildren(status);
  const startMs = performance.now();
  try {
    const seen = remembered();
    const asked = { ...question, kind: 'check', ...(seen ? { seen } : {}) } as const;
    const checked = await ask(asked, (path) => {
      status.textContent = `Reading ${path}…`;
    });
    show(place, checkedPart(checked, (performance.now() - startMs) / 1000));
    place.setAttribute('aria-live', 'polite');
    if (checked.seen) remember(checked.seen);
    const isOther = ({ name, result }: Step) =>
      result === 'fail' && (name === 'signature' || name === 'consistency');
    if (seen && checked.steps.some(isOther)) place.append(forgetting(place, question));
    return checked;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    place.replaceChildren(
      el('p', { class: 'verdict fail', 'data-pass': 'false', role: 'alert' }, why),
    );
    return undefined;
  }
}

/** Only a reader can say that what was seen before was the wrong log, such as a drill's. */
function forgetting(
  place: HTMLElement,
  question: Omit<CheckQuestion, 'kind' | 'seen'>,
): HTMLElement {
  const forget = button('Forget the log that this browser saw, and check again', () => {
    localStorage.removeItem(KEY);
    void runCheck(place, question);
  });
  return el('p', {}, forget);
}

const KEY = 'mtok-seen';

/** The last tree that this browser saw: the next one has to begin with it. */
function remembered(): Seen | undefined {
  try {
    const text = localStorage.getItem(KEY);
    return text === null ? undefined : (JSON.parse(text) as Seen);
  } catch {
    return undefined;
  }
}

function remember(seen: Seen): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(seen));
  } catch {
    // Then the next visit is a first one again.
  }
}
