/** How many tokens a tokenizer makes of one part of the corpus (data/build/tokenizers/corpus). */
export interface TokenizerCount {
  readonly tokenizer: string;
  /** For people: `OpenAI o200k_base`. */
  readonly family: string;
  readonly package: string;
  readonly version: string;
  /** A language, `code`, `json` or `numbers`. */
  readonly part: string;
  /** Unicode code points. */
  readonly characters: bigint;
  readonly tokens: bigint;
  readonly corpusSha256: string;
}

/** Which tokenizer a model has, and who says so. */
export interface ModelTokenizer {
  readonly model: string;
  /** Empty where its tokenizer is not public, or no package of it was found. */
  readonly tokenizer: string;
  /** `stated` by its lab or by the package; `inferred` from the model that it was trained from. */
  readonly basis: 'stated' | 'inferred';
  readonly evidence: string;
}

/** The tokenizers that were counted, and the models that have them. */
export interface Tokenizers {
  readonly counts: readonly TokenizerCount[];
  readonly models: readonly ModelTokenizer[];
}
