import { type Ratio, toDecimal } from '../../calculate/aggregate.ts';
import type { Holding } from '../../calculate/influence.ts';
import type { Day } from '../../domain/dates.ts';
import { type Decimal, toFixedText, toText, ZERO } from '../../domain/decimal.ts';
import { goodOf } from '../../domain/goods.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { resultsOn } from '../../fix/backfill.ts';
import type { DayResult } from '../../fix/result.ts';
import type { Evidence } from '../../normalize/evidence.ts';
import { isGeometric } from '../../weigh/weights.ts';
import { markdownTable, short } from './markdown.ts';

/** One fixing by hand: a constituent's blend, the reference price, the level. */
export function workedExample(rulebook: Rulebook, evidence: Evidence, date: Day): string[] {
  const result = resultAt(rulebook, evidence, date);
  if (!result) return [`${rulebook.index} has no fixing on ${date}.`];
  const geometric = isGeometric(rulebook);
  const largest = largestOf(result.held);
  return [
    `### ${rulebook.index} on ${date}`,
    ...(largest ? [blendOf(largest, rulebook)] : []),
    `The basket of series ${result.day.series.number} (from ${result.day.series.firstDay}) has ${result.held.length} constituents. Its ${geometric ? 'exponents' : 'quantities, in shares,'} and today's prices:`,
    basketTable(result.held, rulebook),
    ...(geometric ? geometricSteps(result, rulebook) : arithmeticSteps(result, rulebook)),
  ];
}

function resultAt(rulebook: Rulebook, evidence: Evidence, date: Day): DayResult | undefined {
  const run = resultsOn(rulebook, evidence, date, (day) => day === date);
  if (!run.items) return undefined;
  for (const result of run.items) return result;
  return undefined;
}

function largestOf(held: readonly Holding[]): Holding | undefined {
  return [...held].sort(
    (a, b) => Number(toText(b.share)) - Number(toText(a.share)) || (a.id < b.id ? -1 : 1),
  )[0];
}

function blendOf({ id, standing }: Holding, rulebook: Rulebook): string {
  const sellers = standing.sellers.map(({ seller }) => seller).join(', ') || 'no seller';
  const from = `The price of ${id} (from ${sellers}; ${standing.evidence.replace('_', ' ')})`;
  const price = `${short(toText(standing.price))} ${rulebook.unit}`;
  const { valueLegs } = goodOf(rulebook);
  if (valueLegs.length === 1) return `${from} is ${price}.`;
  const names = valueLegs.map((leg) => leg.replace('_', ' '));
  const terms = valueLegs.map((leg) => {
    const at: Decimal | undefined = standing.legs[leg];
    const share = toText(rulebook.workload.shares[leg] ?? ZERO);
    return `${share} × ${at ? short(toText(at)) : ''}`;
  });
  return (
    `${from} blends its legs ${names.slice(0, -1).join(', ')} and ${names.at(-1)}: ` +
    `${terms.join(' + ')} = ${price}.`
  );
}

function basketTable(held: readonly Holding[], rulebook: Rulebook): string {
  const geometric = isGeometric(rulebook);
  const rows = held.map(({ id, weight, share, standing }) => [
    id,
    short(toText(weight), 8),
    short(toText(standing.price), 8),
    ...(geometric ? [] : [`${(Number(toText(share)) * 100).toFixed(2)}%`]),
    standing.evidence.replace('_', ' '),
  ]);
  const titles = ['constituent', geometric ? 'w' : 'q', `p, ${rulebook.unit}`];
  return markdownTable([...titles, ...(geometric ? [] : ['share of value']), 'evidence'], rows);
}

function geometricSteps(result: DayResult, rulebook: Rulebook): string[] {
  return [`    R_t = exp(Σ w ln p / Σ w) = ${show(result.price)}`, ...levelSteps(result, rulebook)];
}

function arithmeticSteps(result: DayResult, rulebook: Rulebook): string[] {
  const { numerator, denominator } = result.price;
  return [
    `    R_t = Σ q p / Σ q = ${short(toText(numerator))} / ${short(toText(denominator))} = ${show(result.price)}`,
    ...levelSteps(result, rulebook),
  ];
}

function levelSteps(result: DayResult, rulebook: Rulebook): string[] {
  const { day, price, own, withheld } = result;
  const { link } = day.series;
  const { rounding } = rulebook;
  return [
    `    L_t = L_r × R_t / R_r = ${short(toText(link.level))} × ${show(price)} / ${show(link.price)}`,
    withheld.length > 0
      ? `The fixing of the day is withheld (${withheld.join(', ')}): these figures run in the chain and are not published.`
      : `Rounded once for publication: price ${toFixedText(own.price, rounding.price)}, level ${toFixedText(own.level, rounding.level)}. L_r and R_r are level and price of this basket at its link, before ${day.series.firstDay}.`,
  ];
}

function show(ratio: Ratio): string {
  return short(toText(toDecimal(ratio)));
}
