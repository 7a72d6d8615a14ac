import type { PageData } from './data.ts';
import { button, byId, el } from './dom.ts';
import { pickFiles } from './pick-files.ts';
import { base, isOnDisk } from './place.ts';
import { runCheck } from './run-check.ts';

export interface VerifyPanel {
  /** What the button checks from now on. */
  readonly ofDay: (date: string) => void;
}

/** The button that has the shown fixing verified and calculated again in this browser. */
export function addVerify(data: PageData): VerifyPanel | undefined {
  const place = byId('verify');
  if (!place) return undefined;
  let date = data.date;
  const result = el('div', { id: 'checked' });
  const label = () => `Calculate ${data.index} ${date} again, here`;
  if (isOnDisk) {
    const why =
      'This page was opened from a disk, and reads no other file by itself: choose the folder ' +
      'of the publication, or the bundle of this fixing.';
    place.replaceChildren(
      el('p', { class: 'note' }, why),
      pickFiles('own', (chosen) => {
        const what = chosen.kind === 'folder' ? { index: data.index, date } : {};
        void runCheck(result, { place: chosen, keys: [], ...what });
      }),
      result,
    );
    return { ofDay: (day) => (date = day) };
  }
  const go = button(label(), check, { class: 'main', id: 'verify-go' });
  place.replaceChildren(el('div', { class: 'controls' }, go), result);
  return {
    ofDay: (day) => {
      date = day;
      go.textContent = label();
      result.replaceChildren();
    },
  };

  async function check(): Promise<void> {
    go.disabled = true;
    const of = { index: data.index, date };
    await runCheck(result, { place: { kind: 'web', base }, keys: [], ...of });
    go.disabled = false;
  }
}
