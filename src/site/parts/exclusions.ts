import type { Fixing } from '../../domain/fixing.ts';
import { groupBy } from '../../domain/group.ts';
import { type Html, html } from '../html.ts';
import { countText, words } from '../numbers.ts';
import { clause } from './shell.ts';

/** The quotes that are not used, each with its reason. */
export function exclusions({ excluded, excluded_counts, decisions }: Fixing, root: string): Html {
  const groups = [...groupBy(excluded, ({ reason }) => reason)].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  const counts = Object.entries(excluded_counts);
  return html`<p>Quotes that could be of this index and are not used: ${countText(excluded.length)}
${clause(root, 'universe')}</p>
${groups.map(
  ([
    reason,
    all,
  ]) => html`<details class="excluded"><summary>${words(reason)} <span class="count">${countText(all.length)}</span></summary>
<ul class="dense">${all.map(
    ({ constituent, seller, quoted_as: as }) =>
      html`<li><b>${constituent}</b> ${seller}${as === constituent ? '' : html` <span class="as">${as}</span>`}</li>`,
  )}</ul></details>`,
)}
${counts.length > 0 && html`<p class="note">Counted, not listed: ${counts.map(([reason, count]) => `${words(reason)} ${countText(count)}`).join(', ')}.</p>`}
${
  decisions.length > 0 &&
  html`<h3>What people decided</h3><ul>${decisions.map(
    (one) =>
      html`<li><b>${one.decision}</b> ${one.seller}/${one.quoted_as} of ${one.effective_at}: ${one.rationale} (${one.approvers.join(', ')}, ${one.decided_at})</li>`,
  )}</ul>`
}`;
}
