import type { FixingState } from '../../domain/publication.ts';
import { fixingPath } from '../canonical.ts';

type Named = { readonly index: string; readonly date: string; readonly revision: number };

/** Where each file of a publication lies (docs/publication.md). */
export const PATHS = {
  checkpoint: 'checkpoint',
  contents: 'index.json',
  latest: 'latest.json',
  keys: 'keys.txt',
  manifest: 'manifest.json',
  methodology: 'methodology.md',
  fixing: (fixing: Named): string => `fixings/${fixingPath(fixing)}`,
  input: (sha256: string, ending: 'csv' | 'json'): string => `inputs/${sha256}.${ending}`,
  receipt: (fixing: Named, state: FixingState): string =>
    `receipts/${fixingPath(fixing).replace(/json$/, state)}.tlog-proof`,
  /** `receipts/captures/….tlog-proof` */
  recordReceipt: (path: string): string => `receipts/${path.replace(/json$/, 'tlog-proof')}`,
  keyReceipt: (entry: number): string => `receipts/keys/${entry}.tlog-proof`,
  cosigned: (size: string): string => `cosigned/${size}`,
  rulebook: (index: string, version: string): string => `rulebooks/${index}/${version}.yaml`,
  contract: (contract: string, version: string): string => `contracts/${contract}/${version}.yaml`,
  series: (index: string): string => `series/${index}.csv`,
  /** The writer's own: a web server has no use for it, and readers pass over it. */
  journal: '.mtok/journal',
  locks: '.mtok',
} as const;
