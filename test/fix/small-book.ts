import { decimal } from '../../src/domain/decimal.ts';
import {
  type BookRows,
  type CalendarDay,
  EMPTY_BOOK,
  type HoldDecision,
  type Judgement,
  type Revision,
  type Succession,
} from '../../src/domain/rows.ts';
import type { OneOrMore } from '../../src/domain/versions.ts';
import {
  backfill,
  calculateFixing,
  type Evidence,
  evidenceOf,
  type Fixing,
  type FixingOptions,
  parseRulebook,
  type Quote,
  type Rulebook,
  type Usage,
} from '../../src/index.ts';
import { at } from '../normalize/rows.ts';

const HEADER: Readonly<Record<string, string>> = {
  schema: 'mtok.rulebook/1',
  index: 'TEST',
  version: '1.0.0',
  base: '{ date: 2026-07-01, level: "100" }',
  workload: '{ input: "0.5", output: "0.5" }',
  rebalance: '{ frequency: none }',
};

/** A rulebook of level 100 on 2026-07-01, never rebalanced, with these keys in YAML beside it. */
export function rulebook(keys: Readonly<Record<string, string>> = {}): Rulebook {
  const { rulebook: found, rejects } = parseRulebook(rulebookText(keys));
  if (!found) throw new RangeError(JSON.stringify(rejects));
  return found;
}

/** The same as the text of a file. */
export function rulebookText(keys: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ ...HEADER, ...keys }).map(([key, value]) => `${key}: ${value}`);
  return `${lines.join('\n')}\n`;
}

/** What is wrong with these keys, as `key.key: expected`. */
export function refusals(keys: Readonly<Record<string, string>>): string[] {
  const { rejects } = parseRulebook(rulebookText(keys));
  return rejects.map(({ column, expected }) => `${column}: ${expected}`);
}

/**
 * A quote in one line: `2026-07-03 acme/alpha 3` costs 3 for each leg from that day on, and
 * `2026-07-03 acme/alpha withdrawn` ends it. Options: `out=5 cached=1 lab= venue= region= tier=
 * context= window= currency= basis= until= observed=`, moments as days or RFC 3339, a window with
 * `_` for its blanks.
 */
export function quote(line: string): Quote {
  const [effective = '', name = '', price = '', ...rest] = line.split(' ');
  const [seller = '', model = ''] = name.split('/');
  const option = Object.fromEntries(rest.map((text) => text.split('=')));
  const legs = {
    input: decimal(price === 'withdrawn' ? 1 : price),
    ...(option.cached ? { cached_input: decimal(option.cached) } : {}),
    output: decimal(option.out ?? (price === 'withdrawn' ? 1 : price)),
  };
  return {
    ...{
      good: 'token',
      seller,
      model,
      lab: option.lab ?? '',
      venue: option.venue ?? seller,
      source: '',
    },
    ...{ region: option.region ?? 'global', serviceTier: option.tier ?? 'standard' },
    ...{
      contextFrom: Number(option.context ?? 0),
      windowUtc: (option.window ?? '').replaceAll('_', ' '),
    },
    ...{ currency: option.currency ?? 'USD', basis: option.basis ?? 'list' },
    event: price === 'withdrawn' ? 'withdrawn' : 'quote',
    legs: price === 'withdrawn' ? {} : legs,
    effectiveAtMs: at(effective),
    observedAtMs: at(option.observed ?? effective),
    isReconstructed: option.observed === undefined,
    validUntilMs: option.until === undefined ? null : at(option.until),
  };
}

/** A GPU hour in one line: `2026-07-03 acme/h100-sxm-80gb 3.2`, on demand unless `tier=` says else. */
export function gpuHour(line: string): Quote {
  const found = quote(line.includes(' tier=') ? line : `${line} tier=on_demand`);
  const { input } = found.legs;
  return { ...found, good: 'gpu_hour', legs: input ? { rate: input } : {} };
}

/**
 * Usage in one line: `2026-06-01 2026-06-08 alpha 700` is a total, `alpha 500+200` input and
 * output. Options: `published= seller= cached=`.
 */
export function usage(line: string): Usage {
  const [start = '', end = '', model = '', count = '', ...rest] = line.split(' ');
  const option = Object.fromEntries(rest.map((text) => text.split('=')));
  const [first = '0', second] = count.split('+');
  return {
    ...{ model, seller: option.seller ?? '', source: '' },
    periodStartMs: at(start),
    periodEndMs: at(end),
    publishedAtMs: at(option.published ?? end),
    tokens:
      second === undefined
        ? { kind: 'total', total: BigInt(first) }
        : {
            kind: 'split',
            input: BigInt(first),
            cached: BigInt(option.cached ?? 0),
            output: BigInt(second),
          },
  };
}

