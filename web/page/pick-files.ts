import type { FolderFile, Place } from '../engine/protocol.ts';
import { el } from './dom.ts';
import { base, isOnDisk } from './place.ts';

/** Two inputs, one for a document and one for a folder. */
export function pickFiles(name: string, chosen: (place: Place) => void): HTMLElement {
  const file = el('input', { type: 'file', id: `${name}-file`, accept: '.json,application/json' });
  const folder = el('input', { type: 'file', id: `${name}-folder`, webkitdirectory: true });
  onChosen(file, folder, chosen);
  return el(
    'div',
    { class: 'drop' },
    el('p', {}, el('label', { for: file.id }, 'A fixing or a bundle '), file),
    el('p', {}, el('label', { for: folder.id }, 'or the folder of the publication '), folder),
  );
}

/** Tells what a reader chose in either input. */
export function onChosen(
  file: HTMLInputElement,
  folder: HTMLInputElement,
  chosen: (place: Place) => void,
): void {
  file.addEventListener('change', async () => {
    const [one] = file.files ?? [];
    if (one) chosen(await documentOf(one));
  });
  folder.addEventListener('change', () => {
    const files = [...(folder.files ?? [])];
    if (files.length > 0) chosen(folderOf(files));
  });
}

/** A fixing or a bundle. */
export async function documentOf(file: File): Promise<Place> {
  const text = await file.text();
  return { kind: 'document', text, name: file.name, ...(isOnDisk ? {} : { base }) };
}

/** Its files are under the paths that they have in the folder, whatever that is called. */
function folderOf(files: readonly File[]): Place {
  const found = files.map((file): FolderFile => {
    const path = file.webkitRelativePath;
    return [path.slice(path.indexOf('/') + 1), file];
  });
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? 'the folder';
  return { kind: 'folder', name, files: found };
}
