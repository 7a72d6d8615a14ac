import { aggregateOf } from '../calculate/aggregate.ts';
import type { Day } from '../domain/dates.ts';
import {
  compare,
  type Decimal,
  decimal,
  divide,
  ONE,
  subtract,
  toFixedText,
  ZERO,
} from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Study } from '../domain/study.ts';
import type { Tokenizers } from '../domain/tokenizers.ts';
import { latestOf, type OneOrMore } from '../domain/versions.ts';
import { resultsOn } from '../fix/backfill.ts';
import type { Evidence } from '../normalize/evidence.ts';
import {
  type CharacterDay,
  constituentsTable,
  PRICE_UNIT,
  seriesTable,
  tokenizersTable,
} from './characters-tables.ts';
import { exactPercent } from './figures.ts';
import {
  type CharacterPrice,
  charactersPerToken,
  perCharacter,
  type Tokenized,
  tokenized,
} from './per-character.ts';

/** An index per character: on which days, and by what counts. */
export interface CharactersRequest {
  readonly rules: OneOrMore<Rulebook>;
  readonly evidence: Evidence;
  readonly from: Day;
  readonly to: Day;
  readonly tokenizers: Tokenizers;
  /** Parts of the corpus; all of them unless said. */
  readonly parts?: readonly string[];
  readonly sources?: readonly string[];
  /** Is told each day. */
  readonly onDay?: (day: Day) => void;
}

/** A range of days, and how many of them have no price per character. */
interface Found {
  readonly days: readonly CharacterDay[];
  /** The constituents of the last day that has a price. */
  readonly held: readonly Tokenized[];
  readonly lastDay: Day;
  readonly withheld: number;
}

/**
 * An index by characters instead of tokens: a series of USD per million characters for each part of
 * the corpus, on the part of the basket whose tokenizers are known, with that part's share.
 *
 * @throws {MtokError} where no day has a constituent with a known tokenizer, or a part is unknown.
 */
export function charactersStudy(request: CharactersRequest): Study {
  const { rules, tokenizers, sources = [] } = request;
  const parts = partsOf(tokenizers, request.parts);
  const found = pricesOf(request, parts);
  const { index, rounding } = latestOf(rules);
  const first = found.days[0]?.day ?? found.lastDay;
  return {
    schema: 'mtok.study/1',
    study: 'characters',
    title: `${index} per million characters`,
    about: `${index} from ${first} to ${found.lastDay}, on the corpus of tokenizers.csv`,
    assumptions: assumptionsOf(request),
    findings: findingsOf(found, tokenizers, rounding.price),
    warnings: warningsOf(found),
    tables: [
      seriesTable(found.days, rounding.price),
      constituentsTable(found.held, found.lastDay),
      tokenizersTable(found.held, parts, tokenizers),
    ],
    charts: [
      {
        ...{ name: 'characters', title: `${index}, USD per million characters`, kind: 'line' },
        ...{ table: 'series', x: 'date', y: ['usd_per_mchar'], by: 'part', unit: PRICE_UNIT },
      },
    ],
    sources: [...sources],
  };
}

function pricesOf(request: CharactersRequest, parts: readonly string[]): Found {
  const { rules, evidence, from, to, tokenizers, onDay } = request;
  const { index } = latestOf(rules);
  const run = resultsOn(rules, evidence, to, (day) => day >= from);
  if (!run.items) throw new MtokError('no', run.none.message);
  const days: CharacterDay[] = [];
  let last: { readonly held: readonly Tokenized[]; readonly day: Day } | undefined;
  let withheld = 0;
  // Days on which nothing moved have the prices of the day before.
  let same: { standing: unknown; held: Tokenized[]; prices: CharacterPrice[] } | undefined;
  for (const { day: chainDay, rules: version, held, print } of run.items) {
    onDay?.(chainDay.day);
    if (!print) withheld += 1;
    if (!print) continue;
    const standing = chainDay.standing();
    if (same?.standing !== standing) {
      const members = tokenized(held, version, tokenizers);
      const prices = parts.flatMap(
        (part) => perCharacter(members, part, version, tokenizers) ?? [],
      );
      same = { standing, held: members, prices };
    }
    for (const price of same.prices) days.push({ ...price, day: chainDay.day });
    if (same.prices.length > 0) last = { held: same.held, day: chainDay.day };
  }
  if (last) return { days, held: last.held, lastDay: last.day, withheld };
  const why = same ? 'no constituent has a known tokenizer' : 'it has no published fixing';
  throw new MtokError('no', `${index} has no price per character from ${from} to ${to}: ${why}`);
}

