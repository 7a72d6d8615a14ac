import type { Day } from '../domain/dates.ts';
import {
  type Decimal,
  decimal,
  divide,
  ONE,
  subtract,
  toFixedText,
  toText,
} from '../domain/decimal.ts';
import type { Workload } from '../domain/good.ts';
import type { Study } from '../domain/study.ts';
import type { ReferenceSystem } from '../domain/system.ts';
import { column } from './column.ts';
import { exactPercent, inWords } from './figures.ts';
import { impliedPrice, type Run, throughputOf } from './implied-price.ts';

/** A day on which both indices have a price of their own. */
export interface SpreadDay {
  readonly date: Day;
  /** As published: US dollars per GPU and hour. */
  readonly rate: Decimal;
  /** As published: US dollars per million tokens. */
  readonly listed: Decimal;
}

export interface SpreadOf {
  readonly system: ReferenceSystem;
  readonly gpuIndex: string;
  readonly tokenIndex: string;
  /** Of the token index. */
  readonly workload: Workload;
  /** What a reader of the GPU index has to know, where it is no price that anybody can buy at. */
  readonly isMixed: boolean;
  /** What the two indices hold on the last day. */
  readonly held: { readonly gpus: readonly string[]; readonly models: readonly string[] };
  readonly days: readonly SpreadDay[];
  readonly origin: string;
  readonly sources: readonly string[];
}

const PLACES = 4;
const UTILIZATIONS = ['0.1', '0.25', '0.5', '0.75', '1'].map((text) => decimal(text));
const SPEEDS = ['0.5', '1', '2'].map((text) => decimal(text));

/**
 * The spread between what a token costs to make on a reference system and what it is listed at,
 * day by day, with its sensitivity on the last day. Decimals are exact until they are shown,
 * half-even to 4 places.
 *
 * @param of days in the order of time, at least one.
 */
export function spreadStudy(of: SpreadOf): Study {
  const { system, gpuIndex, tokenIndex, workload, days } = of;
  const declared: Run = { utilization: system.utilization, speed: ONE };
  const last = days.at(-1);
  if (!last) throw new RangeError('expected a day with both prices');
  const implied = impliedPrice(last.rate, system, workload, declared);
  const even = divide(
    impliedPrice(last.rate, system, workload, { utilization: ONE, speed: ONE }).price,
    last.listed,
  );
  return {
    schema: 'mtok.study/1',
    study: 'spread',
    title: `${tokenIndex} against ${gpuIndex} on ${system.system} ${system.version}`,
    about: `${system.title}; ${days[0]?.date} to ${last.date}, ${of.origin}`,
    findings: findingsOf(last, implied.price, even, system),
    assumptions: assumptionsOf(of),
    warnings: warningsOf(of),
    tables: [
      {
        name: 'spread',
        title: 'Day by day',
        columns: [
          column('date', 'day', 'On which both indices have a price of their own'),
          column('rate', 'decimal', `Price of ${gpuIndex}`, 'USD/GPU-hour'),
          column('listed', 'decimal', `Price of ${tokenIndex}`, 'USD/MTok'),
          column(
            'implied_input',
            'decimal',
            'What a million input tokens cost to make',
            'USD/MTok',
          ),
          column('implied_output', 'decimal', 'The same of output tokens', 'USD/MTok'),
          column('implied', 'decimal', 'The same of the workload', 'USD/MTok'),
          column('margin', 'decimal', 'Listed less implied', 'USD/MTok'),
          column('margin_percent', 'decimal', 'Of what is listed', '%'),
        ],
        rows: days.map((day) => rowOf(day, system, workload, declared)),
      },
      {
        name: 'sensitivity',
        title: `On ${last.date}, at other utilizations and throughputs`,
        columns: [
          column('utilization', 'decimal', 'Share of the hours at full load', 'share'),
          column('speed', 'decimal', 'Times the declared throughput', 'times'),
          column('implied', 'decimal', 'What the workload costs to make', 'USD/MTok'),
          column('margin', 'decimal', 'Listed less implied', 'USD/MTok'),
          column('margin_percent', 'decimal', 'Of what is listed', '%'),
        ],
        rows: UTILIZATIONS.flatMap((utilization) =>
          SPEEDS.map((speed) => {
            const { price } = impliedPrice(last.rate, system, workload, { utilization, speed });
            return [
              ...[toText(utilization), toText(speed), shown(price)],
              ...marginOf(last.listed, price),
            ];
          }),
        ),
      },
    ],
    charts: [
      {
        ...{ name: 'spread', title: 'Listed and implied price', kind: 'line', table: 'spread' },
        ...{ x: 'date', y: ['listed', 'implied'], unit: 'USD/MTok' },
      },
    ],
    sources: [
      ...Object.entries(system.sources).map(([name, source]) => `${name}: ${source}`),
      ...of.sources,
    ],
  };
}

