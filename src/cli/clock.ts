import { formatMoment, parseMoment } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { note } from './output.ts';

/**
 * The clock of commands that act: the machine's, or the moment of `MTOK_NOW`, for drills. Epoch
 * milliseconds.
 */
export function clock(): () => number {
  const text = process.env.MTOK_NOW ?? '';
  if (text === '') return Date.now;
  const ms = parseMoment(text);
  if (ms === undefined) {
    throw new MtokError('usage', `expected MTOK_NOW to be a time with an offset, found ${text}`);
  }
  if (!isNoted) note(`The clock is MTOK_NOW: ${formatMoment(ms)}.`);
  isNoted = true;
  return () => ms;
}

/** It is said once. */
let isNoted = false;