function partsOf({ counts }: Tokenizers, wanted: readonly string[] | undefined): string[] {
  const known = [...new Set(counts.map(({ part }) => part))];
  const strange = wanted?.find((part) => !known.includes(part));
  if (strange !== undefined) {
    const expected = `expected a part of the corpus, one of ${known.join(', ')}`;
    throw new MtokError('usage', `${expected}, found ${strange}`);
  }
  return wanted === undefined ? known : known.filter((part) => wanted.includes(part));
}

function assumptionsOf({ rules }: CharactersRequest): string[] {
  const aggregate = aggregateOf(latestOf(rules));
  return [
    'A character is a Unicode code point of the corpus; tokens of control, of chat templates and ' +
      'of reasoning are not counted.',
    'Input and output have the same characters per token, and texts have those of the corpus.',
    aggregate === 'geometric'
      ? "The weights are the index's own exponents, on the constituents with known tokenizers."
      : "The index's quantities are tokens; times the characters per token of a constituent they " +
        'are its quantity of characters.',
    'Constituents whose tokenizer is not public, or not to be had, are left out and not imputed.',
    'A tokenizer is inferred where its lab says only which model the training went on from.',
  ];
}

function findingsOf({ days, held, lastDay }: Found, tokenizers: Tokenizers, places: number) {
  const today = days.filter(({ day }) => day === lastDay);
  const [any] = today;
  const known = held.filter(({ row }) => row !== undefined && row.tokenizer !== '');
  const findings = [
    `On ${lastDay} the tokenizers of ${known.length} of ${held.length} constituents are known, ` +
      `${exactPercent(any?.knownShare ?? ZERO, 1)}% of the basket's value; of ` +
      `${exactPercent(any?.statedShare ?? ZERO, 1)}% they are stated.`,
  ];
  for (const { part, perMchar, perMtok } of today) {
    const each = toFixedText(divide(perMtok, perMchar), 2);
    findings.push(
      `${part}: ${toFixedText(perMchar, places)} USD a million characters, at ${each} characters ` +
        `a token (${toFixedText(perMtok, places)} USD/MTok).`,
    );
  }
  return [...findings, ...spreadOf(known, today, tokenizers)];
}

/** How far apart the tokenizers of the basket are: what a price per token cannot show. */
function spreadOf(
  known: readonly Tokenized[],
  today: readonly CharacterDay[],
  tokenizers: Tokenizers,
): string[] {
  return today.slice(0, 1).flatMap(({ part }) => {
    const ratios = known.flatMap(({ row }) => {
      const ratio = row && charactersPerToken(row.tokenizer, part, tokenizers);
      if (!ratio) return [];
      return { name: row.tokenizer, each: divide(ratio.numerator, ratio.denominator) };
    });
    const [first, ...rest] = ratios;
    if (!first) return [];
    const least = rest.reduce((a, b) => (compare(b.each, a.each) < 0 ? b : a), first);
    const most = rest.reduce((a, b) => (compare(b.each, a.each) > 0 ? b : a), first);
    if (least.name === most.name) return [];
    const more = subtract(divide(most.each, least.each), ONE);
    const less = subtract(ONE, divide(least.each, most.each));
    return (
      `A token of ${most.name} holds ${exactPercent(more, 1)}% more characters of ${part} than one of ` +
      `${least.name}: at one price per token the same text costs ${exactPercent(less, 1)}% less.`
    );
  });
}

const HALF = decimal('0.5');

function warningsOf({ days, lastDay, withheld }: Found): string[] {
  const share: Decimal = days.findLast(({ day }) => day === lastDay)?.knownShare ?? ZERO;
  return [
    'Within a series quantities and tokenizers stand, so that a mean price per character moves ' +
      'as the price per token of the same constituents: the two differ in height, and in their ' +
      'steps at rebalances.',
    ...(compare(share, HALF) < 0
      ? [`It speaks for ${exactPercent(share, 1)}% of the basket's value: less than half.`]
      : []),
    ...(withheld > 0 ? [`${withheld} days without a published fixing are left out.`] : []),
  ];
}
