import { type Decimal, toFixedText, toText } from '../../domain/decimal.ts';
import { type Fixing, namedLegs } from '../../domain/fixing.ts';
import { GOODS, goodOfUnit } from '../../domain/goods.ts';
import type { FixingRow } from '../../domain/publication.ts';
import { type Html, html } from '../html.ts';
import { changeText, directionOf, percentOf, words } from '../numbers.ts';
import { comparedWith, type IndexView, type NextFixing, type SeriesPoint } from '../view.ts';
import { clause, momentPart } from './shell.ts';

/** The latest value of an index, with all that says how to take it. */
export function headline(view: IndexView, root: string): Html {
  const { fixing, row, rulebook, series } = view;
  const compared = comparedWith(series, fixing.date);
  return html`<section class="headline" aria-label="Latest value">
<div class="value">${valuePart(fixing)}</div>
<div class="standing">${standing(fixing, row, view.next)}</div>
<dl class="facts">
<div><dt>Fixing of</dt><dd><time datetime="${fixing.date}">${dayText(fixing.date)}</time></dd></div>
<div><dt>Cut-off ${clause(root, 'cutoff')}</dt><dd>${momentPart(fixing.cutoff)}</dd></div>
<div><dt>Published</dt><dd>${momentPart(row.published_at)}</dd></div>
<div><dt>${row.state === 'final' ? 'Final since' : 'Final from'} ${clause(root, 'revisions')}</dt>
<dd>${momentPart(row.final_from)}</dd></div>
<div><dt>Series ${clause(root, 'series')}</dt><dd>${fixing.series.number}, from ${fixing.series.first_day}</dd></div>
</dl>
<div class="moves"><div class="scroll" tabindex="0" role="group" aria-label="Values and changes"><table class="changes">
<thead><tr><th scope="col"></th><th scope="col">value</th><th scope="col">1 day</th>
<th scope="col">1 month</th><th scope="col">1 year</th></tr></thead>
<tbody>
${changeRow('Level', `${rulebook.base.date} = ${toFixedText(rulebook.base.level, 0)}`, fixing.level, compared, ({ level }) => level)}
${changeRow('Reference price', fixing.unit, fixing.value?.price ?? null, compared, ({ price }) => price)}
${legRows(fixing, compared)}
</tbody></table></div>
<p class="note">The level moves with prices alone; the price also moves when the basket changes
${clause(root, 'link')}. Workload: ${workloadText(view)} ${clause(root, 'workload')}.</p></div>
</section>`;
}

/** Of a good with one leg the price is that leg. */
function legRows(fixing: Fixing, compared: ReturnType<typeof comparedWith>): Html[] {
  const legs = GOODS[goodOfUnit(fixing.unit)].valueLegs;
  if (legs.length === 1) return [];
  const values = new Map(fixing.value ? namedLegs(fixing, fixing.value) : []);
  return legs.map((leg) => {
    const name = `${leg.charAt(0).toUpperCase()}${leg.slice(1).replace('_', ' ')}`;
    const of = OF_LEG[leg] ?? (() => null);
    return changeRow(name, fixing.unit, values.get(leg) ?? null, compared, of);
  });
}

const OF_LEG: Readonly<Record<string, (point: SeriesPoint) => string | null>> = {
  input: ({ input }) => input,
  cached_input: ({ cachedInput }) => cachedInput,
  output: ({ output }) => output,
};

function valuePart(fixing: Fixing): Html {
  if (!fixing.value) return html`<span class="number none">withheld</span>`;
  return html`<span class="number">${fixing.value.price}</span> <span class="unit">${fixing.unit}</span>`;
}

/** `provisional`, `final`, `withheld`; the page's script says `late`, by the reader's clock. */
export function stateOf(fixing: Pick<Fixing, 'status' | 'repeats'>, row: FixingRow): string {
  if (fixing.status === 'withheld') return 'withheld';
  return fixing.repeats === undefined ? row.state : 'repeated';
}

export function badge(state: string): Html {
  return html`<span class="badge ${state}">${state}</span>`;
}

function standing(fixing: Fixing, row: FixingRow, next: NextFixing | undefined): Html {
  const why = fixing.withheld.map(words).join(', ');
  const repeats = fixing.repeats && `the values of ${fixing.repeats} again`;
  const basis = fixing.basis === 'live' ? 'live' : 'reconstructed: calculated after its day';
  return html`${badge(stateOf(fixing, row))}
<span class="badge late" data-due="${next?.dueBy}" data-next="${next?.date}" hidden>late</span>
<span>${[repeats, why, basis, `${fixing.mode} mode`, row.revision > 0 && `revision ${row.revision}`]
    .filter((one) => one)
    .join(' · ')}</span>`;
}

function changeRow(
  name: string,
  unit: string,
  value: string | null,
  compared: ReturnType<typeof comparedWith>,
  of: (point: SeriesPoint) => string | null,
): Html {
  const cells = (['day', 'month', 'year'] as const).map((span) => {
    const point = compared[span];
    const before = point && of(point);
    if (value === null || !before) return html`<td>–</td>`;
    const change = changeText(value, before);
    return html`<td class="${directionOf(change)}" title="${before} on ${point.date}">${change}</td>`;
  });
  return html`<tr><th scope="row">${name} <span class="unit">${unit}</span></th>
<td class="now">${value ?? 'withheld'}</td>${cells}</tr>`;
}

/** `75% input, 25% output`, with what else the rulebook says of the mix. */
export function workloadText({ rulebook }: IndexView): string {
  const { shares, size, tier } = rulebook.workload;
  if (rulebook.good === 'gpu_hour') {
    return `${size === 1 ? 'one GPU' : `${size} GPUs at once`}, ${tier.replace('_', ' ')}`;
  }
  const share = (value: Decimal) => percentOf(toText(value), 2).replace(/\.?0+%$/, '%');
  return Object.entries(shares)
    .map(([leg, value]) => [share(value), leg.replace('_', ' ')] as const)
    .filter(([text]) => text !== '0%')
    .map(([text, name]) => `${text} ${name}`)
    .join(', ');
}

const MONTHS =
  'January February March April May June July August September October November December';

/** 21 August 2026: no reader takes it for another day. */
export function dayText(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${Number(date)} ${MONTHS.split(' ')[Number(month) - 1]} ${year}`;
}
