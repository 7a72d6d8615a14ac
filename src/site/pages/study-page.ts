import type { Study, StudyTable } from '../../domain/study.ts';
import { canonicalJson } from '../../publish/canonical.ts';
import { tableCsv } from '../../study/table-text.ts';
import { studyChart } from '../charts/study-chart.ts';
import { type Html, html } from '../html.ts';
import { countText } from '../numbers.ts';
import type { Page } from '../parts/shell.ts';

/** What an analysis found: its sentences, charts and tables, and what it rests on. */
export function studyPage(name: string, study: Study): Page {
  const { title, about, findings, warnings, charts, tables, assumptions, sources } = study;
  return {
    title,
    path: `studies/${name}.html`,
    madeFrom: STUDIED,
    body: html`<h1>${title}</h1>
<p class="lead">${about}</p>
${findings.length > 0 && html`<section><h2>What it says</h2>${sentences(findings)}</section>`}
${warnings.length > 0 && html`<section><h2>What it cannot say</h2>${sentences(warnings)}</section>`}
${charts.map(
  (chart) => html`<section><h2>${chart.title}</h2>
<figure><figcaption class="note">${chart.unit}</figcaption>
<div class="scroll" tabindex="0" role="group" aria-label="${chart.title}">${studyChart(study, chart, SIZE)}</div></figure></section>`,
)}
${tables.map(
  (table, at) => html`<section><h2>${table.title}</h2>${tablePart(table)}
<p class="note">${shownOf(table)} <a href="${csvName(name, table, at)}">All of it as CSV</a></p>
${columnsPart(table)}</section>`,
)}
<section><h2>What it rests on</h2>${sentences(assumptions)}</section>
${sources.length > 0 && html`<section><h2>Sources</h2>${sentences(sources)}</section>`}
<p><a href="${name}.json">The whole study as JSON</a></p>`,
  };
}

/** What stands below pages of studies: nobody takes them for fixings. */
export const STUDIED =
  'Research: no fixing depends on it, nothing signs it, the log does not know it.';

/** The files of studies beside their pages: the documents, and each table as CSV. */
export function studyFiles(studies: ReadonlyMap<string, Study>): (readonly [string, string])[] {
  return [...studies].flatMap(([name, study]) => [
    [`studies/${name}.json`, canonicalJson(study)] as const,
    ...study.tables.map(
      (table, at) =>
        [`studies/${csvName(name, table, at)}`, [...tableCsv(table)].join('')] as const,
    ),
  ]);
}

const SIZE = { width: 1100, height: 380 };

function csvName(name: string, table: StudyTable, at: number): string {
  return at === 0 ? `${name}.csv` : `${name}.${table.name}.csv`;
}

function sentences(all: readonly string[]): Html {
  return html`<ul>${all.map((one) => html`<li>${one}</li>`)}</ul>`;
}

/** As many rows as a page can carry. */
const SHOWN_ROWS = 100;

function shownOf({ rows }: StudyTable): string {
  if (rows.length <= SHOWN_ROWS) return '';
  return `The first ${countText(SHOWN_ROWS)} of ${countText(rows.length)} rows.`;
}

function tablePart({ title, columns, rows }: StudyTable): Html {
  if (rows.length === 0) return html`<p class="none">No rows.</p>`;
  const isNumber = columns.map(({ type }) => type === 'integer' || type === 'decimal');
  const kind = (at: number) => (isNumber[at] ? '' : 'text');
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${title}"><table class="figures study">
<thead><tr>${columns.map(({ name, unit }, at) => html`<th scope="col" class="${kind(at)}">${name.replaceAll('_', ' ')}${unit && `, ${unit}`}</th>`)}</tr></thead>
<tbody>${rows.slice(0, SHOWN_ROWS).map(
    (
      row,
    ) => html`<tr>${row.map((cell, at) => html`<td class="${kind(at)}">${isNumber[at] ? cell.replace('-', '−') : cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

function columnsPart({ columns }: StudyTable): Html {
  return html`<details><summary>What the columns mean</summary><dl class="steps">${columns.map(
    ({ name, means, unit }) =>
      html`<dt><code>${name}</code></dt><dd>${means}${unit && `, ${unit}`}</dd>`,
  )}</dl></details>`;
}
