import type { Section } from './clauses/clause.ts';
import { CONSTITUENTS } from './clauses/constituents.ts';
import { DOCUMENTS } from './clauses/documents.ts';
import { EVIDENCE } from './clauses/evidence.ts';
import { GATES } from './clauses/gates.ts';
import { LEVELS } from './clauses/levels.ts';
import { MISSING_PRICES } from './clauses/missing-prices.ts';
import { REBALANCING } from './clauses/rebalancing.ts';
import { WEIGHTS } from './clauses/weights.ts';

export const INTRODUCTION: readonly string[] = [
  '# Methodology',
  '_Rendered from the rulebooks by `mtok methodology`. Do not edit: change a rulebook and render again._',
  '## 1. What is measured',
  'Each index measures the price of a fixed basket of one good: of language model tokens in **US dollars per million tokens (USD/MTok)**, from what sellers charge for input, cached input and output tokens; or of rented GPUs in **US dollars per GPU and hour (USD/GPU-hour)**, from what sellers ask for one GPU for one hour. A fixing is the value of one index on one date. It belongs to its inputs: anybody with the same rows, the same rulebook and the same date calculates the same bytes.',
  'Two figures stand side by side, because they answer two questions:',
  [
    "- the **reference price** is what a unit of today's basket, a million tokens or a GPU hour, costs today;",
    '- the **level** is 100 on the base date and moves only with the prices of constituents that were in the basket on both days. When the basket changes, the price may jump; the level cannot.',
  ].join('\n'),
  'Within a series, the time between two rebalances, both move in proportion, but under a formula that compares quantities of two days (clause current-weights). A contract that spans a rebalance settles on the level, or on one numbered series; never on the price across two of them.',
];

/** The clauses that hold for every index, in the order of the document. */
export const SECTIONS: readonly Section[] = [
  EVIDENCE,
  CONSTITUENTS,
  WEIGHTS,
  LEVELS,
  REBALANCING,
  MISSING_PRICES,
  GATES,
  DOCUMENTS,
];

export const LIMITS: readonly string[] = [
  'Limits. List prices are what sellers ask, not what large buyers pay. Tokens of different models are different amounts of text and of quality: an index of prices is not an index of value. A model that is replaced by a better one at the same price is no price change here. Usage comes from one marketplace and is a sample of the market. A GPU hour is an hour of one SKU, not of its speed: the same GPU differs by the node, the network and the terms. What is known of the sources is in [data/README.md](data/README.md).',
];
