/** Where this page lies, and what it can reach from there. */
const root = document.documentElement.dataset.root ?? '';

/** Opened from a disk a page reads no other files. */
export const isOnDisk = location.protocol === 'file:';

/** The address of the publication, with its last slash. */
export const base = new URL(root === '' ? './' : root, location.href).href;

export const rootPath = root;

/** Reads a text of the publication. @throws {Error} that says what was asked for. */
export async function readText(path: string): Promise<string> {
  const response = await fetch(new URL(path, base));
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  return response.text();
}
