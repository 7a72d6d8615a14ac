import type { Reject } from '../../domain/failure.ts';
import { groupBy } from '../../domain/group.ts';
import type { FxRate, Usage } from '../../domain/rows.ts';
import { type Agreement, RATES_AGREE, USAGE_AGREES } from '../conflicts.ts';
import { type DocumentName, documentName, type FeedDocument, pageOf } from '../documents/page.ts';
import type { FeedRow } from '../feeds/feed.ts';
import type { FxFeed, ReadRow, RowFeed, UsageFeed } from '../feeds/row-feed.ts';
import { type Disposition, duplicate, held, type Verdict } from '../feeds/verdicts.ts';

/** What documents of usage or of exchange rates came to. */
export interface RowImport<Row> {
  readonly feed: string;
  readonly rows: readonly Row[];
  readonly documents: readonly RowDocument[];
}

export interface RowDocument extends DocumentName {
  /** Why nothing of it could be used. */
  readonly faults: readonly Reject[];
  /** How many rows came to what: it adds up to the rows of the document. */
  readonly tally: readonly RowTally[];
  /** Every row that is not accepted, with the reason. */
  readonly leftovers: readonly RowLeftover[];
  readonly warnings: readonly Reject[];
}

export interface RowTally {
  readonly disposition: Disposition;
  /** Empty for what is accepted. */
  readonly code: string;
  readonly rows: number;
}

export interface RowLeftover {
  readonly row: FeedRow;
  readonly verdict: Verdict;
}

type Documents = AsyncIterable<FeedDocument> | Iterable<FeedDocument>;

/**
 * Imports usage, oldest document first: what is new becomes rows, and a later document may restate
 * a figure. Never throws for what a document contains.
 */
export function importUsage(feed: UsageFeed, documents: Documents): Promise<RowImport<Usage>> {
  const keyOf = (row: Usage) => USAGE_AGREES.keyOf({ ...row, publishedAtMs: 0 });
  return importRows(feed, documents, { ...USAGE_AGREES, keyOf }, true);
}

/** The same for exchange rates. A rate is fixed once: another one for its day is held. */
export function importRates(feed: FxFeed, documents: Documents): Promise<RowImport<FxRate>> {
  return importRows(feed, documents, RATES_AGREE, false);
}

async function importRows<Row>(
  feed: RowFeed<string, Row>,
  documents: Documents,
  agreement: Agreement<Row>,
  mayRestate: boolean,
): Promise<RowImport<Row>> {
  const known = new Map<string, Row>();
  const rows: Row[] = [];
  const reports: RowDocument[] = [];
  for await (const document of documents) {
    const { read, faults, warnings } = readPages(feed, document);
    const judged = faults.length > 0 ? [] : judge(read, known, agreement, mayRestate);
    for (const { value, verdict } of judged) {
      if (verdict || value === undefined) continue;
      known.set(agreement.keyOf(value), value);
      rows.push(value);
    }
    reports.push({
      ...documentName(document),
      faults,
      tally: tallyOf(judged),
      leftovers: judged.flatMap(({ row, verdict }) => (verdict ? [{ row, verdict }] : [])),
      warnings,
    });
  }
  return { feed: feed.name, rows, documents: reports };
}

function readPages<Row>(
  feed: RowFeed<string, Row>,
  { observedAtMs, pages, fault }: FeedDocument,
): { read: ReadRow<Row>[]; faults: Reject[]; warnings: Reject[] } {
  const readings = pages.map((file) => {
    const { page, fault: unread } = pageOf(file);
    return page ? feed.read(page, observedAtMs) : { fault: unread };
  });
  const good = readings.filter((reading) => reading.fault === undefined);
  return {
    read: good.flatMap(({ rows }) => rows),
    faults: [...(fault ? [fault] : []), ...readings.flatMap((reading) => reading.fault ?? [])],
    warnings: good.flatMap(({ warnings }) => warnings),
  };
}

/** Compares the rows of a document with one another, and with what is known before it. */
function judge<Row>(
  read: readonly ReadRow<Row>[],
  known: ReadonlyMap<string, Row>,
  { keyOf, agree, show }: Agreement<Row>,
  mayRestate: boolean,
): ReadRow<Row>[] {
  const values = read.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const groups = groupBy(values, keyOf);
  return read.map((one): ReadRow<Row> => {
    if (one.value === undefined) return one;
    const { row, value } = one;
    const same = groups.get(keyOf(value)) ?? [];
    const other = same.find((each) => !agree(each, value));
    const before = known.get(keyOf(value));
    const verdict = other
      ? held('conflict', `the document says ${show(other)} as well`)
      : before && agree(before, value)
        ? duplicate('unchanged', 'as it was seen before')
        : before && !mayRestate
          ? held('conflict', `an earlier document says ${show(before)}`)
          : same[0] !== value
            ? duplicate('duplicate_equal', 'the document says it already')
            : undefined;
    return verdict ? { row, verdict } : one;
  });
}

function tallyOf(judged: readonly { readonly verdict?: Verdict | undefined }[]): RowTally[] {
  const keyed = groupBy(judged, ({ verdict }) =>
    verdict ? `${verdict.disposition} ${verdict.code}` : '',
  );
  return [...keyed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => {
      const { disposition, code } = group[0]?.verdict ?? { disposition: 'accepted', code: '' };
      return { disposition, code, rows: group.length } as RowTally;
    });
}
