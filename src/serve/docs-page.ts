import { createHash } from 'node:crypto';
import type { OpenApi, Operation } from './openapi.ts';
import { PROBLEMS } from './problem.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-top: 1px solid #8886; padding-top: 1rem; }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; background: #8882; padding: .75rem; border-radius: 4px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; }
tr + tr > * { border-top: 1px solid #8884; }
`;

/** The page runs nothing and loads nothing: its one style is named by its digest. */
export const DOCS_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

/** The OpenAPI document as a page for people. */
export function docsPage({ info, paths, components }: OpenApi): string {
  const operations = Object.entries(paths).map(([path, { get }]) => [path, get] as const);
  const links = operations.map(
    ([path, { operationId }]) =>
      `<li><a href="#${escaped(operationId)}">GET ${escaped(path)}</a></li>`,
  );
  const name = `${escaped(info.title)} ${escaped(info.version)}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${name}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${name}</h1>`,
    `<p>${escaped(info.description)}</p>`,
    '<p>The same for programs: <a href="openapi.json">openapi.json</a></p>',
    ...['<ul>', ...links, '</ul>'],
    ...operations.flatMap(([path, operation]) => operationPart(path, operation)),
    '<h2>Problems</h2>',
    '<p>What is refused is refused as <code>application/problem+json</code> (RFC 9457).</p>',
    ...table(['type', 'status', 'what it means'], Object.entries(PROBLEMS).map(problemRow)),
    '<h2>Documents</h2>',
    ...Object.entries(components.schemas).map(schemaPart),
    ...['</body>', '</html>', ''],
  ].join('\n');
}

function operationPart(path: string, operation: Operation): string[] {
  const { operationId, summary, parameters, responses } = operation;
  const rows = parameters.map(({ name, in: place, required, description = '', schema }) =>
    row([
      `<code>${escaped(name)}</code>`,
      `${place}${required ? ', required' : ''}`,
      escaped(description),
      `<code>${escaped(JSON.stringify(schema))}</code>`,
    ]),
  );
  const answers = Object.entries(responses).map(([status, { description, content = {} }]) =>
    row([status, escaped(description), Object.keys(content).map(escaped).join('<br>')]),
  );
  return [
    `<h2 id="${escaped(operationId)}">GET ${escaped(path)}</h2>`,
    `<p>${escaped(summary)}</p>`,
    ...(rows.length === 0 ? [] : table(['parameter', 'in', 'what', 'form'], rows)),
    ...table(['status', 'what', 'type'], answers),
  ];
}

function table(titles: readonly string[], rows: readonly string[]): string[] {
  const head = titles.map((title) => `<th>${title}</th>`).join('');
  return ['<table>', `<tr>${head}</tr>`, ...rows, '</table>'];
}

function row(cells: readonly string[], id?: string): string {
  const name = id === undefined ? '' : ` id="${id}"`;
  return `<tr${name}>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function problemRow([kind, of]: [string, { status: number; title: string }]): string {
  return row([`<code>/docs#${kind}</code>`, String(of.status), escaped(of.title)], kind);
}

function schemaPart([name, schema]: [string, object]): string {
  const text = escaped(JSON.stringify(schema, null, 2));
  return `<details><summary>${escaped(name)}</summary><pre>${text}</pre></details>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
