import { max, median, min } from 'simple-statistics';
import {
  type Decimal,
  decimal,
  divideToPlaces,
  multiply,
  subtract,
  toFixedText,
  toText,
} from '../domain/decimal.ts';
import { type Fixing, namedLegs } from '../domain/fixing.ts';
import { groupBy } from '../domain/group.ts';
import type { Point, Viewed } from './history.ts';
import { bar, chart, pad, type Style, sparkline, table } from './terminal.ts';

const SHOWN_EXCLUDED = 12;
const BAR_WIDTH = 16;
const CHART_HEIGHT = 6;

/** One index in detail, for a person. */
export function describeFixing(viewed: Viewed, style: Style): string[] {
  const { fixing } = viewed;
  const sections = [
    headline(viewed, style),
    values(viewed, style),
    historyOf(viewed, style),
    constituents(fixing, style),
    gatesOf(fixing, style),
    excludedOf(fixing, style),
    decisionsOf(fixing, style),
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines) => [...lines, '']);
}

/** All indices, a line each. */
export function describeAll(all: readonly Viewed[], style: Style): string[] {
  const [unit = 'price', ...units] = new Set(all.map(({ fixing }) => fixing.unit));
  const isMixed = units.length > 0;
  const rows = all.map((viewed) => {
    const { fixing } = viewed;
    return [
      style.bold(fixing.index),
      fixing.value?.price ?? 'withheld',
      ...(isMixed ? [fixing.unit] : []),
      fixing.level ?? fixing.withheld.join(', '),
      change(fixing.level, viewed.dayBefore, style),
      change(fixing.level, viewed.monthBefore, style),
      change(fixing.level, viewed.yearBefore, style),
      String(fixing.constituents.length),
      sparkline(viewed.history.map(levelOf)),
    ];
  });
  const columns = [
    { title: 'index' },
    { title: isMixed ? 'price' : unit, align: 'right' as const },
    ...(isMixed ? [{ title: 'unit' }] : []),
    { title: 'level', align: 'right' as const },
    { title: 'day', align: 'right' as const },
    { title: 'month', align: 'right' as const },
    { title: 'year', align: 'right' as const },
    { title: 'held', align: 'right' as const },
    { title: 'level since base' },
  ];
  const [first] = all;
  const date = first ? `Fixings of ${first.fixing.date}, ${first.fixing.basis}` : 'No fixings';
  return [style.bold(date), '', ...table(columns, rows, style), ''];
}

function headline({ fixing, rulebook }: Viewed, style: Style): string[] {
  const status = statusOf(fixing, style);
  const series = `series ${fixing.series.number} from ${fixing.series.first_day}`;
  return [
    `${style.bold(fixing.index)}  ${rulebook.title}`,
    [
      fixing.date,
      status,
      fixing.basis,
      `${fixing.mode} mode`,
      series,
      `cut-off ${fixing.cutoff}`,
    ].join(' · '),
  ];
}

function statusOf({ status, repeats, withheld }: Fixing, style: Style): string {
  if (status === 'withheld') return style.red('withheld');
  if (repeats === undefined) return style.green('published');
  return style.red(`the print of ${repeats} again (${withheld.join(', ')})`);
}

function values(viewed: Viewed, style: Style): string[] {
  const { fixing, rulebook, base } = viewed;
  if (!fixing.value || !fixing.level) {
    return [style.red(`No value: ${fixing.withheld.join(', ')}`)];
  }
  const { price } = fixing.value;
  // Of a good with one leg the price is that leg.
  const named = namedLegs(fixing, fixing.value);
  const legs = named.length > 1 ? named : [];
  const size = Math.max(price.length, fixing.level.length);
  const baseText = `${rulebook.base.date} = ${toFixedText(rulebook.base.level, 0)}`;
  const since = (point: Point | undefined, name: string) =>
    `${name} ${change(fixing.level, point, style)}`;
  return [
    `price  ${style.bold(pad(price, size, 'right'))} ${fixing.unit}   ` +
      legs.map(([leg, at]) => `${leg.replace('_', ' ')} ${at}`).join('   '),
    `level  ${style.bold(pad(fixing.level, size, 'right'))} (${baseText})   ` +
      [
        since(viewed.dayBefore, 'day'),
        since(viewed.monthBefore, 'month'),
        since(viewed.yearBefore, 'year'),
      ].join('   '),
    ...whyTheyDiffer(fixing, base, style),
  ];
}

