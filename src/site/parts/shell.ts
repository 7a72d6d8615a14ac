import { PAGE_POLICY } from '../../domain/site-path.ts';
import { type Html, html, markupOf, type Part, raw } from '../html.ts';

/** Names of the built files, each by the digest of its bytes. */
export interface Assets {
  readonly page: string;
  readonly engine: string;
  readonly style: string;
  /** Of what the scripts are built with. */
  readonly licences: string;
}

export interface Shell {
  readonly origin: string;
  readonly assets: Assets;
  /** Whether there is a page that lists studies. */
  readonly hasStudies: boolean;
}

export interface Page {
  readonly title: string;
  /** Its path in the publication. */
  readonly path: string;
  readonly body: Part;
  /** Data blocks for its script. */
  readonly data?: Part;
  /** Where it was made of something else than of what is published. */
  readonly madeFrom?: string;
}

const PAGES = [
  ['index.html', 'Indices'],
  ['check.html', 'Check'],
  ['methodology.html', 'Methodology'],
  ['exchanges.html', 'Exchanges'],
  ['analysts.html', 'Analysts'],
] as const;

/** In the navigation only where there are any. */
const STUDIES = ['studies.html', 'Studies'] as const;

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E" +
  "%3Cpath d='M1 4h5v4h5v4h4' fill='none' stroke='%230b6e63' stroke-width='2.5'/%3E%3C/svg%3E";

/** A whole document: what every page has around its own. */
export function shell({ origin, assets, hasStudies }: Shell, page: Page): string {
  const { title, path, body, data, madeFrom = PUBLISHED } = page;
  const root = rootOf(path);
  const pages = hasStudies ? [...PAGES, STUDIES] : PAGES;
  const links = pages.map(([to, name]) => {
    const current = to === path ? raw(' aria-current="page"') : '';
    return html`<a href="${root}${to}"${current}>${name}</a>`;
  });
  const document = html`<!doctype html>
<html lang="en" data-root="${root}" data-engine="${root}${assets.engine}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${root}${assets.style}">
<script src="${root}${assets.page}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><div class="wide">
<a class="origin" href="${root}index.html">${origin}</a>
<nav aria-label="Pages">${links}</nav>
<button type="button" class="quiet" id="theme" hidden>Dark</button>
</div></header>
<main id="main" class="wide" tabindex="-1">
${body}
</main>
<footer class="wide"><p>${madeFrom}
<a href="${root}check.html">Check it yourself</a> in this browser, or with
<code>mtok verify</code>. The scripts hold the work of others:
<a href="${root}${assets.licences}">licences</a>.</p></footer>
${data}
</body>
</html>
`;
  return markupOf(document);
}

const PUBLISHED = 'Made from what is published, which is signed; this page is not.';

/** From a page to the top of the publication: `../` or nothing. */
export function rootOf(path: string): string {
  return '../'.repeat(path.split('/').length - 1);
}

/** A link to a clause of the methodology, which governs what stands beside it. */
export function clause(root: string, id: string): Html {
  return html`<a class="clause" href="${root}methodology.html#${id}" aria-label="Clause ${id} of the methodology">§ ${id}</a>`;
}

/** A moment in UTC; the page's script adds the reader's own time. */
export function momentPart(moment: string): Html {
  const text = moment.slice(0, 16).replace('T', ' ');
  return html`<time datetime="${moment}">${text} UTC</time>`;
}
