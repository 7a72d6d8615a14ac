import { z } from 'zod';
import { parseMoment } from '../domain/dates.ts';
import { type Decimal, decimal, equals, parseDecimal } from '../domain/decimal.ts';

/** What is wrong with a cell: a code, and the words that say what was expected. */
export class CellFault {
  readonly code: string;
  readonly expected: string;

  constructor(code: string, expected: string) {
    this.code = code;
    this.expected = expected;
  }
}

/** Reads the text of a cell that is not empty. */
export type CellReader<Value> = (text: string) => Value | CellFault;

/** A cell that has to be filled. */
export function cell<Value>(read: CellReader<Value>) {
  return z.transform((text: string, context): Value => {
    const value = text === '' ? new CellFault('missing_value', 'a value') : read(text);
    return value instanceof CellFault ? refuse(value, context) : value;
  });
}

/** A cell that may be empty, as it is where its column is missing. */
export function optionalCell<Value, Blank>(read: CellReader<Value>, blank: Blank) {
  return z.transform((text: string, context): Value | Blank => {
    const value = text === '' ? blank : read(text);
    return value instanceof CellFault ? refuse(value, context) : value;
  });
}

function refuse(fault: CellFault, context: Pick<z.RefinementCtx, 'addIssue'>): never {
  context.addIssue({ code: 'custom', message: fault.expected, params: { code: fault.code } });
  return z.NEVER;
}

const LONGEST_NAME = 200;
/** Control and format characters: line breaks, and what turns or hides text on a screen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A name or an id: some text on one line, without space at its ends. */
export function name(text: string): string | CellFault {
  if (text.length <= LONGEST_NAME && text.trim() === text && !UNSEEN.test(text)) return text;
  const expected = `a name of at most ${LONGEST_NAME} characters, without space at its ends`;
  return new CellFault('bad_name', `${expected} or control characters`);
}

/** A day, or a time with an offset, as epoch milliseconds. */
export function moment(text: string): number | CellFault {
  const expected = 'a day that exists (YYYY-MM-DD), or a time with an offset (RFC 3339)';
  return parseMoment(text) ?? new CellFault('bad_date', expected);
}

/** A price above zero. What is not one is told apart, since each has another remedy. */
export function price(text: string): Decimal | CellFault {
  const value = parseDecimal(text);
  if (!value) {
    return new CellFault(
      'not_a_number',
      'a decimal such as 0.25 or 1.5e-07 (no sign of a currency, no comma)',
    );
  }
  if (equals(value, MINUS_ONE)) {
    return new CellFault('sentinel_price', 'a price: -1 stands for "varies", which is none');
  }
  if (value.digits < 0n) return new CellFault('negative_price', 'a price above 0');
  if (value.digits === 0n) {
    return new CellFault('zero_price', 'a price above 0: free is not a price');
  }
  return value;
}

const MINUS_ONE = decimal('-1');

export function wholeNumber(text: string): bigint | CellFault {
  return /^\d{1,30}$/.test(text)
    ? BigInt(text)
    : new CellFault('not_a_number', 'a whole number, 0 or more');
}

/** ISO 4217 codes in use: a price in anything else has no rate. */
const CURRENCIES = new Set(
  (
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN ' +
    'BZD CAD CDF CHF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP ' +
    'GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR ' +
    'KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK ' +
    'MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR ' +
    'SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS ' +
    'UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG'
  ).split(' '),
);

export function currency(text: string): string | CellFault {
  return CURRENCIES.has(text)
    ? text
    : new CellFault('unknown_currency', 'a currency of ISO 4217, such as USD or CNY');
}

/** Any text, on however many lines. */
export function text(value: string): string {
  return value;
}

/** One of a few words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  code: string,
): CellReader<Word> {
  return (text) =>
    words.find((word) => word === text) ?? new CellFault(code, `one of ${words.join(', ')}`);
}
