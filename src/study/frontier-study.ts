import { addDays, type Day } from '../domain/dates.ts';
import { compare, type Decimal, toFixedText, toText } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Study, StudyChart, StudyTable } from '../domain/study.ts';
import { ln } from '../domain/transcendental.ts';
import type { Score } from '../ingest/scores.ts';
import type { PlacedRow } from '../ingest/table.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { column } from './column.ts';
import { signedPercent, significant } from './figures.ts';
import { fitTable, type NamedFit } from './fit-table.ts';
import { cheapestFor, frontierOf, type ScoredModel, scoredOn } from './frontier.ts';
import { marketPrices, priceTerms } from './market-prices.ts';
import { lineThrough } from './regression.ts';
import { scoresByModel } from './scored.ts';

/** What a frontier is asked of. */
export interface FrontierRequest {
  /** How a price is formed: no basket is read. */
  readonly rules: Rulebook;
  readonly evidence: Evidence;
  readonly scores: readonly PlacedRow<Score>[];
  /** The last day of the range: the day of the frontier. */
  readonly to: Day;
  /** With it the price of reaching scores is a series. */
  readonly from?: Day;
  /** Scores to reach; those of the last day's frontier unless said. */
  readonly reach?: readonly Decimal[];
  /** Of the prices. */
  readonly sources?: readonly string[];
}

const PRICE_PLACES = 4;
/** As many steps as a chart has lines for. */
const MOST_REACHED = 8;

interface Reached {
  readonly day: Day;
  readonly score: Decimal;
  readonly model: ScoredModel | undefined;
}

/**
 * The cheapest price that reaches each score: the models that nobody undercuts on a day, the line
 * ln(price) = a + b·score through them, and over a range what reaching a score cost.
 *
 * @throws {MtokError} where the scores name models that are not of the book, or none has a price.
 */
export function frontierStudy(request: FrontierRequest): Study {
  const { rules, evidence, to, from } = request;
  const scores = scoresByModel(request.scores, evidence, to);
  const history: { readonly day: Day; readonly frontier: readonly ScoredModel[] }[] = [];
  let models: readonly ScoredModel[] = [];
  for (const { day, priced } of marketPrices(rules, evidence, daysFrom(from ?? to, to))) {
    models = scoredOn(priced, scores);
    history.push({ day, frontier: frontierOf(models) });
  }
  const frontier = history.at(-1)?.frontier ?? [];
  if (frontier.length === 0) {
    const message = `none of the ${scores.size} models with a score has a price on ${to}`;
    throw new MtokError('no', message);
  }
  const priced = new Set(models.map(({ model }) => model));
  const unpriced = [...scores.keys()].filter((model) => !priced.has(model));
  const fits = [
    { name: 'the frontier', fit: fitOf(frontier) },
    { name: 'all models', fit: fitOf(models) },
  ];
  const wanted = request.reach ?? spread(frontier.map(({ score }) => score));
  const reached = history.flatMap(({ day, frontier: then }) =>
    wanted.map((score) => ({ day, score, model: cheapestFor(then, score) })),
  );
  const range = from === undefined ? to : `${from} to ${to}`;
  const { benchmark = '' } = request.scores[0]?.row ?? {};
  return {
    schema: 'mtok.study/1',
    study: 'frontier',
    title: `The cheapest price that reaches a score${benchmark ? `: ${benchmark}` : ''}`,
    about: `${models.length} models with a score and a price, ${range}`,
    assumptions: [
      priceTerms(rules),
      "Scores are the file's own and stand for all days: more is better.",
      'A model is on the frontier where none has at least its score for less, nor a higher one ' +
        'for as much.',
      'Lines are ordinary least squares of ln(price) on score, models weighed equally.',
      'How many tokens a model needs for a task is not in a price per token.',
    ],
    findings: [
      ...describeFrontier(frontier, models, to),
      ...fits.flatMap(describeFit),
      ...(from === undefined ? [] : wanted.flatMap((score) => describeReach(score, reached))),
    ],
    warnings: warningsOf(frontier, unpriced, to),
    tables: [
      frontierTable(frontier, to),
      modelsTable(models, frontier),
      fitTable('ln(USD/MTok) on score', 'fit', fits),
      ...(from === undefined ? [] : [reachTable(reached)]),
    ],
    charts: chartsOf(from !== undefined),
    sources: [
      ...(request.sources ?? []),
      ...new Set(request.scores.flatMap(({ row }) => row.source || [])),
    ],
  };
}

function* daysFrom(from: Day, to: Day): Generator<Day> {
  for (let day = from; day <= to; day = addDays(day, 1)) yield day;
}

function fitOf(models: readonly ScoredModel[]) {
  const scores = models.map(({ score }) => numberOf(score));
  return lineThrough(
    scores,
    models.map(({ price }) => numberOf(ln(price))),
  );
}

function numberOf(value: Decimal): number {
  return Number(toText(value));
}

/** At most eight of the scores, evenly, the last one among them. */
function spread(scores: readonly Decimal[]): Decimal[] {
  const step = Math.max(1, Math.ceil(scores.length / MOST_REACHED));
  return scores.filter((_, at) => (scores.length - 1 - at) % step === 0);
}

