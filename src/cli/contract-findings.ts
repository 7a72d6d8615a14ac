import type { Contract } from '../domain/contract.ts';
import { compare, decimal, toText } from '../domain/decimal.ts';
import { MtokError, nearest } from '../domain/failure.ts';
import type { Book } from '../ingest/book.ts';
import { contractCalendar } from '../settle/settle.ts';
import type { Finding } from './findings.ts';

/** What a contract names has to be in the book: its index, those of its ladder, its calendar. */
export function contractFindings({ contracts, rulebooks, rows }: Book): Finding[] {
  const known = new Set(rulebooks.map(({ index }) => index));
  return contracts.flatMap((contract) => {
    const named = [
      contract.index,
      ...contract.ladder.flatMap((rung) => (rung.rule === 'other_index' ? [rung.index] : [])),
    ];
    const unknown = named.filter((index) => !known.has(index));
    return [
      ...unknown.map((index) => {
        const near = nearest(index, known);
        const advice = near ? `: did you mean ${near}?` : '';
        const message = `${contract.contract}: the book has no rulebook of ${index}${advice}`;
        return { code: 'unknown_index', message };
      }),
      ...calendarFinding(contract, rows.calendars),
    ];
  });
}

/** 100 MTok are worth 50 to 200 dollars: under 10,000 a contract is hardly worth a trade. */
const LEAST_MTOK = decimal(10_000);

export function smallContracts({ contracts }: Book): Finding[] {
  const small = contracts.filter(
    ({ value, multiplier }) =>
      value === 'price' && multiplier.unit === 'MTok' && compare(multiplier.size, LEAST_MTOK) < 0,
  );
  return small.map(({ contract, multiplier }) => {
    const size = `${toText(multiplier.size)} MTok`;
    const message = `${contract}: ${size} are worth little; 10000 or more are usual`;
    return { code: 'small_contract', message };
  });
}

function calendarFinding(contract: Contract, days: Book['rows']['calendars']): Finding[] {
  try {
    contractCalendar(contract, days);
    return [];
  } catch (error) {
    if (error instanceof MtokError) return [{ code: 'unknown_calendar', message: error.message }];
    throw error;
  }
}
