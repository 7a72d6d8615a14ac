import { DAY_MS, HOUR_MS } from '../../domain/dates.ts';

/** Half-open spans of time, one after the other, that ticks are reduced over. */
export interface Windows {
  /** As it was asked for: `1h`. */
  readonly name: string;
  readonly sizeMs: number;
  /** Where they begin, from UTC midnight on. */
  readonly offsetMs: number;
}

export const DAILY: Windows = { name: '1d', sizeMs: DAY_MS, offsetMs: 0 };

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: HOUR_MS, d: DAY_MS };

/** Reads `1d`, `6h`, `15m`: a part of a day that divides it. `undefined` for anything else. */
export function parseWindows(name: string): Windows | undefined {
  const match = /^([1-9]\d{0,3})([mhd])$/.exec(name);
  if (!match) return undefined;
  const sizeMs = Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
  return sizeMs > 0 && DAY_MS % sizeMs === 0 ? { name, sizeMs, offsetMs: 0 } : undefined;
}

/** Days that end at a time of day instead of midnight. `undefined` where there is no such time. */
export function daysUntil(time: string): Windows | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  if (!match) return undefined;
  const offsetMs = Number(match[1]) * HOUR_MS + Number(match[2]) * 60_000;
  return { name: `1d until ${time}`, sizeMs: DAY_MS, offsetMs };
}

/** When the window begins that holds a moment. */
export function windowOf({ sizeMs, offsetMs }: Windows, atMs: number): number {
  return Math.floor((atMs - offsetMs) / sizeMs) * sizeMs + offsetMs;
}
