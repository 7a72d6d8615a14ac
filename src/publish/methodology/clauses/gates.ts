import type { Section } from './clause.ts';

/** What is published, and who could move it. */
export const GATES: Section = {
  title: '9. Gates',
  clauses: [
    {
      id: 'gates',
      title: 'Gates',
      keys: ['gates', 'price.confirm_within_hours'],
      code: 'src/calculate/gates.ts',
      test: 'test/calculate/gates.test.ts',
      text: [
        "Gates decide whether a fixing is published, not how it is calculated: the chain runs through days that are withheld. Constituents and labs are counted where their price is not imputed. Coverage is the share of the basket's value, at the prices of the series' link, that is not imputed. Other gates: owners of sellers and venues behind the prices, the share that rests on one seller, the widest dispersion of sellers (the nearest-rank 90th percentile of the absolute deviation over the median), the share observed (where the rulebook says how recently a price must have been seen again, one that was not is `unconfirmed`), the move of the level on the day, the age in days of the oldest exchange rate used. A withheld fixing names what failed and has no value.",
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
};