/** A decision in one line: `2026-07-03 acme/alpha release 2026-07-04T12:00:00Z`, at a venue too. */
export function hold(line: string): HoldDecision {
  const [effective = '', name = '', decision = '', decided = '', venue = ''] = line.split(' ');
  const [seller = '', model = ''] = name.split('/');
  return {
    ...{ seller, model, venue, effectiveAtMs: at(effective), ...SIGNED },
    ...{ decision: decision as HoldDecision['decision'], decidedAtMs: at(decided) },
  };
}

/** A judged price of both legs: `2026-07-03 2026-07-06 alpha 5 2026-07-03`; `-` ends never. */
export function judgement(line: string): Judgement {
  const [from = '', until = '', constituent = '', price = '', decided = ''] = line.split(' ');
  return {
    ...{ constituent, from, until: until === '-' ? null : until, ...SIGNED },
    legs: { input: decimal(price), output: decimal(price) },
    decidedAtMs: at(decided),
  };
}

/** `2026-07-03 alpha beta` is linked; `2026-07-03 alpha beta 0.8` compared, times 0.8. */
export function succession(line: string): Succession {
  const [effective = '', predecessor = '', successor = '', factor] = line.split(' ');
  return {
    ...{ predecessor, successor, comparable: factor !== undefined },
    ...{ factor: decimal(factor ?? 1), effectiveAtMs: at(effective) },
    ...{ evidence: 'the vendor says so', approvers: SIGNED.approvers },
  };
}

/** `TEST 2026-07-03 1 2026-07-05T12:00:00Z`: the first revision of a fixing, and what it knows. */
export function revision(line: string): Revision {
  const [index = '', date = '', number = '', known = ''] = line.split(' ');
  return { index, date, revision: Number(number), knownAtMs: at(known), reason: 'late' };
}

/** Days of a calendar: `2026-07-03 closed`, `2026-07-04 open`. */
export function calendar(name: string, ...lines: readonly string[]): CalendarDay[] {
  return lines.map((line) => {
    const [date = '', status] = line.split(' ');
    return { calendar: name, date, isOpen: status === 'open' };
  });
}

const SIGNED = { rationale: 'asked the vendor', approvers: ['a. smith', 'b. jones'] };

export function evidence(quotes: readonly string[], rows: Partial<BookRows> = {}): Evidence {
  return evidenceOf({ ...EMPTY_BOOK, quotes: quotes.map(quote), ...rows });
}

export function fixingOn(
  rules: OneOrMore<Rulebook>,
  known: Evidence,
  date: string,
  options?: FixingOptions,
): Fixing {
  const { fixing, ...result } = calculateFixing(rules, known, date, options);
  if (!fixing) throw new RangeError(JSON.stringify(result));
  return fixing;
}

export function fixings(
  rules: OneOrMore<Rulebook>,
  known: Evidence,
  from: string,
  to: string,
  options?: FixingOptions,
): Fixing[] {
  const run = backfill(rules, known, from, to, options);
  if (!run.items) throw new RangeError(run.none.message);
  return [...run.items];
}

/** A fixing in a few words: `02 #1 price 3.0000 level 100.0000`, or why it is withheld. */
export function brief({ date, series, value, level, withheld }: Fixing): string {
  const head = `${date.slice(8)} #${series.number}`;
  return value && level !== null
    ? `${head} price ${value.price} level ${level}`
    : `${head} withheld ${withheld.join(' ')}`;
}

export function briefs(
  rules: OneOrMore<Rulebook>,
  known: Evidence,
  from: string,
  to: string,
  options?: FixingOptions,
): string[] {
  return fixings(rules, known, from, to, options).map(brief);
}

/** `alpha 3 observed`: what stands for each constituent. */
export function standing({ constituents }: Fixing): string[] {
  return constituents.map(({ id, price, evidence: kind }) => `${id} ${price} ${kind}`);
}

/** `alpha/acme not_first_party`: what is not used, and why. */
export function excluded(fixing: Fixing): string[] {
  return fixing.excluded.map(
    ({ constituent, seller, reason }) => `${constituent}/${seller} ${reason}`,
  );
}
