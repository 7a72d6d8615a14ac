import type { Study } from '../../domain/study.ts';
import { html } from '../html.ts';
import type { Page } from '../parts/shell.ts';
import { STUDIED } from './study-page.ts';

/** The studies that lie beside a publication. */
export function studiesPage(studies: ReadonlyMap<string, Study>): Page {
  return {
    title: 'Studies',
    path: 'studies.html',
    madeFrom: STUDIED,
    body: html`<h1>Studies</h1>
<p class="lead">What analysts found in the prices. Each says what it rests on.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Studies"><table class="figures wide-table">
<thead><tr><th scope="col">study</th><th scope="col" class="text">of</th><th scope="col" class="text">what it says</th>
<th scope="col" class="text">files</th></tr></thead>
<tbody>${[...studies].map(
      ([
        name,
        { title, about, findings },
      ]) => html`<tr><th scope="row"><a href="studies/${name}.html">${title}</a></th>
<td class="text">${about}</td><td class="text">${findings[0] ?? '–'}</td>
<td class="text"><a href="studies/${name}.csv" aria-label="${title} as CSV">CSV</a> <a href="studies/${name}.json" aria-label="${title} as JSON">JSON</a></td></tr>`,
    )}</tbody></table></div>`,
  };
}
