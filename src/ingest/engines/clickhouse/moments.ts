/** A moment that SQL reads. */
export interface SqlMoment {
  /** 1 where there is one that SQL can read. */
  readonly isRead: string;
  /** Its epoch milliseconds; any number where it is not read. */
  readonly ms: string;
  /** What has to stand before both, one name each. */
  readonly names: readonly (readonly [name: string, sql: string])[];
}

const DAY = '[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
const TIME = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?';
const OFFSET = '([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])';
const MOMENT = `^${DAY}([Tt]${TIME}${OFFSET})?$`;

/**
 * The moment that a text says, as `parseMoment` reads it, but for years before 1000. It is whole
 * numbers alone: no type of the server holds every year, and none tells 30 February apart.
 *
 * @param text SQL of a text that is not null.
 * @param prefix of the names that it needs.
 */
export function momentOfText(text: string, prefix: string): SqlMoment {
  const [t, year, month, day] = ['t', 'year', 'month', 'day'].map((name) => `${prefix}_${name}`);
  const part = (from: number, length: number) =>
    `toInt64OrZero(substring(${t}, ${from}, ${length}))`;
  const end = (from: number) => `toInt64OrZero(substring(${t}, length(${t}) - ${from}, 2))`;
  const isLeap = `(${year} % 4 = 0 AND (${year} % 100 != 0 OR ${year} % 400 = 0))`;
  const isLong = `((${month} + intDiv(${month}, 8)) % 2)`;
  const longest = `if(${month} = 2, if(${isLeap}, 29, 28), 30 + ${isLong})`;
  // Years that begin in March: the day that some have more is their last.
  const from = `(${year} - if(${month} <= 2, 1, 0))`;
  const months = `intDiv(153 * (${month} + if(${month} > 2, -3, 9)) + 2, 5)`;
  const leaps = `intDiv(${from}, 4) - intDiv(${from}, 100) + intDiv(${from}, 400)`;
  const days = `(${from} * 365 + ${leaps} + ${months} + ${day} - 719469)`;
  const seconds = `(${part(12, 2)} * 3600 + ${part(15, 2)} * 60 + ${part(18, 2)})`;
  const digits = `extract(${t}, '[.]([0-9]{1,3})')`;
  const fraction = `toInt64OrZero(substring(concat(${digits}, '000'), 1, 3))`;
  const sign = `substring(${t}, length(${t}) - 5, 1)`;
  const offset = `(${end(4)} * 60 + ${end(1)}) * 60000`;
  const shift = `multiIf(${sign} = '+', ${offset}, ${sign} = '-', -${offset}, 0)`;
  const time = `if(length(${t}) > 10, ${seconds} * 1000 + ${fraction} - (${shift}), 0)`;
  return {
    names: [
      [`${prefix}_t`, text],
      [`${prefix}_year`, part(1, 4)],
      [`${prefix}_month`, part(6, 2)],
      [`${prefix}_day`, part(9, 2)],
    ],
    isRead: `(match(${t}, '${MOMENT}') AND ${day} <= ${longest})`,
    ms: `(${days} * 86400000 + ${time})`,
  };
}
