import { type Explained, type ExplainRequest, explainFrom } from '../verify/explain-again.ts';
import type { Source } from '../verify/source.ts';

/** Calculates explanations: where other requests are served, apart from them. */
export interface Explainer {
  readonly explain: (request: ExplainRequest) => Promise<Explained>;
  readonly close: () => Promise<void>;
}

/** Explains on the spot: while it calculates nothing else is answered. */
export function explainHere(source: Source): Explainer {
  return { explain: (request) => explainFrom(source, request), close: async () => undefined };
}
