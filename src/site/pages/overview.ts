import { GOOD_IDS, GOODS, type GoodId, goodOfUnit } from '../../domain/goods.ts';
import { sparkline } from '../charts/sparkline.ts';
import { type Html, html } from '../html.ts';
import { changeText, directionOf } from '../numbers.ts';
import { badge, stateOf } from '../parts/headline.ts';
import { clause, type Page } from '../parts/shell.ts';
import { comparedWith, type IndexView, type SeriesPoint, type SiteView } from '../view.ts';

/** The first page: the latest value of every index. */
export function overview(view: SiteView): Page {
  const path = 'index.html';
  const named = GOOD_IDS.filter((id) =>
    view.indices.some(({ fixing }) => goodOfUnit(fixing.unit) === id),
  );
  const sold = named.length > 0 ? named : (['token'] as const);
  const goods = sold.map((id) => GOODS[id].plural).join(' and ');
  const costs =
    sold.length > 1 ? 'a million tokens and a GPU hour cost' : COSTS[sold[0] ?? 'token'];
  return {
    title: `${view.origin}: price indices for ${goods}`,
    path,
    body: html`<h1>Price indices for ${goods}</h1>
<p class="lead">What ${costs}, in US dollars: fixed baskets at published prices, every
day's fixing signed, logged, and open to be calculated again by anybody.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Indices"><table class="overview">
<caption>The latest fixing of each index. Changes are of the level ${clause('', 'link')}</caption>
<thead><tr><th scope="col">index</th><th scope="col">price</th><th scope="col" class="text">unit</th><th scope="col">level</th>
<th scope="col">1 day</th><th scope="col">1 month</th><th scope="col">1 year</th><th scope="col">held</th>
<th scope="col">level since base</th><th scope="col">fixing of</th><th scope="col" class="text">state</th></tr></thead>
<tbody>${view.indices.map(row)}${view.indices.length === 0 && html`<tr><td class="text" colspan="11">No fixing is published yet.</td></tr>`}</tbody></table></div>
${notices(view)}
<p class="note">Everything here is in
<a href="index.json">index.json</a>, <a href="latest.json">latest.json</a> and
<a href="analysts.html">files for analysts</a>.</p>`,
  };
}

const COSTS: Readonly<Record<GoodId, string>> = {
  token: 'a million tokens cost',
  gpu_hour: 'a GPU hour costs',
};

function row(view: IndexView): Html {
  const { index, fixing, rulebook, series, next } = view;
  const compared = comparedWith(series, fixing.date);
  return html`<tr><th scope="row"><a href="indices/${index}.html">${index}</a><span class="title">${rulebook.title}</span></th>
<td class="now">${fixing.value?.price ?? 'withheld'}</td><td class="text">${fixing.unit}</td><td>${fixing.level ?? '–'}</td>
${[compared.day, compared.month, compared.year].map((point) => change(fixing.level, point))}
<td>${fixing.constituents.length}</td>
<td class="spark">${sparkline(spaced(series), `Level of ${index} from ${series[0]?.date} to ${fixing.date}`)}</td>
<td><time datetime="${fixing.date}">${fixing.date}</time></td>
<td class="text">${badge(stateOf(fixing, view.row))} <span class="badge late" data-due="${next?.dueBy}" data-next="${next?.date}" hidden>late</span></td></tr>`;
}

function change(level: string | null, before: SeriesPoint | undefined): Html {
  if (level === null || !before?.level) return html`<td>–</td>`;
  const text = changeText(level, before.level);
  return html`<td class="${directionOf(text)}">${text}</td>`;
}

const POINTS = 60;

/** Evenly spaced levels from the first to the last day. */
function spaced(series: readonly SeriesPoint[]): (number | null)[] {
  const count = Math.min(POINTS, series.length);
  return Array.from({ length: count }, (_, at) => {
    const place = Math.round(((series.length - 1) * at) / Math.max(1, count - 1));
    const level = series[place]?.level ?? null;
    return level === null ? null : Number(level);
  });
}

const SHOWN_NOTICES = 10;

function notices({ contents: { records } }: SiteView): Html | false {
  const all = records.filter(({ record }) => record === 'notice').reverse();
  if (all.length === 0) return false;
  return html`<section><h2>Notices</h2><ul>${all
    .slice(0, SHOWN_NOTICES)
    .map(
      ({ path, at }) =>
        html`<li><a href="${path}">${path.replace(/^notices\//, '').replace(/\.json$/, '')}</a>, logged ${at}</li>`,
    )}</ul></section>`;
}
