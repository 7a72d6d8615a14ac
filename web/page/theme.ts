import { byId } from './dom.ts';

const KEY = 'mtok-theme';

/** Light or dark as the system has it, until the reader says otherwise. */
export function addTheme(changed: () => void): void {
  const toggle = byId('theme');
  if (!toggle) return;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const stored = remembered();
  if (stored) document.documentElement.dataset.theme = stored;
  const current = () =>
    document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light');
  const label = () => {
    toggle.textContent = current() === 'dark' ? 'Light' : 'Dark';
    toggle.setAttribute('aria-label', `Show this in ${current() === 'dark' ? 'light' : 'dark'}`);
  };
  toggle.hidden = false;
  toggle.addEventListener('click', () => {
    const next = current() === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    remember(next);
    label();
    changed();
  });
  system.addEventListener('change', () => {
    label();
    changed();
  });
  label();
}

/** A browser may keep nothing for a page from a disk. */
function remembered(): string | undefined {
  try {
    const found = localStorage.getItem(KEY);
    return found === 'dark' || found === 'light' ? found : undefined;
  } catch {
    return undefined;
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it is for this page alone.
  }
}
