import type { Section } from './clause.ts';

/** What a fixing rests on, and in which order. */
export const EVIDENCE: Section = {
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
};
