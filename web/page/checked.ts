import { type Html, html } from '../../src/site/html.ts';
import type { Step } from '../../src/verify/steps.ts';
import type { Checked, Figures } from '../engine/protocol.ts';

/** What a check found, step by step with its values. */
export function checkedPart(checked: Checked, seconds: number): Html {
  const { pass, steps, of, files, bytes } = checked;
  const failed = steps.filter(({ result }) => result === 'fail').length;
  const verdict = pass
    ? 'It verifies: signed, logged, and calculated again here with the same bytes.'
    : `It does not verify: ${failed === 1 ? 'one step fails' : `${failed} steps fail`}.`;
  const isCalculated = steps.some(({ name, result }) => name === 'recompute' && result === 'pass');
  const shown =
    pass && !isCalculated ? 'Nothing that was checked fails; not all could be.' : verdict;
  return html`<p class="verdict ${pass ? 'pass' : 'fail'}" data-pass="${String(pass)}">${shown}</p>
<p class="note">${of}: ${files} files, ${(bytes / 1e6).toFixed(2)} MB, ${seconds.toFixed(1)} s in this browser.</p>
<ol class="checks">${steps.map(stepPart)}</ol>
${figuresPart(checked)}${rowsPart(checked)}`;
}

const SIGNS = { pass: '✓', fail: '✗', skipped: '–' } as const;

function stepPart({ name, result, detail, advice }: Step): Html {
  return html`<li class="${result}" data-step="${name}"><span class="sign" aria-hidden="true">${SIGNS[result]}</span>
<b>${name}</b> <span class="hidden">${result}: </span><span class="detail">${detail}</span>
${advice && html`<p class="advice">${advice}</p>`}</li>`;
}

const NAMES: readonly (readonly [keyof Figures, string])[] = [
  ['price', 'price'],
  ['input', 'input'],
  ['cached_input', 'cached input'],
  ['output', 'output'],
  ['level', 'level'],
  ['coverage', 'coverage'],
  ['constituents', 'constituents'],
  ['sha256', 'SHA-256 of the bytes'],
];

function figuresPart({ figures }: Checked): Html | false {
  if (!figures) return false;
  const { published, calculated } = figures;
  if (typeof calculated === 'string')
    return html`<p class="fail">Not calculated: ${calculated}</p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Published and calculated"><table class="figures compared">
<caption>As published, and as calculated here</caption>
<thead><tr><th scope="col"></th><th scope="col">published</th><th scope="col">calculated here</th><th scope="col"></th></tr></thead>
<tbody>${NAMES.map(([key, name]) => {
    const isSame = published[key] === calculated[key];
    const kind = key === 'sha256' ? 'hash' : '';
    return html`<tr><th scope="row">${name}</th><td class="${kind}">${published[key] ?? '–'}</td>
<td class="${kind}">${calculated[key] ?? '–'}</td><td class="${isSame ? 'pass' : 'fail'}">${isSame ? 'same' : 'differs'}</td></tr>`;
  })}</tbody></table></div>`;
}

function rowsPart({ rows }: Checked): Html | false {
  const some = rows.filter(([, count]) => count > 0);
  return (
    some.length > 0 &&
    html`<p class="note">From ${some.map(([kind, count]) => `${count} rows of ${kind}`).join(', ')}.</p>`
  );
}