function describeFrontier(
  frontier: readonly ScoredModel[],
  models: readonly ScoredModel[],
  day: Day,
): string[] {
  const [first, last] = [frontier[0], frontier.at(-1)];
  if (!first || !last) return [];
  const shown = ({ model, score, price }: ScoredModel) =>
    `${model} (${toText(score)} for ${toFixedText(price, PRICE_PLACES)} USD/MTok)`;
  const ends = first === last ? shown(first) : `from ${shown(first)} to ${shown(last)}`;
  return [`On ${day} ${frontier.length} of ${models.length} models are on the frontier: ${ends}.`];
}

function describeFit({ name, fit }: NamedFit): string[] {
  if (!fit)
    return [
      `Through ${name} there is no line: it takes three models, and different scores and prices.`,
    ];
  const { slope, standardError, rSquared, n } = fit;
  const error = ` (standard error ${significant(standardError, 3)})`;
  return [
    `Through ${name} ln(price) moves by ${significant(slope, 4)}${error} a point, R² ` +
      `${significant(rSquared, 3) || 'none'}, n ${n}: by ${signedPercent(Math.expm1(slope))} in price.`,
  ];
}

function describeReach(score: Decimal, reached: readonly Reached[]): string[] {
  const known = reached.filter((one) => one.model !== undefined && compare(one.score, score) === 0);
  const [first, last] = [known[0], known.at(-1)];
  if (!first?.model || !last?.model)
    return [`No model reaches ${toText(score)} on any of the days.`];
  const [then, now] = [first.model, last.model];
  const change = signedPercent(numberOf(now.price) / numberOf(then.price) - 1);
  return [
    `A score of ${toText(score)} cost ${toFixedText(then.price, PRICE_PLACES)} USD/MTok on ` +
      `${first.day} (${then.model}) and ${toFixedText(now.price, PRICE_PLACES)} on ${last.day} ` +
      `(${now.model}): ${change}.`,
  ];
}

function warningsOf(
  frontier: readonly ScoredModel[],
  unpriced: readonly string[],
  day: Day,
): string[] {
  const list = unpriced.slice(0, MOST_NAMED).join(', ');
  const more = unpriced.length > MOST_NAMED ? ` and ${unpriced.length - MOST_NAMED} more` : '';
  return [
    'The frontier is chosen by price: the error of its slope is that of a line through these ' +
      'points, and no test of the market.',
    ...(frontier.length < FEW ? [`A line through ${frontier.length} points says little.`] : []),
    ...(unpriced.length > 0 ? [`Without a price on ${day}: ${list}${more}.`] : []),
  ];
}

const FEW = 5;
const MOST_NAMED = 12;

function frontierTable(frontier: readonly ScoredModel[], day: Day): StudyTable {
  return {
    name: 'frontier',
    title: `What reaches each score for the least on ${day}`,
    columns: [
      column('score', 'decimal', 'As the file gives it'),
      column('usd_per_mtok', 'decimal', 'The cheapest price that reaches it', 'USD/MTok'),
      column('model', 'text', 'Whose price it is'),
      column('lab', 'text', 'Who made it'),
      column('open_weights', 'text', 'true or false'),
    ],
    rows: frontier.map(({ score, price, model, lab, openWeights }) => [
      ...[toText(score), toFixedText(price, PRICE_PLACES), model, lab, String(openWeights)],
    ]),
  };
}

function modelsTable(models: readonly ScoredModel[], frontier: readonly ScoredModel[]): StudyTable {
  const on = new Set(frontier);
  const sorted = [...models].sort((a, b) => compare(b.score, a.score) || compare(a.price, b.price));
  return {
    name: 'models',
    title: 'Every model with a score and a price',
    columns: [
      column('model', 'text', 'Of the book'),
      column('lab', 'text', 'Who made it'),
      column('score', 'decimal', 'As the file gives it'),
      column('usd_per_mtok', 'decimal', 'Its price', 'USD/MTok'),
      column('place', 'text', 'frontier or undercut'),
      column('undercut_by', 'text', 'The cheapest model with at least its score'),
    ],
    rows: sorted.map((one) => [
      ...[one.model, one.lab, toText(one.score), toFixedText(one.price, PRICE_PLACES)],
      on.has(one) ? 'frontier' : 'undercut',
      on.has(one) ? '' : (cheapestFor(frontier, one.score)?.model ?? ''),
    ]),
  };
}

function reachTable(reached: readonly Reached[]): StudyTable {
  return {
    name: 'reach',
    title: 'The price of reaching a score, day by day',
    columns: [
      column('date', 'day', 'The day'),
      column('score', 'decimal', 'The score to reach'),
      column('usd_per_mtok', 'decimal', 'The cheapest price; empty: none reaches it', 'USD/MTok'),
      column('model', 'text', 'Whose price it is'),
    ],
    rows: reached.map(({ day, score, model }) => [
      ...[day, toText(score), model ? toFixedText(model.price, PRICE_PLACES) : ''],
      model?.model ?? '',
    ]),
  };
}

function chartsOf(hasSeries: boolean): StudyChart[] {
  return [
    {
      ...{ name: 'frontier', title: 'Score and price', kind: 'points', table: 'models' },
      ...{ x: 'score', y: ['usd_per_mtok'], by: 'place', label: 'model', log: ['y'] },
      unit: 'USD/MTok',
    },
    ...(hasSeries
      ? [
          {
            ...{ name: 'reach', title: 'The price of reaching a score', kind: 'line' as const },
            ...{ table: 'reach', x: 'date', y: ['usd_per_mtok'], by: 'score' },
            ...{ log: ['y' as const], unit: 'USD/MTok' },
          },
        ]
      : []),
  ];
}
