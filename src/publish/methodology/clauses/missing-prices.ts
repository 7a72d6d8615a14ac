import type { Section } from './clause.ts';

/** What stands where no seller asks a price. */
export const MISSING_PRICES: Section = {
  title: '8. Missing prices',
  clauses: [
    {
      id: 'fallbacks',
      title: 'Fallbacks',
      keys: ['fallback'],
      code: 'src/calculate/fallback.ts',
      test: 'test/calculate/fallbacks.test.ts',
      text: [
        "For an absent member, in the rulebook's order, each labelled: its last price carried forward for so many days; the median of other sellers and venues that the universe does not exclude; a judgement, which is a price with its rationale that two different people have signed off.",
      ],
    },
    {
      id: 'succession',
      title: 'Succession',
      keys: [],
      code: 'src/calculate/fallback.ts',
      test: 'test/calculate/succession.test.ts',
      text: [
        "A member without a price that has a comparable successor is compared with it directly: it has the successor's price times the factor that was approved, until the next rebalance, at which it makes way. Any other replacement is linked; the step in price from the one to the other, which no level measures, is in the fixing.",
      ],
    },
    {
      id: 'imputation',
      title: 'Imputation',
      keys: [],
      code: 'src/calculate/impute.ts',
      test: 'test/calculate/missing-prices.test.ts',
      text: [
        'What is still missing is imputed from matched peers: p̂_t = p̂_(t−1) × Σ q p_t / Σ q p_(t−1) (the geometric mean of the relatives under a geometric formula), over members that are not themselves imputed on either day: of the same lab, else of the same class, else of the basket. Legs move by the same factor. With no peer the fixing is withheld (`no_matched_price`). A price that returns replaces the imputed one, so that an absence does not ratchet the level. An absent constituent keeps its place at a rebalance while the universe admits it.',
      ],
    },
    {
      id: 'withdrawal',
      title: 'Withdrawal',
      keys: [],
      code: 'src/calculate/rebalance.ts',
      test: 'test/calculate/missing-prices.test.ts',
      text: [
        "A constituent is withdrawn when every eligible seller's last event is a withdrawal. It is imputed until the next rebalance and leaves there; if it returns, it enters without a price effect.",
      ],
    },
    {
      id: 'hold',
      title: 'Holds',
      keys: ['hold'],
      code: 'src/select/holds.ts',
      test: 'test/select/holds.test.ts',
      text: [
        'In settlement mode, where the rulebook has a `hold`, a suspicious quote is **held**: it is not used, the price before it stands, the constituent is labelled `held`, and the quote is named among those that are not used. A quote is suspicious where it moves a leg by more than the given factor, changes the currency, lacks a leg that it had, or contradicts by more than the factor what stood for the same offer at an independent venue before it came; and where a catalogue removes a name, since only the seller’s own word is a withdrawal. An independent venue is one with another owner.',
        'A held quote is released by a second independent capture: the same offer with the same prices (or the same removal) at an independent venue. The same page seen again is none, since what was wrong in it is wrong again. Two different people may release a quote, reject it for good, or hold one that no rule holds; a decision counts from when it was made, and comes before the rule. After `max_hours` a quote that only the rule holds is used. One that another quote replaces while it is held is never used. What people decide counts from when they do: for the fixing of a day until the end of its review (`schedule.review_by`), where the rulebook has one, else until its cut-off.',
        'The decisions that bear on the prices of a fixing are printed in it.',
      ],
    },
  ],
};
