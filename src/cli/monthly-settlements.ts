import type { Contract } from '../domain/contract.ts';
import { decimal } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import type { Settlement, SettlementDay } from '../domain/settlement.ts';
import { latestDay } from '../fix/latest.ts';
import type { Book } from '../ingest/book.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { type Period, periodsOf } from '../settle/period.ts';
import { settle } from '../settle/settle.ts';
import type { Settled } from '../study/hedge.ts';
import type { Month } from '../study/months.ts';
import { settlementInputs } from './settle-inputs.ts';

/**
 * What a contract settles at in each of some months. Those before its first day, that are not over,
 * or that are undetermined have no value.
 *
 * @param publication where the fixings are; else they are calculated from the book.
 */
export async function monthlySettlements(
  months: readonly Month[],
  contract: Contract,
  book: Book,
  publication: string | undefined,
): Promise<Settled[]> {
  const periods = months.map((month): Period => {
    const [period] = periodsOf(contract, month).periods ?? [];
    if (!period) throw new MtokError('no', `${contract.contract} has no settlement of ${month}`);
    return period;
  });
  const about = book.rulebooks.filter(({ index }) => index === contract.index);
  const known = publication === undefined ? latestDay(evidenceOf(book.rows), about) : undefined;
  const last = publication === undefined ? (known ?? '') : '9999-12-31';
  const settling = periods.filter(({ from }) => from >= contract.first_day && from <= last);
  const documents = await settlementsOf(settling, contract, book, publication);
  return periods.map(({ id: month, from }) => {
    if (from < contract.first_day) {
      return { month, value: undefined, status: 'before its first day' };
    }
    const settlement = documents.get(month);
    if (!settlement) return { month, value: undefined, status: 'not yet' };
    const isOver = settlement.status === 'final' || settlement.status === 'preliminary';
    const value = isOver && settlement.settled !== null ? decimal(settlement.settled) : undefined;
    return { month, value, status: settlement.status };
  });
}

/**
 * Another index of the ladder is calculated only where a day gets as far down: most never do, and
 * it takes as long as the contract's own.
 */
async function settlementsOf(
  periods: readonly Period[],
  contract: Contract,
  book: Book,
  publication: string | undefined,
): Promise<ReadonlyMap<Month, Settlement>> {
  const ladder = contract.ladder.filter(({ rule }) => rule !== 'other_index');
  const own = await settled({ ...contract, ladder }, periods);
  const first = contract.ladder.findIndex(({ rule }) => rule === 'other_index');
  if (first < 0) return own;
  const before = contract.ladder.slice(0, first).map(({ rule }) => rule);
  const isAbove = ({ rung }: SettlementDay) =>
    rung === 'fixing' || before.some((rule) => rule === rung);
  const deeper = periods.filter(({ id }) => own.get(id)?.days.every(isAbove) !== true);
  return new Map([...own, ...(await settled(contract, deeper))]);

  async function settled(
    terms: Contract,
    of: readonly Period[],
  ): Promise<ReadonlyMap<Month, Settlement>> {
    if (of.length === 0) return new Map();
    const inputs = await settlementInputs(terms, of, book, publication);
    return new Map(
      of.flatMap((period) => {
        const { settlement } = settle(terms, inputs, period);
        return settlement ? [[period.id, settlement] as const] : [];
      }),
    );
  }
}
