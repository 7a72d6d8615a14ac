import type { Fixing } from '../../src/domain/fixing.ts';
import type { Explanation } from '../../src/fix/explain.ts';
import type { Sensitivity } from '../../src/fix/sensitivity.ts';
import type { Step } from '../../src/verify/steps.ts';
import type { Seen } from '../../src/verify/verify.ts';

/** What a page asks the engine, and what it answers: plain data, which can cross to a worker. */
export type Place =
  | { readonly kind: 'web'; readonly base: string }
  /** A bundle, or a fixing whose other files `base` has; `undefined` where there is no server. */
  | {
      readonly kind: 'document';
      readonly text: string;
      readonly name: string;
      readonly base?: string;
    }
  /** The files of a publication, each under its path. */
  | { readonly kind: 'folder'; readonly name: string; readonly files: readonly FolderFile[] };

export type FolderFile = readonly [path: string, file: File];

export interface CheckQuestion {
  readonly kind: 'check';
  readonly place: Place;
  readonly index?: string;
  readonly date?: string;
  readonly keys: readonly string[];
  readonly seen?: Seen;
}

export interface ExplainQuestion {
  readonly kind: 'explain';
  readonly base: string;
  readonly index: string;
  readonly from: string;
  readonly to: string;
  /** Of the later day. */
  readonly revision: number;
}

export interface BlendQuestion {
  readonly kind: 'blend';
  readonly base: string;
  readonly index: string;
  readonly date: string;
  readonly revision: number;
}

export type Question = CheckQuestion | ExplainQuestion | BlendQuestion;

/** A fixing in the figures that a person compares. */
export interface Figures {
  readonly price: string | null;
  readonly input: string | null;
  readonly cached_input: string | null;
  readonly output: string | null;
  readonly level: string | null;
  readonly coverage: string;
  readonly constituents: string;
  readonly sha256: string;
}

export interface Checked {
  readonly kind: 'check';
  /** What was checked, in words. */
  readonly of: string;
  readonly steps: readonly Step[];
  readonly pass: boolean;
  readonly seen?: Seen;
  /** As published, and as calculated here: of one fixing. */
  readonly figures?:
    | { readonly published: Figures; readonly calculated: Figures | string }
    | undefined;
  readonly rows: readonly (readonly [kind: string, count: number])[];
  readonly files: number;
  readonly bytes: number;
}

export interface Explained {
  readonly kind: 'explain';
  readonly explanation?: Explanation | undefined;
  readonly none?: string | undefined;
  readonly fixing: Fixing;
}

export interface Blended {
  readonly kind: 'blend';
  readonly sensitivity?: Sensitivity | undefined;
  readonly none?: string | undefined;
}

export type Answer = Checked | Explained | Blended;

export type Asked = { readonly id: number; readonly question: Question };

export type Told =
  | { readonly id: number; readonly kind: 'reading'; readonly path: string }
  | { readonly id: number; readonly kind: 'answer'; readonly answer: Answer }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };
