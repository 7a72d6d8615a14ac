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
      code: 'src/select/in-force.ts',
      test: 'test/select/in-force.test.ts',
      text: [
        'A suspicious move in settlement mode is **held** where the rulebook has a `hold`: a quote that moves a leg by more than the given factor is not used until the given hours have passed since it was observed; until then the price before it stands, and the constituent is labelled `held`. One that another quote replaces in that time is never used. A change of currency is held as well. Two people may release a quote earlier, reject it for good, or hold one that the rule lets through; their decision counts from when it was made.',
      ],
    },
  ],
};
