import { wallClockToMs } from '../../src/domain/dates.ts';
import {
  type BookRows,
  CALENDAR,
  type CanonicalInputs,
  CORRECTIONS,
  canonicalInputs,
  canonicalText,
  type Evidence,
  FX,
  HOLDS,
  JUDGEMENTS,
  MODELS,
  QUOTES,
  REVISIONS,
  type Rulebook,
  readTable,
  SELLERS,
  SUCCESSION,
  type Table,
  USAGE,
} from '../../src/index.ts';
import { candidatesOf } from '../../src/select/scope.ts';

/** What a fixing says that it rests on, at its own cut-off. */
export function inputsOf(rules: Rulebook, known: Evidence, day: string): CanonicalInputs {
  const cutoffMs = wallClockToMs(day, rules.cutoff);
  const horizon = { cutoffMs, knownAtMs: cutoffMs };
  const market = { candidates: candidatesOf(rules, known) };
  return canonicalInputs([{ rules, market }], known, day, horizon);
}

/** Reads canonical rows as a stranger would: as CSV files, and nothing else. */
export async function readBack(inputs: CanonicalInputs): Promise<BookRows> {
  const read = async <Row>(table: Table<Row>, kind: keyof CanonicalInputs): Promise<Row[]> => {
    if (inputs[kind].lines.length === 0) return [];
    const bytes = new TextEncoder().encode(canonicalText(inputs[kind]));
    const { rows, rejects } = await readTable(table, [bytes], `${kind}.csv`);
    if (rejects.length > 0) throw new RangeError(JSON.stringify(rejects));
    return rows.map(({ row }) => row);
  };
  return {
    quotes: await read(QUOTES, 'quotes'),
    usage: await read(USAGE, 'usage'),
    fx: await read(FX, 'fx'),
    models: await read(MODELS, 'models'),
    sellers: await read(SELLERS, 'sellers'),
    corrections: await read(CORRECTIONS, 'corrections'),
    holds: await read(HOLDS, 'holds'),
    judgements: await read(JUDGEMENTS, 'judgements'),
    succession: await read(SUCCESSION, 'succession'),
    revisions: await read(REVISIONS, 'revisions'),
    calendars: await read(CALENDAR, 'calendars'),
  };
}
