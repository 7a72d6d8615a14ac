/** Where a feed is published, and how its documents are found from there. */
export interface FeedSource {
  readonly name: string;
  /** What it gets, on one line, for `--help`. */
  readonly gets: string;
  /** The only hosts that are asked, with a port where it is not 443. All may see the key. */
  readonly hosts: readonly string[];
  /** The variable of the environment that holds its key. */
  readonly key?: { readonly variable: string; readonly required: boolean };
  /** What `--only` names: regions, providers, models. */
  readonly parts?: string;
  /** True where `--from` and `--to` say which days. */
  readonly isDaily?: boolean;
  /** How the names of its files end: `json`, if nothing else is said. */
  readonly extension?: 'json' | 'csv';
  readonly start: (asked: Asked) => readonly Target[];
  /** What a document leads to: its next page, or what it is an index of. */
  readonly follow?: (got: Got, asked: Asked) => readonly Target[];
}

/** What a person asks for of a feed that is more than one file. */
export interface Asked {
  /** Empty for all that the feed names itself. */
  readonly only: readonly string[];
  /** Days, both inclusive. */
  readonly from: string;
  readonly to: string;
}

export interface Target {
  readonly url: string;
  /** What tells its file from the others of the feed; empty for a feed of one file. */
  readonly part: string;
  /** False for an index, which only leads to documents. */
  readonly keep: boolean;
}

export interface Got {
  readonly target: Target;
  readonly url: string;
  readonly text: string;
}

/**
 * A part as it stands in the name of a file, on every platform: no separator of directories or
 * streams.
 *
 * @example partOf('meta/llama:free') // 'meta__llama+free'
 */
export function partOf(name: string): string {
  return name.replaceAll('/', '__').replaceAll(':', '+');
}
