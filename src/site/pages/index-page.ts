import { toText } from '../../domain/decimal.ts';
import type { FixingRow } from '../../domain/publication.ts';
import { isGeometric } from '../../weigh/weights.ts';
import { lineChart } from '../charts/line-chart.ts';
import { marksOf } from '../charts/series-lines.ts';
import { dataBlock, type Html, html } from '../html.ts';
import { assurance } from '../parts/assurance.ts';
import { exclusions } from '../parts/exclusions.ts';
import { headline } from '../parts/headline.ts';
import { holdings } from '../parts/holdings.ts';
import { clause, type Page, rootOf } from '../parts/shell.ts';
import { seriesBlock } from '../series-block.ts';
import type { IndexView, SiteView } from '../view.ts';

/** The page of one index. */
export function indexPage(view: IndexView, { indices }: SiteView): Page {
  const path = `indices/${view.index}.html`;
  const root = rootOf(path);
  const { fixing, rulebook, row } = view;
  const others = indices.map(({ index }) => index).filter((index) => index !== view.index);
  return {
    title: `${view.index} ${fixing.value?.price ?? 'withheld'} ${fixing.unit}`,
    path,
    body: html`<h1>${view.index} <small>${rulebook.title}</small></h1>
${headline(view, root)}
<section aria-labelledby="history"><h2 id="history">History ${clause(root, isGeometric(rulebook) ? 'geometric' : 'arithmetic')}</h2>
<div id="chart">${staticChart(view)}</div>
<p class="note legend"><span><i class="mark rebalance"></i>rebalance ${clause(root, 'rebalance-day')}</span>
<span><i class="mark restated"></i>restated</span> <span><i class="mark withheld"></i>withheld</span></p>
</section>
<section aria-labelledby="why"><h2 id="why">Why it moved ${clause(root, 'attribution')}</h2>
<div id="explain"><p class="note needs-script">With scripts, two days can be compared here; or
<code>mtok explain --index ${view.index} --from DAY --to DAY</code>.</p></div></section>
<section aria-labelledby="holds"><h2 id="holds">What it holds</h2><div id="holdings">${holdings(fixing, view.sparks, root)}</div></section>
<section aria-labelledby="sure"><h2 id="sure">How sure</h2><div id="assurance">${assurance(fixing, root)}</div>
<div id="blend"></div></section>
<section aria-labelledby="left-out"><h2 id="left-out">What is left out</h2><div id="exclusions">${exclusions(fixing, root)}</div></section>
<section aria-labelledby="check"><h2 id="check">Check it yourself ${clause(root, 'inputs')}</h2>
<div id="verify"><p class="note needs-script">With scripts, this page calculates the fixing again here; or
<code>mtok verify URL --index ${view.index} --date ${fixing.date}</code>.</p></div>
${evidenceLinks(view, root)}</section>`,
    data: dataBlock('data', {
      ...{ index: view.index, title: rulebook.title, unit: fixing.unit, date: fixing.date },
      ...{ others, revision: row.revision, revised: Object.fromEntries(view.revised) },
      base: `${rulebook.base.date} = ${toText(rulebook.base.level)}`,
      series: seriesBlock(view.series),
    }),
  };
}

/** What a reader sees without scripts, and until they run. */
function staticChart({ index, series, revised }: IndexView): Html {
  const points = series.map(({ date, level }) => ({
    date,
    value: level === null ? null : Number(level),
  }));
  const label = `Level of ${index} from ${series[0]?.date} to ${series.at(-1)?.date}`;
  const size = { width: 1080, height: 320 };
  return lineChart([{ name: 'level', style: 0, points }], marksOf(series, revised), {
    ...size,
    label,
  });
}

function evidenceLinks({ index, row, fixing }: IndexView, root: string): Html {
  const name = `${index}/${row.date}${row.revision === 0 ? '' : `.r${row.revision}`}`;
  const inputs = Object.entries(fixing.inputs).filter(
    ([kind, { count }]) => count > 0 && !row.digest_only?.some((one) => one === kind),
  );
  return html`<table class="figures evidence"><caption>The documents of this fixing ${clause(root, 'document')}</caption><tbody>
<tr><th scope="row">Fixing</th><td><a href="${root}fixings/${name}.json">fixings/${name}.json</a></td><td class="hash">${row.sha256}</td></tr>
<tr><th scope="row">Receipt of the log</th><td><a href="${root}receipts/${name}.${row.state}.tlog-proof">${row.state}</a></td><td>entry ${entryOf(row)}</td></tr>
<tr><th scope="row">Rulebook</th><td><a href="${root}rulebooks/${index}/${row.version}.yaml">${row.version}</a></td><td class="hash">${row.rulebook}</td></tr>
${inputs.map(
  ([kind, { sha256, count }]) =>
    html`<tr><th scope="row">${kind}</th><td><a href="${root}inputs/${sha256}.csv">${count} rows</a></td><td class="hash">${sha256}</td></tr>`,
)}</tbody></table>`;
}

function entryOf({ state, provisional, final }: FixingRow): number | null {
  return state === 'final' ? final : provisional;
}
