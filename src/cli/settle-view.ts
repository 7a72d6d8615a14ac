import { decimal, sum, toText } from '../domain/decimal.ts';
import type { Settlement, SettlementDay } from '../domain/settlement.ts';
import type { Target } from '../settle/target.ts';
import { type Style, table } from './terminal.ts';

const right = (title: string) => ({ title, align: 'right' as const });
const SHOWN_DIGITS = 12;

/** A settlement for people: each day, its rung and value, then how the price came out. */
export function describeSettlement(
  settlement: Settlement,
  target: Target | undefined,
  style: Style,
): string[] {
  const { contract, period, observations: seen } = settlement;
  return [
    `${style.bold(`${contract.id} ${contract.version}`)}  ${contract.title}`,
    [period.id, statusText(settlement, style), basisText(settlement)].filter(Boolean).join(' · '),
    '',
    ...dayTable(settlement, style),
    '',
    `${seen.actual} of ${seen.scheduled} days have their fixing` +
      (seen.pending > 0 ? `, ${seen.pending} are to come` : '') +
      `; at least ${seen.least} must`,
    ...settlement.events.map(({ event, days, action }) => {
      return `${event.replace('_', ' ')} on ${daysText(days)}: ${action.replace('_', ' ')}`;
    }),
    ...outcome(settlement, style),
    ...(target ? targetLines(target, settlement) : []),
  ];
}

/** The months of a strip, a line each, and what they come to. */
export function describePeriods(settlements: readonly Settlement[], style: Style): string[] {
  const [first] = settlements;
  if (!first) return [];
  const rows = settlements.map((one) => [
    one.period.id,
    one.status,
    `${one.observations.actual}/${one.observations.scheduled}`,
    shortened(one.unrounded),
    one.settled ?? '–',
    one.cash?.amount ?? '–',
  ]);
  const columns = [
    ...[{ title: 'period' }, { title: 'status' }, right('days'), right('mean')],
    ...[right(`settled, ${first.unit}`), right(`cash, ${first.currency}`)],
  ];
  const settled = settlements.filter(({ status }) => status === 'final');
  const cash = sum(settled.map((one) => decimal(one.cash?.amount ?? '0')));
  return [
    `${style.bold(`${first.contract.id} ${first.contract.version}`)}  ${first.contract.title}`,
    ...(settlements.some(({ illustrative }) => illustrative) ? [ILLUSTRATIVE] : []),
    '',
    ...table(columns, rows, style),
    '',
    `final: ${settled.length} of ${settlements.length}; their cash per contract: ` +
      `${toText(cash)} ${first.currency}`,
  ];
}

/** How the indicative settlement went through a month. */
export function describeDaily(settlements: readonly Settlement[], style: Style): string[] {
  const [first] = settlements;
  if (!first) return [];
  const rows = settlements.map((one) => {
    const seen = one.days.findLast(({ rung }) => rung !== 'pending');
    return [
      ...[seen?.day ?? '', seen?.rung ?? '', seen?.value ?? '–', shortened(one.unrounded)],
      ...[one.settled ?? '–', String(one.observations.pending), one.status],
    ];
  });
  const columns = [
    ...[{ title: 'day' }, { title: 'rung' }, right(first.value), right('mean so far')],
    ...[right('settled'), right('days to come'), { title: 'status' }],
  ];
  const { id, version } = first.contract;
  return [
    `${style.bold(`${id} ${version}`)}  ${first.period.id}`,
    '',
    ...table(columns, rows, style),
  ];
}

const ILLUSTRATIVE = 'illustrative: on fixings that were calculated after their day';

function statusText({ status, known_at: at }: Settlement, style: Style): string {
  const since = status === 'final' ? `final since ${at}` : `${status}, as known at ${at}`;
  return status === 'undetermined' ? style.red(since) : since;
}

function basisText({ illustrative }: Settlement): string {
  return illustrative ? ILLUSTRATIVE : '';
}

function dayTable({ days, value, fx }: Settlement, style: Style): string[] {
  const converts = fx?.on === 'each_day';
  const columns = [
    ...[{ title: 'day' }, { title: 'rung' }, right(value)],
    ...(converts ? [right(fx.pair), { title: 'rate of' }] : []),
    ...[{ title: 'fixing' }, { title: '' }],
  ];
  const rows = days.map((day) => [
    ...[day.day, day.rung, day.value ?? '–'],
    ...(converts ? [day.fx?.rate ?? '–', day.fx?.date ?? ''] : []),
    ...[fixingText(day), notes(day)],
  ]);
  return table(columns, rows, style);
}

const SHOWN_HASH = 12;

function fixingText({ fixing, rests_on: others }: SettlementDay): string {
  const ref = others[0] ?? fixing;
  if (!ref) return '–';
  const revision = ref.revision === 0 ? '' : ` r${ref.revision}`;
  return `${ref.date}${revision} ${ref.sha256.slice(0, SHOWN_HASH)}`;
}

function notes({ day, observed, rung, why, withheld, ...rest }: SettlementDay): string {
  const { final, fixing, rests_on: others } = rest;
  const parts = [
    ...(observed === day ? [] : [`carried from ${observed}`]),
    ...(why === null || rung === 'pending' ? [] : [[why, ...(withheld ?? [])].join(' ')]),
    ...(others.length > 1 ? [`on ${others.length} fixings`] : []),
    ...(fixing && !final ? ['provisional'] : []),
  ];
  return parts.join(', ');
}

function outcome(settlement: Settlement, style: Style): string[] {
  const { status, reasons, tick, tie, settled, unit, multiplier, cash, currency } = settlement;
  if (status === 'undetermined') {
    return reasons.map(({ code, days, detail }) => {
      const when = days.length === 0 ? '' : ` (${daysText(days)})`;
      return `${style.red('undetermined')} ${code}: ${detail}${when}`;
    });
  }
  if (settled === null || !cash) return ['no day has a value yet'];
  const applied = tie.applied ? ', which decided' : ', no tie';
  const fixed = cash.fixed === undefined ? '' : `, less ${cash.fixed} fixed`;
  const rows = [
    ['mean', `${shortened(settlement.unrounded)} ${unit}`],
    ['tick', `${tick}, ties ${tie.rule}${applied}`],
    ...(settlement.fx?.settled_at
      ? [['rate', `${settlement.fx.settled_at.rate} ${settlement.fx.pair}`]]
      : []),
    [style.bold('settled'), style.bold(`${settled} ${unit}`)],
    [
      'cash',
      `${cash.amount} ${currency} a contract: ${multiplier.size} ${multiplier.unit}${fixed}`,
    ],
  ];
  return ['', ...table([{ title: '' }, { title: '' }], rows, style).slice(1)];
}

function targetLines({ result, remaining, average }: Target, { unit }: Settlement): string[] {
  if (average === null) return ['', `for ${result} ${unit}: no day is to come`];
  const days = remaining === 1 ? 'the day' : `the ${remaining} days`;
  return ['', `for ${result} ${unit}: ${days} to come would have to average ${shortened(average)}`];
}

/** Forty digits are for programs. */
function shortened(text: string | null): string {
  if (text === null) return '–';
  const [whole = '', fraction = ''] = text.split('.');
  const places = Math.max(0, SHOWN_DIGITS - whole.length);
  return fraction.length > places ? `${whole}.${fraction.slice(0, places)}…` : text;
}

const SHOWN_DAYS = 5;

function daysText(days: readonly string[]): string {
  const more = days.length > SHOWN_DAYS ? `, … ${days.length} days` : '';
  return days.slice(0, SHOWN_DAYS).join(', ') + more;
}
