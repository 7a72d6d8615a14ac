import { html } from '../html.ts';
import { clause, type Page } from '../parts/shell.ts';
import type { SiteView } from '../view.ts';

/** The page on which a reader checks files of their own. */
export function checkPage({ origin, contents }: SiteView): Page {
  const keys = contents.keys.filter(({ revoked }) => revoked === null);
  return {
    title: `Check a fixing of ${origin}`,
    path: 'check.html',
    body: html`<h1>Check it yourself</h1>
<p class="lead">Give a fixing, a bundle, or the folder of a whole publication. This browser checks the
signature, the log and every digest, and calculates the fixing again from its inputs with the code
of the command line. Nothing leaves this machine.</p>
<form id="check-form">
<div class="drop" id="drop"><p><label for="files">A fixing or a bundle</label>
<input type="file" id="files" accept=".json,application/json"></p>
<p><label for="folder">or the folder of a publication</label>
<input type="file" id="folder" webkitdirectory></p>
<p class="note">Files can be dropped here too. A bundle (<code>mtok bundle</code>,
<code>mtok evidence</code>) and a folder hold all that is needed; of a fixing alone the rest is
taken from this publication, which a page that was opened from a disk cannot do.</p></div>
<p><label for="key">Key of the log that you had from elsewhere (optional)</label>
<input type="text" id="key" autocomplete="off" spellcheck="false" placeholder="name+hexid+base64"></p>
</form>
<div id="verify"><p class="note needs-script">This needs scripts; without them <code>mtok verify FILE</code> does the same.</p></div>
<section><h2>What is checked</h2>
<dl class="steps">
<dt>signature</dt><dd>The checkpoint of the log is signed by its key (Ed25519), says one
implementation, and a second where the browser has one of its own.</dd>
<dt>consistency</dt><dd>The log only grew since this browser saw it last.</dd>
<dt>contents</dt>
<dd>The last entry of the log names index.json, and so every file that changes.</dd>
<dt>inclusion</dt>
<dd>The fixing is in the log: its entries, and its receipt under a signed tree.</dd>
<dt>fixing, inputs, rulebook</dt><dd>Each has the SHA-256 that was logged ${clause('', 'inputs')}.</dd>
<dt>recompute</dt><dd>Calculated again from those inputs it is the same bytes ${clause('', 'document')}.</dd>
</dl></section>
<section><h2>The keys of this log</h2>
<p>Compare them with what its owner gave out elsewhere: a publication can only vouch for itself.</p>
<ul class="hashes">${keys.map(({ key }) => html`<li class="hash">${key}</li>`)}</ul></section>`,
  };
}