/** Price and level answer two questions; a reader who sees one rise and one fall needs to know. */
function whyTheyDiffer(fixing: Fixing, base: Point | undefined, style: Style): string[] {
  if (!base?.published || !fixing.value || base.date === fixing.date) return [];
  const price = moved(fixing.value.price, base.published.price);
  const level = moved(fixing.level ?? '', base.published.level);
  if (fixing.series.number === 1) {
    return [style.dim(`Since the base date price and level have moved by ${price}: one basket.`)];
  }
  const rebalances = fixing.series.number - 1;
  const noun = rebalances === 1 ? 'rebalance' : 'rebalances';
  return [
    `Since the base date the price moved ${price}, the level ${level}. The price is that of`,
    "today's basket; the level counts only price changes of models held on both days. The rest",
    `is what ${rebalances} ${noun} changed in the basket.`,
  ].map(style.dim);
}

function historyOf({ history, rulebook }: Viewed, style: Style): string[] {
  const levels = history.map(levelOf);
  const known = levels.filter((level) => level !== null);
  if (known.length < 2) return [];
  const lines = chart(levels, CHART_HEIGHT, (value) => value.toFixed(1));
  const first = history[0]?.date ?? rulebook.base.date;
  const last = history.at(-1)?.date ?? '';
  const indent = ' '.repeat(Math.max(...known.map((value) => value.toFixed(1).length)) + 2);
  const space = ' '.repeat(Math.max(1, levels.length - first.length - last.length));
  return [
    style.dim(
      `level: lowest ${min(known).toFixed(2)}, median ${median(known).toFixed(2)}, ` +
        `highest ${max(known).toFixed(2)}`,
    ),
    ...lines.map((line) => style.cyan(line)),
    style.dim(`${indent}${first}${space}${last}`),
  ];
}

/** Beside the price of a constituent. */
const LEGS_SHOWN = ['input', 'output'];

function legOf(fixing: Fixing, { legs }: Fixing['constituents'][number], name: string): string {
  return namedLegs(fixing, legs).find(([leg]) => leg === name)?.[1] ?? '';
}

function constituents(fixing: Fixing, style: Style): string[] {
  // A print that is repeated is of another day, and no share is of it.
  const own = fixing.repeats ? undefined : fixing.value;
  const sorted = [...fixing.constituents].sort(
    (a, b) => Number(b.contribution) - Number(a.contribution) || (a.id < b.id ? -1 : 1),
  );
  const shown = LEGS_SHOWN.filter((leg) => sorted.some((one) => legOf(fixing, one, leg) !== ''));
  const most = Math.max(...sorted.map((one) => Number(one.contribution)));
  const rows = sorted.map((one) => {
    const contribution = Number(one.contribution);
    const share = own ? contribution / (Number(own.price) || 1) : contribution / sum(sorted);
    return [
      one.id,
      one.lab,
      significant(one.price),
      ...shown.map((leg) => significant(legOf(fixing, one, leg))),
      `${(share * 100).toFixed(1)}%`,
      bar(contribution / most, BAR_WIDTH),
      one.sellers.length > 1 ? `${one.sellers.length} sellers` : (one.sellers[0]?.seller ?? '–'),
      one.evidence === 'observed' ? '' : one.evidence.replace('_', ' '),
    ];
  });
  const columns = [
    { title: `${rows.length} constituents` },
    { title: 'lab' },
    { title: 'price', align: 'right' as const },
    ...shown.map((title) => ({ title, align: 'right' as const })),
    { title: 'share', align: 'right' as const },
    { title: pad('contribution', BAR_WIDTH) },
    { title: 'seller' },
    { title: '' },
  ];
  return table(columns, rows, style);
}

function sum(all: Fixing['constituents']): number {
  return all.reduce((total, one) => total + Number(one.contribution), 0) || 1;
}

