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

export const INTRODUCTION: readonly string[] = [
  '# Methodology',
  '_Rendered from the rulebooks by `mtok methodology`. Do not edit: change a rulebook and render again._',
  '## 1. What is measured',
  'Each index measures the price of a fixed basket of language model tokens in **US dollars per million tokens (USD/MTok)**, from what sellers charge for input, cached input and output tokens. A fixing is the value of one index on one date. It belongs to its inputs: anybody with the same rows, the same rulebook and the same date calculates the same bytes.',
  'Two figures stand side by side, because they answer two questions:',
  [
    "- the **reference price** is what a million tokens of today's basket cost today;",
    '- the **level** is 100 on the base date and moves only with the prices of models that were in the basket on both days. When the basket changes, the price may jump; the level cannot.',
  ].join('\n'),
  'Within a series, the time between two rebalances, both move in proportion, but under a formula that compares quantities of two days (clause current-weights). A contract that spans a rebalance settles on the level, or on one numbered series; never on the price across two of them.',
];

export const SECTIONS: readonly Section[] = [
  {
    title: '3. Data, and which comes first',
    clauses: [
      {
        id: 'two-clocks',
        title: 'Two clocks',
        keys: ['live_from'],
        code: 'src/select/in-force.ts',
        test: 'test/select/in-force.test.ts',
        text: [
          "A **quote** is one seller's price for one model, region, service tier and context tier, from a moment on. Every quote has two times: `effective_at`, when the price is true in the market, and `observed_at`, when it was first known. A fixing uses what was effective and known at its cut-off, so that a past day can be replayed as it was known. Quotes without an `observed_at` of their own are taken as known when they took effect, and fixings made from them say `reconstructed`; from `live_from` on, a fixing made from captured quotes alone says `live`.",
        ],
      },
      {
        id: 'order-of-evidence',
        title: 'Order of evidence',
        keys: ['mode'],
        code: 'src/calculate/impute.ts',
        test: 'test/calculate/missing-prices.test.ts',
        text: [
          [
            'From first to last:',
            "1. a seller's own list price in force at the cut-off;",
            '2. for a member without one, its comparable successor (clause succession);',
            '3. in settlement mode, the fallbacks that the rulebook lists, in its order; in research mode there are none, and no holds;',
            '4. imputation by matched peers (clause imputation), always labelled.',
          ].join('\n'),
        ],
      },
      {
        id: 'in-force',
        title: 'The quote in force',
        keys: ['price.min_hours_in_force'],
        code: 'src/select/in-force.ts',
        test: 'test/select/in-force.test.ts',
        text: [
          'The quote in force is the one with the latest `effective_at` whose validity contains the cut-off; after a `valid_until` the earlier open quote resumes, and a withdrawal ends all before it. A catalogue that drops a name does not withdraw a price. Where the rulebook asks for hours in force, a younger quote does not count yet.',
        ],
      },
      {
        id: 'corrections',
        title: 'Corrections',
        keys: [],
        code: 'src/normalize/corrections.ts',
        test: 'test/normalize/corrections.test.ts',
        text: [
          'Wrong quotes are not edited: `corrections.csv` says what was wrong, what is right, why, and since when that is known. Until then the wrong quote stands.',
        ],
      },
      {
        id: 'names',
        title: 'Names',
        keys: [],
        code: 'src/normalize/catalogue.ts',
        test: 'test/normalize/catalogue.test.ts',
        text: [
          'Names are resolved by `models.csv` on the day of the fixing: an alias that moves to another model changes the composition, never a price. A name without a row is its own model.',
        ],
      },
      {
        id: 'currency',
        title: 'Currency',
        keys: ['fx'],
        code: 'src/normalize/currency.ts',
        test: 'test/normalize/currency.test.ts',
        text: [
          'Prices are read as decimals from the digits of their source. Another currency is converted at the latest rate dated on or before the day, never later, across one common base where there is no direct rate, and only while the rate is no older than the rulebook allows; converted first, averaged afterwards.',
        ],
      },
    ],
  },
  {
    title: '4. One price per constituent',
    clauses: [
      {
        id: 'seller-quote',
        title: "A seller's quote",
        keys: ['universe.regions', 'price.venues', 'price.constituent'],
        code: 'src/select/seller-quotes.ts',
        test: 'test/select/seller-quotes.test.ts',
        text: [
          'For each seller: the quotes in force and known, in the first region of the rulebook in which the seller quotes, at the first venue of its list, else at the seller itself, else where it was seen last; of the service tier, context tier and hours that the reference workload asks for. Where two names of a seller mean one model, the later quote stands, of the same moment the smaller name. A constituent is a model with all its sellers, or one model at one seller.',
        ],
      },
      {
        id: 'time-of-day',
        title: 'Hours of the day',
        keys: ['price.time_of_day'],
        code: 'src/calculate/time-weighted.ts',
        test: 'test/calculate/time-of-day.test.ts',
        text: [
          'A price that holds at certain hours only is taken where the cut-off lies in them, before the price for the rest of the day. With `time_weighted` the price of a seller is its mean over the UTC day of the fixing, by the hours that each of its prices holds; what is in force at the cut-off stands for the rest of the day.',
        ],
      },
      {
        id: 'owners',
        title: 'Owners',
        keys: [],
        code: 'src/calculate/sellers.ts',
        test: 'test/calculate/constituent.test.ts',
        text: ['Sellers of one owner have one vote: the median of their prices.'],
      },
      {
        id: 'screen',
        title: 'Screens',
        keys: ['price.screen'],
        code: 'src/calculate/screen.ts',
        test: 'test/calculate/constituent.test.ts',
        text: [
          "A **screen** (MAD) leaves out an owner that lies more than sigma × 1.4826 × MAD from the median on any leg; where the MAD is 0, because prices are copied, an owner beyond the ratio band around the median is left out. The screen by the previous price leaves out an owner beyond the ratio band around the constituent's price of the calendar day before. Below three owners nothing is screened; equality is not an excess; an owner out on one leg is out on all.",
        ],
      },
      {
        id: 'sellers',
        title: 'Sellers together',
        keys: ['price.sellers', 'price.trim', 'price.basis_weights', 'price.seller_cap'],
        code: 'src/calculate/sellers.ts',
        test: 'test/calculate/constituent.test.ts',
        text: [
          'The remaining sellers are combined leg by leg. The median of an even number is the mean of the middle two; the weighted median is the lower one, always a price that somebody quoted; a trimmed mean takes a share of the weight off each side; the minimum is the seller with the lowest price of the workload, whole. Weighted methods weigh a seller by the basis of its quote, and no owner by more than the seller cap, or 1/n where that is more. The first party is the seller whose id is that of the lab.',
        ],
      },
      {
        id: 'workload',
        title: 'The reference workload',
        keys: ['workload', 'good', 'unit'],
        code: 'src/calculate/blend.ts',
        test: 'test/calculate/constituent.test.ts',
        text: [
          'The **reference workload** blends the legs into one price: p = Σ share × leg, with shares that are exactly 1 in sum. It also says how long prompts are, which picks the context tier, and the service tier. A seller without a cached price bills cached tokens at the leg that the rulebook names. All legs are published beside the price.',
        ],
      },
    ],
  },
  {
    title: '5. Weights',
    clauses: [
      {
        id: 'weights',
        title: 'Weights',
        keys: ['weights.method', 'weights.fixed'],
        code: 'src/weigh/weights.ts',
        test: 'test/weigh/weights.test.ts',
        text: [
          'Weights are quantities, fixed within a series, so that shares of value drift with prices; under a geometric formula they are exponents (shares of value), and are never divided by a price.',
          [
            '- `equal`: the same quantity of each constituent (the same share of value, where the formula weighs relatives); `equal_value`: the same share of value;',
            '- `equal_by_lab`: each lab the same share of value, within a lab each constituent the same;',
            '- `usage`: as much as was used (clause usage);',
            '- `fixed`: as the rulebook lists.',
          ].join('\n'),
        ],
      },
      {
        id: 'usage',
        title: 'Usage',
        keys: [
          ...['weights.measure', 'weights.split', 'weights.window_days', 'weights.min_days'],
          'weights.lag_days',
        ],
        code: 'src/weigh/usage.ts',
        test: 'test/weigh/usage.test.ts',
        text: [
          'Tokens in the window [rebalance − lag − window, rebalance − lag) of whole UTC days, as published by the cut-off of the rebalance day, periods across an edge pro rata: all tokens, input or output tokens, or what was spent, which is a share of value. Totals are split as the rulebook says. With fewer days of figures than it asks for, the basket is not adopted; nothing is filled in. Models without usage are left out of a usage-weighted basket.',
        ],
      },
      {
        id: 'caps',
        title: 'Caps',
        keys: ['weights.caps'],
        code: 'src/weigh/caps.ts',
        test: 'test/weigh/caps.test.ts',
        text: [
          '**Caps** bind shares of value at the prices of the link (or shares of quantity, where the rulebook says so) and are then converted back: w = min(c, μ·o) for each constituent with uncapped share o, with one μ for all labs below their cap C and a smaller one for a lab at it. Equality is not an excess. Where Σ min(C, n·c) over the labs is below 1, the caps cannot be met and the basket is refused.',
        ],
      },
    ],
  },
  {
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
  },
  {
    title: '7. Rebalancing',
    clauses: [
      {
        id: 'rebalance-day',
        title: 'The rebalance day',
        keys: ['rebalance.frequency', 'rebalance.on'],
        code: 'src/weigh/schedule.ts',
        test: 'test/weigh/schedule.test.ts',
        text: [
          'The rebalance day is the first calendar day of the period (weeks begin on Monday), its first business day, or its first given weekday; where that is off the calendar, the next day of the calendar. The base date is never a rebalance day itself. Each adopted basket opens the next numbered series, even where it is unchanged.',
        ],
      },
      {
        id: 'universe',
        title: 'The universe',
        keys: [
          ...['universe.include', 'universe.exclude', 'universe.min_history_days'],
          ...['universe.max_model_age_days', 'universe.max_models_per_lab', 'universe.min_sellers'],
        ],
        code: 'src/select/universe.ts',
        test: 'test/select/universe.test.ts',
        text: [
          'At the base date and at a rebalance the universe is tested: what is included, the age of a model (whole days since its first known quote at any seller, bounds inclusive), the number of sellers behind its price, and the number of models of a lab (the most used where usage weighs, else the newest; ties go to the smaller id).',
        ],
      },
      {
        id: 'link',
        title: 'The link',
        keys: ['rebalance.effective'],
        code: 'src/calculate/series.ts',
        test: 'test/calculate/chain.test.ts',
        text: [
          [
            '- `after_close`: the day is calculated on the old basket; the new one applies from the next day, linked at the level of the day;',
            "- `at_fixing`: the new basket already gives the day's price, and the level moves by the mean relative of those of its members that have a price on the day before: L_r = L_(r−1) × Σ q′ p_r / Σ q′ p_(r−1).",
          ].join('\n'),
        ],
      },
      {
        id: 'announcement',
        title: 'Announcement',
        keys: ['rebalance.announce_days'],
        code: 'src/calculate/rebalance.ts',
        test: 'test/calculate/announced.test.ts',
        text: [
          'With a lead, members and weights of a rebalance are formed on the last calendar day that leaves so many days before it, from what is known by then, and are frozen: what is published later changes nothing. What has no price any more at the link is left out. `mtok rebalance --preview` shows the basket that is to come.',
        ],
      },
      {
        id: 'refused-basket',
        title: 'A basket that cannot be formed',
        keys: [],
        code: 'src/calculate/chain.ts',
        test: 'test/calculate/chain.test.ts',
        text: [
          'A basket that is empty, short of usage or impossible to cap is not adopted: the old one goes on in the chain, and fixings are withheld with that reason from the day the new one was due until a scheduled rebalance succeeds.',
        ],
      },
      {
        id: 'series',
        title: 'Frozen series and the roll',
        keys: [],
        code: 'src/calculate/chain.ts',
        test: 'test/fix/withheld.test.ts',
        text: [
          'A numbered series can go on being priced after its time, without the rebalances that followed (`--series`): a contract that names one is touched by no roll. The step in price from one series to the next at their link, the roll spread, is in every fixing.',
        ],
      },
      {
        id: 'versions',
        title: 'Versions of the rulebook',
        keys: [
          ...['schema', 'index', 'title', 'version', 'effective_from', 'announced_at'],
          'change',
        ],
        code: 'src/calculate/regime.ts',
        test: 'test/calculate/versions.test.ts',
        text: [
          'An index may have a rulebook for each version, and a fixing uses the one in force on its date. On the last calendar day before a version comes into force both baskets are priced, each under its own version, and the level links. A version that only clarifies changes no value, and is refused where it would.',
        ],
      },
    ],
  },
  {
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
  },
  {
    title: '9. Gates',
    clauses: [
      {
        id: 'gates',
        title: 'Gates',
        keys: ['gates'],
        code: 'src/calculate/gates.ts',
        test: 'test/calculate/gates.test.ts',
        text: [
          "Gates decide whether a fixing is published, not how it is calculated: the chain runs through days that are withheld. Constituents and labs are counted where their price is not imputed. Coverage is the share of the basket's value, at the prices of the series' link, that is not imputed. Other gates: owners of sellers and venues behind the prices, the share that rests on one seller, the widest dispersion of sellers (the nearest-rank 90th percentile of the absolute deviation over the median), the share observed, the move of the level on the day, the age in days of the oldest exchange rate used. A withheld fixing names what failed and has no value.",
        ],
      },
      {
        id: 'on-withheld',
        title: 'The last print again',
        keys: ['on_withheld'],
        code: 'src/fix/result.ts',
        test: 'test/fix/withheld.test.ts',
        text: [
          'Where the rulebook says so, a day without a value of its own publishes the last print again, labelled with its day and with what failed, on at most so many calendar days in a row; after them the index is suspended.',
        ],
      },
      {
        id: 'influence',
        title: 'Influence',
        keys: [],
        code: 'src/calculate/influence.ts',
        test: 'test/calculate/influence.test.ts',
        text: [
          "Each fixing says who could move it: the effect of a rise of one constituent's or one lab's prices by 10%, the Herfindahl-Hirschman index of the shares of value, the share that rests on one seller, the share of sellers that quote the most common price, the sellers and venues, and the fewest owners that would move the price by 1% by each moving theirs by 10%, an n-th of a price being each of its n owners'. A price of one seller is published and counted, not hidden.",
        ],
      },
    ],
  },
  {
    title: '10. Time, digits, publication, limits',
    clauses: [
      {
        id: 'cutoff',
        title: 'Cut-off and calendar',
        keys: ['cutoff', 'calendar', 'schedule'],
        code: 'src/calculate/regime.ts',
        test: 'test/calculate/cutoffs.test.ts',
        text: [
          'The cut-off is a time of day on the clocks of a zone: 16:00 in London is another moment in summer. Fixings are on the days of the calendar: every day, Monday to Friday, or a calendar of the book with its holidays and make-up days.',
        ],
      },
      {
        id: 'revisions',
        title: 'Revisions',
        keys: ['finality'],
        code: 'src/calculate/horizon.ts',
        test: 'test/fix/replays.test.ts',
        text: [
          'Each day of the chain uses what was known at its own cut-off, or at the `known_at` of its last revision: prices that were effective before the cut-off, no later usage. A fixing that has been published is not edited; a revision is another document.',
        ],
      },
      {
        id: 'digits',
        title: 'Digits',
        keys: ['rounding'],
        code: 'src/domain/decimal.ts',
        test: 'test/domain/decimal.test.ts',
        text: [
          'Shares of value, quantities, normalized weights, converted, combined and imputed prices, and the level carried at a link are each rounded half-even to 40 significant digits when formed; all else is exact. Logarithms and exponentials are taken at 60 digits. Published values are rounded once, as the rulebook says, and are never carried.',
        ],
      },
      {
        id: 'document',
        title: 'The fixing document',
        keys: [],
        code: 'src/fix/fixing.ts',
        test: 'test/fix/document.test.ts',
        text: [
          'A fixing is a canonical JSON document (RFC 8785) with its constituents, what was excluded and why, each gate with threshold and measure, the SHA-256 of the rulebook, and the SHA-256 and count of the canonical rows of each kind of input. Its status is `published` or `withheld`; its basis is `live` or `reconstructed`.',
        ],
      },
      {
        id: 'inputs',
        title: 'Inputs',
        keys: [],
        code: 'src/fix/inputs.ts',
        test: 'test/fix/inputs.test.ts',
        text: [
          'The inputs of a fixing are the rows that can affect the index and are known at its horizon. They and the rulebook give the same bytes again; nothing else is needed, and nothing that was known later shows.',
        ],
      },
    ],
  },
];

export const LIMITS: readonly string[] = [
  'Limits. List prices are what sellers ask, not what large buyers pay. Tokens of different models are different amounts of text and of quality: an index of prices is not an index of value. A model that is replaced by a better one at the same price is no price change here. Usage comes from one marketplace and is a sample of the market. What is known of the sources is in [data/README.md](data/README.md).',
];
