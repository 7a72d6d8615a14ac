import type { Section } from './clause.ts';

/** How one basket follows another. */
export const REBALANCING: Section = {
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
        ...['change', 'notice_days'],
      ],
      code: 'src/calculate/regime.ts',
      test: 'test/calculate/versions.test.ts',
      text: [
        'An index may have a rulebook for each version, and a fixing uses the one in force on its date. On the last calendar day before a version comes into force both baskets are priced, each under its own version, and the level links. A version that only clarifies changes no value, and is refused where it would. A material one is refused where it was announced less than `notice_days` of the version before it ahead; an emergency is not.',
      ],
    },
  ],
};
