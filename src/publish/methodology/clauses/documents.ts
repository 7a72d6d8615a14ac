import type { Section } from './clause.ts';

/** Time, digits and what is published. */
export const DOCUMENTS: Section = {
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
      id: 'approvals',
      title: 'Approval',
      keys: ['approvals', 'approvers'],
      code: 'src/verify/records.ts',
      test: 'test/operate/approve.test.ts',
      text: [
        'Where the rulebook asks for more than one approval, a fixing is a proposal until so many different keys have signed its bytes: those that the rulebook lists, or where it lists none, any. The signatures are published and logged with it. One key has one approval, under whatever name.',
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
};
