/**
 * The clauses that hold for every index; a rulebook's own choices are in its section. Each clause
 * names the keys that it explains, the code that does it, and the test that holds it.
 */
export interface Clause {
  /** Stable: tests and other documents name it. */
  readonly id: string;
  readonly title: string;
  /** Of the rulebook, as paths; a key stands for what is under it. */
  readonly keys: readonly string[];
  readonly code: string;
  readonly test: string;
  readonly text: readonly string[];
}

export interface Section {
  readonly title: string;
  readonly clauses: readonly Clause[];
}
