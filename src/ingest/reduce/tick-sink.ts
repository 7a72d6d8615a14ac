import type { Decimal } from '../../domain/decimal.ts';
import { LOG_COLUMNS } from './log-columns.ts';
import { type GroupSink, Moments, readOr } from './looks.ts';
import { needsVolume } from './method.ts';
import { type Kind, type Look, lookAt, type Reduction } from './reduction.ts';
import { type Tick, ticksTable, weight } from './ticks.ts';

/** Takes ticks into a reduction. */
export function tickSink(reduction: Reduction): GroupSink<Tick, Kind, Look> {
  const { windows, method } = reduction;
  const isNeeded = needsVolume(method);
  const moments = new Moments();
  return {
    table: ticksTable(isNeeded),
    varying: ['at', 'volume'],
    ignored: new Set(LOG_COLUMNS),
    windows,
    lookIn: ([at = '', volume = '']) => {
      const atMs = moments.read(at);
      if (atMs === undefined || (isNeeded && volume === '')) return undefined;
      const amount = volume === '' ? null : readOr(weight(volume));
      return amount === undefined ? undefined : lookAt(windows, atMs, amount);
    },
    kindOf: ({ quote }) => reduction.kindOf(quote),
    lookOf: ({ quote, volume }) => lookAt(windows, quote.effectiveAtMs, volume),
    take: (kind, look) => reduction.take(kind, look),
    sums: ({ isNumber, isEmpty, sum, latest, moments }) => ({
      isRead: isNeeded
        ? isNumber('volume', 18, VOLUME_PLACES)
        : `(${isEmpty('volume')} OR ${isNumber('volume', 18, VOLUME_PLACES)})`,
      values: [
        sum('volume', VOLUME_PLACES),
        method === 'last' ? latest : 'NULL',
        method === 'twap' ? moments : 'NULL',
      ],
    }),
    lookAt: (windowMs, count, [volume, latest, moments]) => ({
      ...{ windowMs, count, volume: volumeOf(volume), lastAtMs: Number(latest ?? 0) },
      moments: Array.isArray(moments) ? moments.map(Number) : [],
    }),
  };
}

const VOLUME_PLACES = 9;

function volumeOf(sum: unknown): Decimal | null {
  return typeof sum === 'bigint' ? { digits: sum, scale: VOLUME_PLACES } : null;
}
