import type { Explanation } from '../../src/fix/explain.ts';
import { waterfall } from '../../src/site/charts/waterfall.ts';
import { type Html, html } from '../../src/site/html.ts';
import { startOf } from './chart-lines.ts';
import type { PageData } from './data.ts';
import { button, byId, choice, dayInput, el, show } from './dom.ts';
import { ask } from './engine-client.ts';
import { base, isOnDisk } from './place.ts';

type Of = 'price' | 'level';

/** Explains the move between the days with values that lie within two days. */
export type ExplainDays = (from: string, to: string) => void;

/** Two days, and why the index moved between them. */
export function addExplain(data: PageData): ExplainDays | undefined {
  const place = byId('explain');
  const days = data.points.filter(({ level }) => level !== null).map(({ date }) => date);
  const [first, last] = [days[0], days.at(-1)];
  if (!place || !first || !last) return undefined;
  if (isOnDisk) {
    const how = `mtok explain --index ${data.index} --from DAY --to DAY`;
    place.replaceChildren(
      el(
        'p',
        { class: 'note' },
        'A page from a disk reads no inputs: serve it, or run ',
        el('code', {}, how),
      ),
    );
    return undefined;
  }
  const month = startOf('1m', first, last);
  const from = dayInput('explain-from', days.findLast((day) => day <= month) ?? first);
  const to = dayInput('explain-to', last);
  const status = el('p', { class: 'note', role: 'status' });
  const result = el('div', { id: 'explained' });
  let of: Of = 'price';
  let explanation: Explanation | undefined;
  const render = () => explanation && show(result, explained(explanation, of));
  const calculate = async () => {
    const missing = [from.value, to.value].find((day) => !days.includes(day));
    if (missing !== undefined) {
      result.replaceChildren();
      status.textContent = `${missing || 'That'} has no value: the series has ${first} to ${last}.`;
      return;
    }
    status.textContent = 'Calculating from the published inputs…';
    result.replaceChildren();
    explanation = undefined;
    try {
      const revision = data.revised[to.value] ?? 0;
      const question = { kind: 'explain', base, index: data.index, revision } as const;
      const answer = await ask({ ...question, from: from.value, to: to.value });
      explanation = answer.explanation;
      status.textContent = answer.none ?? whyNotPublished(data, explanation) ?? '';
      render();
    } catch (error) {
      status.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  const measures: readonly (readonly [Of, string])[] = [
    ['price', 'Price'],
    ['level', 'Level'],
  ];
  const what = choice<Of>('What moved', measures, of, (chosen) => {
    of = chosen;
    render();
  });
  place.replaceChildren(
    el(
      'div',
      { class: 'controls' },
      ...[
        el('label', { for: 'explain-from' }, 'From'),
        from,
        el('label', { for: 'explain-to' }, 'to'),
        to,
      ],
      ...[what, button('Explain', () => void calculate(), { class: 'main', id: 'explain-go' })],
    ),
    status,
    result,
  );
  return (start, end) => {
    from.value = days.find((day) => day >= start) ?? first;
    to.value = days.findLast((day) => day <= end) ?? last;
    place.scrollIntoView({ block: 'center' });
    void calculate();
  };
}

/** A day that was revised later came out otherwise from the inputs of the later day. */
function whyNotPublished({ points }: PageData, of: Explanation | undefined): string | undefined {
  const ends = of
    ? ([
        ['from', of.from],
        ['to', of.to],
      ] as const)
    : [];
  for (const [end, day] of ends) {
    const point = points.find(({ date }) => date === day);
    if (of && point && (point.price !== of.price[end] || point.level !== of.level[end])) {
      return `${day} was published with ${point.price} and the level ${point.level}: a revision came between.`;
    }
  }
  return undefined;
}

const SHOWN_STEPS = 12;

function explained(of: Explanation, measure: Of): Html {
  const change = of[measure];
  const unit = measure === 'price' ? of.unit : 'points';
  const places = 4;
  const shown = (value: number) =>
    `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(places)}`;
  const parts = of.parts
    .map((part) => ({ ...part, value: Number(part[measure]) }))
    .filter(({ value }) => value !== 0)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const rest = parts.slice(SHOWN_STEPS);
  const restSum = rest.reduce((sum, { value }) => sum + value, 0);
  const rounding = Number(of.rounding[measure]);
  const steps = [
    ...parts.slice(0, SHOWN_STEPS).map(({ cause, constituent, value }) => ({
      ...{ name: constituent ? `${constituent} · ${cause}` : cause, change: value },
      text: shown(value),
    })),
    ...(rest.length > 0
      ? [{ name: `${rest.length} smaller`, change: restSum, text: shown(restSum) }]
      : []),
    ...(rounding !== 0 ? [{ name: 'rounding', change: rounding, text: shown(rounding) }] : []),
  ];
  const ends = {
    from: { name: of.from, value: Number(change.from), text: change.from },
    to: { name: of.to, value: Number(change.to), text: change.to },
  };
  const label = `${of.index} from ${of.from} to ${of.to}: ${change.from} to ${change.to} ${unit}`;
  return html`<p>From ${of.from} to ${of.to} the ${measure === 'price' ? 'reference price' : 'level'} moved by
<b>${signed(change.change)}</b> ${unit} (${signed(change.percent)}%).
${measure === 'level' && 'A rebalance does not move the level.'}</p>
${of.unsplit ? html`<p>${of.unsplit}</p>${crossings(of)}` : waterfall({ ...ends, steps, label })}
${
  !of.unsplit &&
  html`<details><summary>All ${parts.length} parts as a table</summary><div class="scroll" tabindex="0" role="group" aria-label="Parts"><table class="figures parts">
<thead><tr><th scope="col">constituent</th><th scope="col">cause</th><th scope="col">${of.unit}</th><th scope="col">points of the level</th></tr></thead>
<tbody>${of.parts.map(
    ({ constituent, cause, price, level }) =>
      html`<tr><th scope="row">${constituent || '–'}</th><td class="text">${cause}</td><td>${price}</td><td>${level}</td></tr>`,
  )}<tr><th scope="row">rounding</th><td></td><td>${of.rounding.price}</td><td>${of.rounding.level}</td></tr>
<tr class="sum"><th scope="row">change</th><td></td><td>${of.price.change}</td><td>${of.level.change}</td></tr></tbody></table></div></details>`
}`;
}

/** With its sign: a true minus, as wide as a plus. */
function signed(text: string): string {
  return text.startsWith('-') ? text.replace('-', '−') : `+${text}`;
}

function crossings({ crossed }: Explanation): Html {
  return html`<ul>${crossed.map(
    (one) =>
      html`<li>${one.constituent}: ${one.from} (${one.side_from}) to ${one.to} (${one.side_to})</li>`,
  )}</ul>`;
}
