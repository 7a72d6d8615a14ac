import { Marked, type Tokens } from 'marked';
import { escaped, type Html, raw } from './html.ts';

/**
 * Markdown as markup. What it may hold of markup itself is what the methodology writes: the anchors
 * of clauses and small print. Everything else is shown as text.
 */
export function markdownHtml(text: string): Html {
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      html: ({ text: found }: Tokens.HTML | Tokens.Tag) => allowed(found),
      heading({ tokens, depth, text: plain }) {
        return `<h${depth} id="${idOf(plain)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      table(token) {
        const cells = (row: Tokens.TableCell[], tag: string) =>
          row
            .map(
              ({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag.split(' ')[0]}>`,
            )
            .join('');
        const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
        const head = `<thead><tr>${cells(token.header, 'th scope="col"')}</tr></thead>`;
        const table = `<table>${head}<tbody>${rows}</tbody></table>`;
        return `<div class="scroll" tabindex="0" role="group" aria-label="Table">${table}</div>\n`;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        return /^(?:https?:\/\/|#|[\w/.-]+$)/.test(href)
          ? `<a href="${escaped(href)}">${inner}</a>`
          : inner;
      },
      image: ({ text: alt }) => escaped(alt),
    },
  });
  return raw(marked.parse(text, { async: false }));
}

const ALLOWED = /^(?:<a id="[a-z0-9-]+">|<\/a>|<\/?sub>|&lt;)$/;

function allowed(markup: string): string {
  const parts = markup.split(/(<[^>]*>)/).filter((part) => part !== '');
  return parts.map((part) => (ALLOWED.test(part) ? part : escaped(part))).join('');
}

/** The sections of a document, by the ids that their headings get. */
export function outlineOf(text: string): { readonly id: string; readonly text: string }[] {
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) => ({ id: idOf(heading), text: heading }));
}

function idOf(heading: string): string {
  const words = heading.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return `section-${words.join('-')}`;
}
