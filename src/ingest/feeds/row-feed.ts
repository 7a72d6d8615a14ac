import type { Reject } from '../../domain/failure.ts';
import type { FxRate, Usage } from '../../domain/rows.ts';
import type { FeedFiles } from '../documents/directory.ts';
import type { FeedPage } from '../documents/page.ts';
import type { FeedRow } from './feed.ts';
import type { Verdict } from './verdicts.ts';

/** A feed of something other than prices: each row is one of the book's, or has a reason. */
export interface RowFeed<Kind extends string, Row> extends FeedFiles {
  readonly kind: Kind;
  readonly name: string;
  readonly read: (page: FeedPage, observedAtMs: number) => RowReading<Row>;
}

export type UsageFeed = RowFeed<'usage', Usage>;
export type FxFeed = RowFeed<'fx', FxRate>;

export type RowReading<Row> =
  | {
      readonly rows: readonly ReadRow<Row>[];
      readonly warnings: readonly Reject[];
      readonly fault?: undefined;
    }
  | { readonly fault: Reject };

/** A row as it was read, or what is wrong with it. */
export type ReadRow<Row> =
  | { readonly row: FeedRow; readonly value: Row; readonly verdict?: undefined }
  | { readonly row: FeedRow; readonly value?: undefined; readonly verdict: Verdict };
