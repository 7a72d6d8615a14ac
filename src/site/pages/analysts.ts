import { type Html, html } from '../html.ts';
import { type Page, rootOf } from '../parts/shell.ts';
import type { SiteView } from '../view.ts';

/** What an analyst asks: where the files are, what their columns mean, how to read them. */
export function analysts({ origin, indices }: SiteView): Page {
  const path = 'analysts.html';
  const example = indices[0]?.index ?? 'INDEX';
  return {
    title: `For analysts: ${origin}`,
    path,
    body: html`<h1>For analysts</h1>
<p class="lead">Every series, fixing and input is a file. Numbers are decimals as text: read them as such where
the last digit counts.</p>
<section><h2>Downloads</h2><div class="scroll" tabindex="0" role="group" aria-label="Downloads"><table class="figures wide-table">
<thead><tr><th scope="col">index</th><th scope="col">from</th><th scope="col">to</th><th scope="col">days</th>
<th scope="col" class="text">series</th><th scope="col" class="text">latest fixing</th><th scope="col" class="text">rulebook</th></tr></thead>
<tbody>${indices.map(({ index, series, fixing, row }) => {
      const name = `fixings/${index}/${fixing.date}${row.revision === 0 ? '' : `.r${row.revision}`}.json`;
      return html`<tr><th scope="row"><a href="indices/${index}.html">${index}</a></th><td>${series[0]?.date}</td>
<td>${series.at(-1)?.date}</td><td>${series.length}</td><td class="text"><a href="${rootOf(path)}series/${index}.csv">CSV</a></td>
<td class="text"><a href="${name}">JSON</a></td><td class="text"><a href="rulebooks/${index}/${row.version}.yaml">${row.version}</a></td></tr>`;
    })}</tbody></table></div></section>
<section><h2>The columns of a series</h2><table class="figures"><tbody>
${COLUMNS.map(([name, what]) => html`<tr><th scope="row"><code>${name}</code></th><td class="text">${what}</td></tr>`)}
</tbody></table></section>
<section><h2>Recipes</h2>
<p>They run in a copy of this publication; elsewhere its address goes before the path.</p>
${recipes(example).map(([name, text]) => html`<h3>${name}</h3><pre>${text}</pre>`)}
</section>
<section><h2>More than the series</h2><ul>
<li><code>mtok backfill --constituents inside.csv</code>: what was inside on each day</li>
<li><code>mtok explain --from A --to B --index ${example}</code>: why it moved, in parts that sum exactly</li>
<li><code>mtok sensitivity --index ${example}</code>: the same day under other choices</li>
<li><code>mtok chart --index ${example} --from A --to B --out f.svg</code>: a chart for a report</li>
</ul></section>`,
  };
}

const COLUMNS: readonly (readonly [string, string])[] = [
  ['date', 'a day, UTC; days off the calendar are left out'],
  ['status', 'published, or withheld: then values are empty, and no day before takes their place'],
  ['basis', 'live, or reconstructed: calculated after its day'],
  ['series', 'the number of the basket; another number means that a rebalance lies between'],
  ['price', 'of the basket, in its unit: USD per million tokens, or per GPU and hour'],
  ['input, cached_input, output', 'the same of each leg of a token; a GPU hour has one, its price'],
  ['level', 'the chained index: compare days by this, across rebalances too'],
  ['constituents, coverage', 'how many, and the share of value that is quoted or carried forward'],
];

function recipes(index: string): readonly (readonly [string, string | Html])[] {
  const file = `series/${index}.csv`;
  return [
    [
      'pandas',
      `import pandas as pd
s = pd.read_csv("${file}", parse_dates=["date"], index_col="date")
s["level"].resample("ME").last().pct_change()`,
    ],
    [
      'DuckDB',
      `SELECT date_trunc('month', date) AS month, avg(level) AS mean, count(level) AS days
FROM read_csv('${file}') WHERE status = 'published' GROUP BY 1 ORDER BY 1;
-- exact: read_csv('${file}', types = {'level': 'DECIMAL(18,4)', 'price': 'DECIMAL(18,4)'})`,
    ],
    [
      'R',
      `s <- read.csv("${file}")
s$date <- as.Date(s$date)
plot(level ~ date, s, type = "s", log = "y")`,
    ],
    [
      'Spreadsheets',
      `Excel: Data, From Text/CSV, ${file}, then set date to Date and level to Decimal.
LibreOffice: open the file, comma as separator, language English (USA).
Google Sheets: =IMPORTDATA("https://…/${file}")`,
    ],
    [
      'The command line',
      `curl -s https://…/${file} | tail -n 1
mtok verify https://… --index ${index}`,
    ],
  ];
}