function gatesOf({ gates, coverage, influence }: Fixing, style: Style): string[] {
  const rows = gates.map(({ name, threshold, measured, pass }) => [
    name.replaceAll('_', ' '),
    measured === null ? '–' : significant(measured),
    threshold,
    pass ? style.green('pass') : style.red('FAIL'),
  ]);
  const columns = [
    { title: 'gate' },
    { title: 'measured', align: 'right' as const },
    { title: 'threshold', align: 'right' as const },
    { title: '' },
  ];
  const { largest_lab: lab, hhi } = influence;
  return [
    ...(rows.length > 0 ? table(columns, rows, style) : []),
    style.dim(
      `coverage ${percent(coverage)}, largest lab ${lab.id} ${percent(lab.share)}, ` +
        `HHI ${significant(hhi)}, ${influence.sellers} sellers; ${sellersToMove(influence)}`,
    ),
  ];
}

function sellersToMove({ sellers_to_move_1_percent: count }: Fixing['influence']): string {
  if (count === null) return 'all of them at 10% would not move it by 1%';
  return `${count} at 10% would move it by 1%`;
}

const REASONS: Readonly<Record<string, string>> = {
  not_first_party: 'a first-party price stands',
  not_the_cheapest: 'another seller is cheaper',
  screened: 'outlier among the sellers',
  too_old: 'older than the universe allows',
  too_few_sellers: 'fewer sellers than the universe asks for',
  too_new: 'younger than the universe allows',
  over_lab_limit: 'beyond the number of models of a lab',
  no_usage: 'no usage in the window',
  no_weight: 'no weight in the rulebook',
  awaits_rebalance: 'enters at the next rebalance at the earliest',
  corrected: 'rejected by a correction',
  held: 'held: the price before it stands',
  expired: 'no longer valid',
  no_fx_rate: 'no exchange rate',
  fx_rate_too_old: 'the exchange rate is too old',
};

function excludedOf({ excluded, excluded_counts: counts }: Fixing, style: Style): string[] {
  const groups = [...groupBy(excluded, ({ reason }) => reason)];
  const rows = groups.map(([reason, quotes]) => {
    const names = [...new Set(quotes.map(({ constituent }) => constituent))];
    const shown = names.slice(0, SHOWN_EXCLUDED).join(', ');
    const rest = names.length > SHOWN_EXCLUDED ? `, … ${names.length - SHOWN_EXCLUDED} more` : '';
    return [String(quotes.length), REASONS[reason] ?? reason, shown + rest];
  });
  const outside = Object.entries(counts).map(([reason, count]) => [
    String(count),
    reason.replaceAll('_', ' '),
    '',
  ]);
  const all = [...rows, ...outside];
  if (all.length === 0) return [];
  const columns = [
    { title: 'quotes', align: 'right' as const },
    { title: 'excluded because' },
    { title: 'models' },
  ];
  return table(columns, all, style);
}

function decisionsOf({ decisions }: Fixing, style: Style): string[] {
  if (decisions.length === 0) return [];
  const rows = decisions.map((one) => [
    ...[one.decision, one.constituent, one.venue ? `${one.seller} at ${one.venue}` : one.seller],
    ...[one.effective_at, one.decided_at, one.approvers.join(', '), one.rationale],
  ]);
  const columns = ['decision', 'constituent', 'seller', 'quote of', 'decided at', 'by', 'because'];
  return table(
    columns.map((title) => ({ title })),
    rows,
    style,
  );
}

function levelOf(point: Point): number | null {
  return point.published === null ? null : Number(toText(point.published.level));
}

/** Change of the level since a row, coloured; a dash where there is nothing to compare. */
function change(level: string | null, from: Point | undefined, style: Style): string {
  if (level === null || !from?.published) return '–';
  const text = moved(level, from.published.level);
  if (text.startsWith('-')) return style.green(text);
  return /[1-9]/.test(text) ? style.red(text) : text;
}

/** `-12.34%`, exact to its last place. */
function moved(now: string, then: Decimal): string {
  const percent = multiply(subtract(decimal(now), then), decimal('100'));
  const text = toFixedText(divideToPlaces(percent, then, 2, 'half_even'), 2);
  return `${text.startsWith('-') || /^0\.0+$/.test(text) ? '' : '+'}${text}%`;
}

/** A number short enough to read: six significant digits. */
function significant(text: string): string {
  return Number(Number(text).toPrecision(6)).toString();
}

function percent(share: string): string {
  return `${(Number(share) * 100).toFixed(1)}%`;
}
