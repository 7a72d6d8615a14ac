import type { Fixing } from '../../domain/fixing.ts';
import { sparkline } from '../charts/sparkline.ts';
import { type Html, html } from '../html.ts';
import { percentOf, priceText, words } from '../numbers.ts';
import type { IndexView } from '../view.ts';
import { clause } from './shell.ts';

type Constituent = Fixing['constituents'][number];

/** What the index holds, the largest contribution first. */
export function holdings(
  fixing: Fixing,
  sparks: IndexView['sparks'] | undefined,
  root: string,
): Html {
  const sorted = [...fixing.constituents].sort(
    (a, b) => Number(b.share) - Number(a.share) || (a.id < b.id ? -1 : 1),
  );
  const most = Number(sorted[0]?.share ?? 1);
  // Of a good with one leg the price is that leg.
  const legs = LEGS.filter((leg) => sorted.some((one) => one.legs[leg] !== undefined));
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Constituents"><table class="holdings" id="constituents">
<caption>${sorted.length} constituents of ${fixing.date}, ${fixing.unit}. Share is of the basket's value
${clause(root, 'weights')}; evidence says where a price comes from ${clause(root, 'in-force')}.</caption>
<thead><tr>
<th scope="col" data-sort="text">constituent</th><th scope="col" data-sort="text">lab</th>
<th scope="col" data-sort="number">price</th>${legs.map((leg) => html`<th scope="col" data-sort="number">${leg}</th>`)}
<th scope="col" data-sort="number">weight</th>
<th scope="col" data-sort="number">contribution</th>
<th scope="col" data-sort="number">share</th><th scope="col"><span class="hidden">share as a bar</span></th>
<th scope="col" data-sort="number">sellers</th><th scope="col" data-sort="number">spread</th>
<th scope="col">${sparks ? 'half a year' : ''}</th><th scope="col" data-sort="text">evidence</th>
</tr></thead>
<tbody>${sorted.map((one) => row(one, legs, most, sparks))}</tbody></table></div>`;
}

const LEGS = ['input', 'output'] as const;

function row(
  one: Constituent,
  legs: readonly (typeof LEGS)[number][],
  most: number,
  sparks: IndexView['sparks'] | undefined,
): Html {
  const width = Math.max(0.5, (Number(one.share) / (most || 1)) * 60).toFixed(1);
  const spark =
    sparks && sparkline(sparks.get(one.id) ?? [], `Price of ${one.id} over half a year`);
  return html`<tr data-constituent="${one.id}"><th scope="row">${one.id}</th><td class="text">${one.lab}</td>
<td data-value="${one.price}">${priceText(one.price)}</td>${legs.map((leg) => legCell(one.legs[leg] ?? ''))}
<td data-value="${one.weight}">${percentOf(one.weight, 2)}</td><td data-value="${one.contribution}">${priceText(one.contribution)}</td>
<td data-value="${one.share}">${percentOf(one.share)}</td>
<td class="bar"><svg width="62" height="9" aria-hidden="true"><rect width="${width}" height="9"/></svg></td>
<td data-value="${one.sellers.length}">${sellers(one)}</td><td data-value="${spreadOf(one) ?? -1}">${spreadText(one)}</td>
<td class="spark">${spark}</td>
<td class="text evidence ${one.evidence}">${evidenceText(one)}</td></tr>`;
}

function legCell(price: string): Html {
  return html`<td data-value="${price}">${priceText(price)}</td>`;
}

/** The sellers behind a price; more than one are listed on demand. */
function sellers({ id, sellers: all }: Constituent): Html {
  const [only] = all;
  if (!only) return html`<span class="none">–</span>`;
  if (all.length === 1) return html`<span class="text">${only.seller}</span>`;
  const sorted = [...all].sort((a, b) => Number(a.price) - Number(b.price));
  return html`<details class="sellers"><summary aria-label="${all.length} sellers of ${id}">${all.length}</summary><ul>${sorted.map(
    ({ seller, venue, price }) =>
      html`<li><span>${seller}${venue === seller ? '' : ` at ${venue}`}</span> ${priceText(price)}</li>`,
  )}</ul></details>`;
}

/** How far the dearest seller is above the cheapest, as a share of the cheapest. */
function spreadOf({ sellers: all }: Constituent): number | undefined {
  if (all.length < 2) return undefined;
  const prices = all.map(({ price }) => Number(price));
  const least = Math.min(...prices);
  return least > 0 ? Math.max(...prices) / least - 1 : undefined;
}

function spreadText(one: Constituent): string {
  const spread = spreadOf(one);
  return spread === undefined ? '–' : `${(spread * 100).toFixed(0)}%`;
}

function evidenceText({ evidence, quoted_on, successor }: Constituent): string {
  const of = quoted_on ? `, of ${quoted_on}` : '';
  return `${words(evidence)}${of}${successor ? `, as ${successor}` : ''}`;
}
