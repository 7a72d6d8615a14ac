import { type Html, html } from '../html.ts';
import { badge } from '../parts/headline.ts';
import { clause, type Page } from '../parts/shell.ts';
import type { IndexView, LoggedSettlementView, SiteView } from '../view.ts';

/** What an exchange asks: what settles, on what, when, and how it is checked. */
export function exchanges(view: SiteView): Page {
  return {
    title: `For exchanges: ${view.origin}`,
    path: 'exchanges.html',
    body: html`<h1>For exchanges</h1>
<p class="lead">Settlement values from published fixings alone: whoever has the files comes to the
same bytes, without asking anybody.</p>
<section><h2>When a fixing is there</h2>${schedule(view.indices)}</section>
<section><h2>Contracts and settlements</h2>${settlements(view.settlements)}</section>
<section><h2>Files and API</h2>
<p>A publication is static files; <code>mtok serve</code> answers the same as JSON, CSV
and events.</p>
<table class="figures"><tbody>
${API.map(([path, what]) => html`<tr><th scope="row"><code>${path}</code></th><td class="text">${what}</td></tr>`)}
</tbody></table></section>
<section><h2>Keys</h2>
<p>What this log is signed with. Have the key from its owner by another way too.</p>
<table class="figures"><thead><tr><th scope="col">key</th><th scope="col">added by entry</th><th scope="col">revoked by entry</th></tr></thead>
<tbody>${view.contents.keys.map(({ key, added, revoked }) => html`<tr><th scope="row" class="hash">${key}</th><td>${added}</td><td>${revoked ?? '–'}</td></tr>`)}</tbody></table></section>
<section><h2>Without our software</h2>
<p>A settlement that was delivered has a digest and a signature of its own:</p>
<pre>sha256sum --check NAME.json.sha256
openssl pkeyutl -verify -pubin -inkey mtok.pem -rawin -in NAME.json -sigfile NAME.json.sig</pre>
<p>With it, each step of a publication: <code>mtok verify URL --key KEY</code>; or
<a href="check.html">in this browser</a>.</p></section>`,
  };
}

const API: readonly (readonly [string, string])[] = [
  ['/checkpoint', 'the signed size and root of the log'],
  ['/fixings/INDEX/DAY.json', 'a fixing; it never changes. A revision is DAY.r1.json'],
  ['/receipts/INDEX/DAY.final.tlog-proof', 'that the log holds it as final'],
  ['/settlements/CONTRACT/PERIOD.N.json', 'a settlement; each supersedes the one before it'],
  ['/v1/indices/INDEX/latest', 'the latest fixing, and whether it is current'],
  ['/v1/contracts/CONTRACT/settlements/PERIOD', 'the last settlement of a period'],
  ['/v1/status', 'due, late, provisional, final or withheld, for each index'],
  ['/v1/events', 'what happens, as server-sent events'],
  ['/openapi.json, /docs', 'all of it, for programs and for people'],
];

function schedule(indices: readonly IndexView[]): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Schedule"><table class="figures wide-table">
<caption>Times of day in the zone of each rulebook ${clause('', 'cutoff')}</caption>
<thead><tr><th scope="col">index</th><th scope="col" class="text">calendar</th><th scope="col">cut-off</th><th scope="col">published by</th>
<th scope="col">final after</th><th scope="col">approvals</th><th scope="col">restated above</th><th scope="col">next fixing due</th></tr></thead>
<tbody>${indices.map(({ index, rulebook, next }) => {
    const { cutoff, schedule: times, finality, approvals, calendar } = rulebook;
    return html`<tr><th scope="row"><a href="indices/${index}.html">${index}</a></th><td class="text">${calendar.replaceAll('_', ' ')}</td>
<td>${cutoff.time} ${cutoff.zone}</td><td>${times.publish_by ?? '–'}</td><td>${finality.hours} hours</td>
<td>${approvals}</td><td>${Number(finality.restate_above.digits) === 0 ? 'any change' : 'a threshold'}</td>
<td>${next ? html`<time datetime="${next.dueBy}">${next.dueBy.replace('T', ' ').replace(':00Z', '')} UTC</time>` : '–'}</td></tr>`;
  })}</tbody></table></div>`;
}

function settlements(all: readonly LoggedSettlementView[]): Html {
  if (all.length === 0) {
    return html`<p>None is logged here yet. <code>mtok settle --contract C --period P --publication DIR --key F</code>
logs one.</p>`;
  }
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Settlements"><table class="figures wide-table">
<caption>The last settlement of each contract and period</caption>
<thead><tr><th scope="col">contract</th><th scope="col">period</th><th scope="col" class="text">terms</th><th scope="col" class="text">index</th><th scope="col">days</th>
<th scope="col">settled</th><th scope="col" class="text">unit</th><th scope="col" class="text">state</th><th scope="col">logged</th></tr></thead>
<tbody>${all.map(({ path, at, settlement: one }) => {
    const { contract, period, observations, status, illustrative } = one;
    return html`<tr><th scope="row"><a href="${path}">${contract.id}</a> <span class="title">${contract.title}</span></th><td>${period.id}</td><td class="text"><a href="contracts/${contract.id}/${contract.version}.yaml">${contract.version}</a></td>
<td class="text"><a href="indices/${one.index}.html">${one.index}</a></td><td>${observations.actual} of ${observations.scheduled}</td>
<td class="now">${one.settled ?? '–'}</td><td class="text">${one.unit}</td>
<td class="text">${badge(status)}${illustrative && ' illustrative'}</td><td>${at.slice(0, 10)}</td></tr>`;
  })}</tbody></table></div>`;
}
