import type { Section } from './clause.ts';

/** How a basket is weighed. */
export const WEIGHTS: Section = {
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
};
