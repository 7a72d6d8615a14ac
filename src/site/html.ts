/** A piece of a page: text that was escaped, or markup that this code wrote. */
export interface Html {
  readonly markup: string;
}

export type Part = Html | string | number | null | undefined | false | readonly Part[];

/** Markup with values in it: every text is escaped, so that no row of data becomes markup. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  let markup = strings[0] ?? '';
  for (const [at, value] of values.entries()) markup += markupOf(value) + (strings[at + 1] ?? '');
  return { markup };
}

/** Markup that this code made elsewhere. */
export function raw(markup: string): Html {
  return { markup };
}

export function markupOf(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  if (isList(part)) return part.map(markupOf).join('');
  return part.markup;
}

function isList(part: Html | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A document for a script of the page: a block of data, which a browser does not run. */
export function dataBlock(id: string, value: unknown): Html {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c');
  return raw(`<script type="application/json" id="${escaped(id)}">${json}</script>`);
}
