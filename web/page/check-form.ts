import type { Place } from '../engine/protocol.ts';
import { byId } from './dom.ts';
import { documentOf, onChosen } from './pick-files.ts';
import { runCheck } from './run-check.ts';

/** The page on which a reader checks files of their own. */
export function addCheckForm(): void {
  const form = byId('check-form');
  const place = byId('verify');
  const [files, folder, key, drop] = ['files', 'folder', 'key', 'drop'].map(byId);
  const isInput = (one: unknown) => one instanceof HTMLInputElement;
  if (!form || !place || !drop || !isInput(files) || !isInput(folder) || !isInput(key)) return;
  const check = (chosen: Place) => {
    const own = key.value.trim();
    void runCheck(place, { place: chosen, keys: own === '' ? [] : [own] });
  };
  form.addEventListener('submit', (event) => event.preventDefault());
  onChosen(files, folder, check);
  drop.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', async (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    const [file] = event.dataTransfer?.files ?? [];
    if (file) check(await documentOf(file));
  });
}
