import type { Section } from './clause.ts';

/** How prices become a price and a level. */
export const LEVELS: Section = {
  title: '6. Price and level',
  clauses: [
    {
      id: 'arithmetic',
      title: 'Arithmetic formulas',
      keys: ['base', 'formula'],
      code: 'src/calculate/series.ts',
      test: 'test/calculate/chain.test.ts',
      text: [
        'With quantities q and prices p on day t, r being the day of the last link:',
        '    R_t = Σ q p_t / Σ q             L_t = L_r × Σ q p_t / Σ q p_r',
        'That is `laspeyres`, and `lowe` where the quantities are of an earlier period, as those of usage are. `young` holds shares of value of that period instead (usage times prices of the last day of its window), `carli` equal shares: q = share / p_r. `dutot` holds equal quantities. L is the level of the base date there, and of the link afterwards.',
      ],
    },
    {
      id: 'geometric',
      title: 'Geometric formulas',
      keys: ['formula'],
      code: 'src/calculate/aggregate.ts',
      test: 'test/calculate/chain.test.ts',
      text: [
        'With exponents w (`jevons`; `geometric_laspeyres` says the same of shares of value at the link):',
        '    R_t = exp(Σ w ln p_t / Σ w)     L_t = L_r × R_t / R_r',
        'The legs are geometric means as well, and do not blend to the price: blend the legs of the constituents instead. One dear model among many cannot decide a geometric mean; section 12 shows what an ordinary mean would have done.',
      ],
    },
    {
      id: 'current-weights',
      title: 'Formulas that compare two days',
      keys: ['formula'],
      code: 'src/calculate/series.ts',
      test: 'test/calculate/formulas.test.ts',
      text: [
        '`paasche`, `fisher`, `tornqvist`, `walsh`, `marshall_edgeworth` and `geometric_paasche` compare day t with the link by prices and quantities of both: L_t = L_r × P(p_r, p_t, q_r, q_t), q_t being what a rebalance on t would weigh the members with. They are for research: usage of a day is published later, so that settlement mode refuses them. `harmonic` is the harmonic mean of the relatives. Under these formulas the price is that of the basket of the link, and the level no multiple of it.',
      ],
    },
    {
      id: 'aggregate',
      title: 'Medians and trimmed means',
      keys: ['aggregate'],
      code: 'src/calculate/aggregate.ts',
      test: 'test/calculate/aggregates.test.ts',
      text: [
        "An index may be the lower weighted median of its constituents' prices, or their trimmed mean: A_t, by the weights of the basket. The level is L_t = L_r × A_t / A_r over the same constituents; legs are aggregated apart.",
      ],
    },
    {
      id: 'attribution',
      title: 'Attribution',
      keys: [],
      code: 'src/calculate/attribution.ts',
      test: 'test/fix/explain.test.ts',
      text: [
        '`mtok explain` splits a move day by day: within a series a constituent adds w × Δp; at a link (w′ − w) × (p − R), filed as entry, exit or weights; exchange rates by midpoint; another set of sellers behind a price apart; a new version of the rulebook as methodology. Under a geometric formula the parts are w × ln(p_t / p_(t−1)) times the logarithmic mean of the two values. A rounding line closes to the published difference: the parts sum exactly.',
      ],
    },
  ],
};
