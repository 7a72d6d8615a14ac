import { parseMoment } from '../domain/dates.ts';
import type { FixingState } from '../domain/publication.ts';
import type { IndexView, PublishedRow } from './snapshot.ts';

/**
 * Up to where a reader looks: the first entries of the log, and what was published at a moment. The
 * pages of one query share a size, so that a publication between two of them changes neither.
 */
export interface Horizon {
  readonly size: number;
  readonly knownAtMs: number | undefined;
}

/** A fixing as it stands at a horizon. */
export interface SeenRow {
  readonly row: PublishedRow;
  readonly state: FixingState;
  readonly entries: { readonly provisional: number | null; readonly final: number | null };
  readonly supersededBy: number | null;
}

/** The revisions of a day that are seen at a horizon, the first one first. */
export function revisionsSeen(view: IndexView, date: string, at: Horizon): readonly SeenRow[] {
  const visible = (view.days.get(date) ?? []).filter((row) => isSeen(row, at));
  return visible.map((row, place) => {
    const provisional = within(row.provisional, at);
    const final = isFinal(row, at) ? row.final : null;
    return {
      row,
      state: final === null ? 'provisional' : 'final',
      entries: { provisional, final },
      supersededBy: visible[place + 1]?.revision ?? null,
    };
  });
}

/** The last revision of a day, or one that is asked for by its number. */
export function revisionSeen(
  view: IndexView,
  date: string,
  at: Horizon,
  revision?: number,
): SeenRow | undefined {
  const seen = revisionsSeen(view, date, at);
  return revision === undefined ? seen.at(-1) : seen.find(({ row }) => row.revision === revision);
}

/** The last revision of the last day that has one. */
export function latestSeen(view: IndexView, at: Horizon): SeenRow | undefined {
  for (let place = view.dates.length - 1; place >= 0; place -= 1) {
    const found = revisionSeen(view, view.dates[place] ?? '', at);
    if (found) return found;
  }
  return undefined;
}

function isSeen(row: PublishedRow, { size, knownAtMs }: Horizon): boolean {
  const first = row.provisional ?? row.final;
  const isLogged = first !== null && first < size;
  return isLogged && (knownAtMs === undefined || row.publishedAtMs <= knownAtMs);
}

/** Final at a moment is what was final by its own word then, and came to be logged so. */
function isFinal(row: PublishedRow, at: Horizon): boolean {
  if (within(row.final, at) === null) return false;
  return at.knownAtMs === undefined || (parseMoment(row.final_from) ?? 0) <= at.knownAtMs;
}

function within(entry: number | null, { size }: Horizon): number | null {
  return entry !== null && entry < size ? entry : null;
}
