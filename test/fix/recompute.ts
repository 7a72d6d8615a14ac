import { wallClockToMs } from '../../src/domain/dates.ts';
import {
  type BookRows,
  type CanonicalInputs,
  CORRECTIONS,
  canonicalInputs,
  canonicalText,
  type Evidence,
  FX,
  MODELS,
  QUOTES,
  type Rulebook,
  readTable,
  SELLERS,
  type Table,
  USAGE,
} from '../../src/index.ts';
import { candidatesOf } from '../../src/select/scope.ts';

/** What a fixing says that it rests on, at its own cut-off. */
export function inputsOf(rules: Rulebook, known: Evidence, day: string): CanonicalInputs {
  const cutoffMs = wallClockToMs(day, rules.cutoff);
  const horizon = { cutoffMs, knownAtMs: cutoffMs };
  return canonicalInputs(rules, known, candidatesOf(rules, known), day, horizon);
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
  };
}
