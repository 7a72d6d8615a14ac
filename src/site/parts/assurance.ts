import type { Fixing } from '../../domain/fixing.ts';
import { type Html, html } from '../html.ts';
import { countText, figureText, percentOf, words } from '../numbers.ts';
import { clause } from './shell.ts';

/** How sure a fixing is: its gates, what it covers, and who could move it. */
export function assurance(fixing: Fixing, root: string): Html {
  const { coverage, influence: who } = fixing;
  const figures: readonly (readonly [string, string, string])[] = [
    ['Coverage by value', percentOf(coverage), 'gates'],
    [
      'Largest constituent',
      `${who.largest_constituent.id} ${percentOf(who.largest_constituent.share)}`,
      'influence',
    ],
    ['Largest lab', `${who.largest_lab.id} ${percentOf(who.largest_lab.share)}`, 'influence'],
    ['Concentration (HHI)', figureText(who.hhi, 3), 'influence'],
    ['Priced by one seller', percentOf(who.single_seller_share), 'influence'],
    ['At the commonest price', percentOf(who.modal_price_share), 'influence'],
    ['Sellers, venues', `${countText(who.sellers)}, ${countText(who.venues)}`, 'sellers'],
    [
      'Sellers that move it by 1% with 10% of theirs',
      who.sellers_to_move_1_percent === null
        ? 'all together do not'
        : String(who.sellers_to_move_1_percent),
      'influence',
    ],
  ];
  return html`<div class="columns">
<div>${gatesTable(fixing, root)}${usagePart(fixing, root)}</div>
<div><table class="figures"><caption>What it rests on</caption><tbody>${figures.map(
    ([name, value, of]) =>
      html`<tr><th scope="row">${name} ${clause(root, of)}</th><td>${value}</td></tr>`,
  )}</tbody></table>${labsTable(fixing)}</div>
</div>`;
}

function gatesTable({ gates, withheld }: Fixing, root: string): Html {
  const rows = gates.map(
    ({ name, threshold, measured, pass }) => html`<tr><th scope="row">${words(name)}</th>
<td>${measured === null ? '–' : figureText(measured)}</td><td>${figureText(threshold)}</td>
<td class="${pass ? 'pass' : 'fail'}">${pass ? 'pass' : 'fail'}</td></tr>`,
  );
  const reasons = withheld.filter((reason) => !gates.some(({ name }) => name === reason));
  return html`<table class="figures"><caption>Gates decide whether it is published ${clause(root, 'gates')}</caption>
<thead><tr><th scope="col">gate</th><th scope="col">measured</th><th scope="col">threshold</th><th scope="col"></th></tr></thead>
<tbody>${rows}${rows.length === 0 && html`<tr><td class="text" colspan="4">The rulebook has none.</td></tr>`}</tbody></table>
${reasons.length > 0 && html`<p class="fail">Withheld: ${reasons.map(words).join(', ')}</p>`}`;
}

function usagePart({ usage }: Fixing, root: string): Html | false {
  if (!usage) return false;
  return html`<table class="figures"><caption>Usage behind the weights ${clause(root, 'usage')}</caption><tbody>
<tr><th scope="row">Window</th><td>${usage.from} to ${usage.until}, ${usage.days} days</td></tr>
<tr><th scope="row">Tokens</th><td>${countText(usage.tokens)}</td></tr>
<tr><th scope="row">On the basket</th><td>${percentOf(usage.basket)}</td></tr>
<tr><th scope="row">On models outside it</th><td>${percentOf(usage.outside)}</td></tr>
<tr><th scope="row">Other, free and unpriced</th><td>${percentOf(usage.unmatched)}</td></tr>
</tbody></table>`;
}

const SHOWN_LABS = 8;

function labsTable({ influence: { labs } }: Fixing): Html {
  const sorted = [...labs].sort((a, b) => Number(b.share) - Number(a.share));
  const rest = sorted.length - SHOWN_LABS;
  return html`<table class="figures"><caption>Labs by value</caption>
<thead><tr><th scope="col">lab</th><th scope="col">share</th><th scope="col">effect of +10%</th></tr></thead>
<tbody>${sorted
    .slice(0, SHOWN_LABS)
    .map(
      ({ id, share, effect_of_10_percent: effect }) =>
        html`<tr><th scope="row">${id}</th><td>${percentOf(share)}</td><td>${percentOf(effect, 2)}</td></tr>`,
    )}</tbody></table>${rest > 0 && html`<p class="note">and ${rest} more labs</p>`}`;
}
