import { html } from '../html.ts';
import type { Page } from '../parts/shell.ts';
import { markdownHtml, outlineOf } from '../rendered.ts';

/** The methodology as it was published, each clause under its id. */
export function methodologyPage(markdown: string | undefined): Page {
  const path = 'methodology.html';
  const title = 'Methodology';
  if (markdown === undefined) {
    return { title, path, body: html`<h1>Methodology</h1><p>None is published here.</p>` };
  }
  const body = html`<div class="prose-page"><nav class="outline" aria-label="Sections"><ol>${outlineOf(
    markdown,
  ).map(({ id, text }) => html`<li><a href="#${id}">${text}</a></li>`)}</ol></nav>
<div class="prose">${markdownHtml(markdown)}</div></div>`;
  return { title, path, body };
}
