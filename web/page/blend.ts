import type { Sensitivity } from '../../src/fix/sensitivity.ts';
import { type Html, html, raw } from '../../src/site/html.ts';
import type { PageData } from './data.ts';
import { button, byId, el, show } from './dom.ts';
import { ask } from './engine-client.ts';
import { base, isOnDisk } from './place.ts';

/** How much the price depends on the declared mix: a small chart, calculated here. */
export function addBlend(data: PageData): void {
  const place = byId('blend');
  if (!place || isOnDisk) return;
  const status = el('p', { class: 'note', role: 'status' });
  const result = el('div');
  const go = button('Calculate under other mixes', async () => {
    go.disabled = true;
    status.textContent = 'Calculating six histories…';
    try {
      const { index, date, revision } = data;
      const answer = await ask({ kind: 'blend', base, index, date, revision });
      status.textContent = answer.none ?? '';
      if (answer.sensitivity) show(result, blendPart(answer.sensitivity, data.unit));
    } catch (error) {
      status.textContent = error instanceof Error ? error.message : String(error);
    }
    go.disabled = false;
  });
  go.id = 'blend-go';
  place.replaceChildren(
    el('h3', {}, 'Sensitivity to the blend'),
    el('div', { class: 'controls' }, go),
    status,
    result,
  );
}

const WIDTH = 260;

function blendPart({ own, variants }: Sensitivity, unit: string): Html {
  const most = Math.max(...variants.map(({ price }) => Number(price ?? 0)), Number(own.price ?? 0));
  const bar = (price: string | null) =>
    raw(
      `<svg width="${WIDTH}" height="9" aria-hidden="true"><rect width="${((Number(price ?? 0) / most) * WIDTH).toFixed(1)}" height="9"/></svg>`,
    );
  return html`<table class="figures blend"><caption>The same day under other workloads</caption>
<thead><tr><th scope="col">tokens</th><th scope="col">price, ${unit}</th><th scope="col">against its own</th>
<th scope="col"><span class="hidden">as a bar</span></th><th scope="col">level</th><th scope="col">against its own</th></tr></thead>
<tbody><tr><th scope="row">as declared</th><td>${own.price ?? '–'}</td><td>–</td><td class="bar">${bar(own.price)}</td><td>${own.level ?? '–'}</td><td>–</td></tr>
${variants.map(
  (
    one,
  ) => html`<tr><th scope="row">${mix(one.name)}</th><td>${one.price ?? '–'}</td><td>${percent(one.price_percent)}</td>
<td class="bar">${bar(one.price)}</td><td>${one.level ?? '–'}</td><td>${percent(one.level_percent)}</td></tr>`,
)}</tbody></table>`;
}

/** `input 0.9, output 0.1` as percentages. */
function mix(name: string): string {
  return name.replace(/[\d.]+/g, (share) => `${Math.round(Number(share) * 100)}%`);
}

function percent(text: string | null): string {
  if (text === null) return '–';
  return `${text.startsWith('-') ? '' : '+'}${text.replace('-', '−')}%`;
}