function rowOf(day: SpreadDay, system: ReferenceSystem, workload: Workload, run: Run): string[] {
  const { price, legs } = impliedPrice(day.rate, system, workload, run);
  const { input = price, output = price } = legs;
  return [
    ...[day.date, shown(day.rate), shown(day.listed), shown(input), shown(output), shown(price)],
    ...marginOf(day.listed, price),
  ];
}

function marginOf(listed: Decimal, implied: Decimal): [margin: string, percent: string] {
  const margin = subtract(listed, implied);
  return [shown(margin), exactPercent(divide(margin, listed), 1)];
}

function shown(value: Decimal): string {
  return toFixedText(value, PLACES);
}

function findingsOf(
  { date, rate, listed }: SpreadDay,
  implied: Decimal,
  even: Decimal,
  system: ReferenceSystem,
): string[] {
  const [margin, percent] = marginOf(listed, implied);
  const atFull = system.utilization;
  return [
    `On ${date} a GPU hour at ${toText(rate)} USD makes a million tokens of the workload for ` +
      `${shown(implied)} USD, at a utilization of ${toText(atFull)}. They are listed at ` +
      `${toText(listed)}: a margin of ${margin} USD, ${percent}% of it.`,
    `The margin is 0 at a utilization of ${inWords(toText(even), 3)}` +
      `${isAboveOne(even) ? ': more than there are hours, so on this system it is never 0' : ''}.`,
  ];
}

function isAboveOne(value: Decimal): boolean {
  return subtract(value, ONE).digits > 0n;
}

/** An index of other things than the system is made of prices something else. */
function mismatch(
  index: string,
  held: readonly string[],
  what: string,
  own: string,
): readonly string[] {
  if (held.length === 1 && held[0] === own) return [];
  const all = held.length === 1 ? held[0] : `${held.length} constituents`;
  const among = held.length > 1 && held.includes(own) ? ', one of them it' : '';
  return [`The ${what} of the system is ${own}; ${index} holds ${all}${among}.`];
}

function assumptionsOf({ system, workload, gpuIndex, tokenIndex }: SpreadOf): string[] {
  const { throughput, utilization, gpus, precision, batch, model, gpu } = system;
  const tokens = throughputOf(system);
  const speed = (leg: string) => inWords(toText(tokens[leg] ?? ONE), 0);
  const rates =
    throughput.kind === 'flop'
      ? `${speed('output')} tokens/s, prompts and completions alike: ${toText(throughput.flop_per_second)} FLOP/s achieved on each GPU, ${toText(throughput.flop_per_token)} FLOP a token`
      : `${speed('input')} prompt tokens/s or ${speed('output')} completion tokens/s of the whole system at full load`;
  const shares = Object.entries(workload.shares).map(([leg, share]) => {
    return `${toText(share)} ${leg.replace('_', ' ')}`;
  });
  const cached =
    throughput.kind === 'measured' && throughput.cached === undefined
      ? ['A cached prompt token is taken to cost what a fresh one does: an upper bound.']
      : [];
  return [
    `${system.system} ${system.version}, declared on ${system.declared_on}: ${model} on ${gpus} × ${gpu}, ${precision}, ${batch}.`,
    `${rates}.`,
    `Utilization ${toText(utilization)}: the share of paid hours that the system is at full load.`,
    `implied = rate × ${gpus} × 10⁶ ÷ (tokens/s × 3600 × utilization) for each leg, blended by the workload of ${tokenIndex}: ${shares.join(', ')}.`,
    ...cached,
    `The rate is the published price of ${gpuIndex}, of GPUs alone: no staff, network, storage, licence or profit.`,
  ];
}

function warningsOf({ isMixed, gpuIndex, tokenIndex, held, system }: SpreadOf): string[] {
  return [
    ...mismatch(gpuIndex, held.gpus, 'GPU', system.gpu),
    ...mismatch(tokenIndex, held.models, 'model', system.model),
    ...(isMixed
      ? [
          `${gpuIndex} is made of daily minima with forms and terms mixed: its price is not that of the GPU of the system.`,
        ]
      : []),
    'Throughput moves with the length of prompts and answers, the batch and the software; utilization is nobody’s published number. The sensitivity says what follows from others.',
  ];
}
