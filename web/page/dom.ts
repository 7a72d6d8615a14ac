/** Elements by name and attribute, without markup in text: what is shown is never run. */
type Child = Node | string | number | null | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, '');
    else if (value !== undefined && value !== false) element.setAttribute(key, String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false)
      element.append(typeof child === 'number' ? String(child) : child);
  }
  return element;
}

/** The element with an id, where the page has one. */
export function byId(id: string): HTMLElement | undefined {
  return document.getElementById(id) ?? undefined;
}

export function all(selector: string, within: ParentNode = document): HTMLElement[] {
  return [...within.querySelectorAll<HTMLElement>(selector)];
}

/** Markup that the renderer of this site made, which escapes what it is given. */
export function show(place: HTMLElement, { markup }: { readonly markup: string }): void {
  place.innerHTML = markup;
}

/** A button that says what it does. */
export function button(
  text: string,
  act: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = el('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', act);
  return made;
}

/** A choice of one of a few, as buttons that say which is pressed. */
export function choice<Value extends string>(
  label: string,
  values: readonly (readonly [Value, string])[],
  chosen: Value,
  act: (value: Value) => void,
): HTMLElement {
  const group = el('div', { role: 'group', 'aria-label': label, class: 'choice' });
  for (const [value, text] of values) {
    const one = button(text, () => {
      for (const other of all('button', group)) {
        other.setAttribute('aria-pressed', String(other === one));
      }
      act(value);
    });
    one.setAttribute('aria-pressed', String(value === chosen));
    one.dataset.value = value;
    group.append(one);
  }
  return group;
}

/** Offers a file for saving. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = el('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A day as it is written everywhere here: a browser's own input would show it as 07/08/2026. */
export function dayInput(id: string, value: string): HTMLInputElement {
  const pattern = '\\d{4}-\\d{2}-\\d{2}';
  const shown = { placeholder: 'YYYY-MM-DD', size: 10, maxlength: 10, autocomplete: 'off' };
  return el('input', { type: 'text', id, value, pattern, ...shown });
}
