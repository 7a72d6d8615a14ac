import { describe, expect, it } from 'vitest';
import type { NoticeRecord } from '../../src/domain/records.ts';
import type { JournalLine } from '../../src/operate/daily.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { verify } from '../../src/verify/verify.ts';
import { filesUnder } from '../publish/publications.ts';
import { scaled } from '../scale.ts';
import { ANN, BOB, DAYS, quarter } from './quarter.ts';

/** What an auditor would stop at: prints that differ from the day before, and all that is no print. */
function remarkable(journal: readonly JournalLine[]): string[] {
  let last = '';
  return journal.flatMap(({ at, what, detail, date }) => {
    if (what === 'finalized' || what === 'awaits_approval') return [];
    const print = detail.replace(' USD/MTok, level', '');
    if (what === 'published' && print === last) return [];
    if (what === 'published') last = print;
    return [`${at.slice(5, 16)} ${what} ${date?.slice(5)}: ${print}`];
  });
}

describe('a quarter', () => {
  it('reads as it went, and each of its days is verified', async () => {
    const { desk, journal } = await quarter({ approvers: [ANN, BOB], days: SHOWN });
    const lines = remarkable(journal);
    console.log(lines.join('\n'));
    expect(lines).toEqual(scaled(FORTNIGHT, JOURNAL));
    const notices = desk.records('notice').map(({ document }) => document as NoticeRecord);
    const errors = notices.filter(({ subject }) => 'reason' in subject);
    expect(errors.map(({ text }) => text)).toEqual(scaled([], ERRORS));
    const { pass } = await desk.verify();
    expect(pass).toBe(true);
    for (const date of SHOWN) {
      const ask = { keys: [], witnesses: [], date };
      expect((await verify(directorySource(desk.publication), ask)).pass).toBe(true);
    }
    const days = journal.filter(({ what }) => what === 'published').map(({ date }) => date);
    expect(new Set(days)).toEqual(new Set(SHOWN));
  });

  it('ends in the same bytes after a kill at every point, and with approvals in another order', async () => {
    const days = scaled(DAYS.slice(0, 4), DAYS.slice(0, 34));
    const crashes = scaled(['2026-07-03'], ['2026-07-20', '2026-07-28', '2026-08-03']);
    const trees = [];
    for (const conduct of [
      { approvers: [ANN, BOB], days },
      { approvers: [BOB, ANN], days, crashes },
    ]) {
      const { desk } = await quarter(conduct);
      trees.push([...filesUnder(desk.publication)].map(([path, bytes]) => `${path} ${bytes}`));
    }
    expect(trees[1]).toEqual(trees[0]);
  });
});

const ERRORS = [
  'QUARTER on 2026-07-28 is restated from 3.4000 USD/MTok, level 106.2500 to 3.1600 USD/MTok, ' +
    'level 98.7500. coil had shown a price in euro.',
  'QUARTER on 2026-08-10 stands at 3.7000 USD/MTok, level 105.3966: it is final. It would have ' +
    'been 3.6333 USD/MTok, level 103.4976. acme had shown tax.',
];

/** The first fortnight, or all of it. */
const SHOWN = scaled(DAYS.slice(0, 15), DAYS);

/** alpha 4, beta 2, gamma 6, delta 3, epsilon 1: the mean is 3.2. */
const FORTNIGHT = [
  '07-01T17:30 published 07-01: provisional: 3.2000 100.0000',
  // The collector was dead for two days: prices of 25 hours ago still count, those of 49 do not.
  '07-06T17:30 published 07-06: provisional: 3.2000 100.0000, that of 2026-07-05: min_confirmed',
  '07-07T17:30 published 07-07: provisional: 3.2000 100.0000',
  // alpha at 40: held, 4 stands; rejected on the next morning.
  `07-09T16:10 in_review 07-09: ${until('07-09')}`,
  // gamma and delta vanish from a catalogue for a day: held, and 7 of 16 dollars are not enough.
  `07-14T16:10 in_review 07-14: ${until('07-14')}`,
  '07-14T17:30 published 07-14: provisional: 3.2000 100.0000, that of 2026-07-13: min_confirmed',
  '07-15T17:30 published 07-15: provisional: 3.2000 100.0000',
];

const JOURNAL = [
  ...FORTNIGHT,
  // beta fell to 1.8 on the 20th: that capture came after the cut-off.
  '07-21T17:30 published 07-21: provisional: 3.1600 98.7500',
  // gamma at 7.2 for 6, found in the evening.
  '07-28T17:30 published 07-28: provisional: 3.4000 106.2500',
  '07-28T19:30 published 07-28: revision 1, provisional: 3.1600 98.7500',
  '07-29T17:30 published 07-29: provisional: 3.1600 98.7500',
  `07-29T17:30 announced 08-01: ${basket('2026-08-01', '1 enter', '2026-08-02')}`,
  // zeta at 5: the price jumps, the level does not.
  '08-02T17:30 published 08-02: provisional: 3.4667 98.7500',
  // epsilon costs 2 at the hour of the cut-off, from Monday to Friday. An announcement that delta
  // would cost 6 from the 5th was taken back on the 1st.
  '08-03T17:30 published 08-03: provisional: 3.6333 103.4976',
  '08-08T17:30 published 08-08: provisional: 3.4667 98.7500',
  // alpha at 4.4 for 4, found on the 13th: final.
  '08-10T17:30 published 08-10: provisional: 3.7000 105.3966',
  '08-11T17:30 published 08-11: provisional: 3.6333 103.4976',
  '08-15T17:30 published 08-15: provisional: 3.4667 98.7500',
  '08-17T17:30 published 08-17: provisional: 3.6333 103.4976',
  '08-20T16:10 announced 09-01: Version 2.0.0 of the rulebook of QUARTER, a material change, ' +
    'is in force from 2026-09-01.',
  // epsilon falls from 1 to 0.2: held, until a router shows it too.
  `08-20T16:10 in_review 08-20: ${until('08-20')}`,
  '08-20T17:30 published 08-20: provisional: 3.4667 98.7500',
  '08-21T17:30 published 08-21: provisional: 3.3333 94.9519',
  `08-29T17:30 announced 09-01: ${basket('2026-09-01', '0 enter', '2026-09-02')}`,
  `09-28T17:30 announced 10-01: ${basket('2026-10-01', '0 enter', '2026-10-02')}`,
];

function until(day: string): string {
  return `quotes are held: mtok review shows them, until 2026-${day}T17:00:00Z`;
}

function basket(day: string, enter: string, first: string): string {
  const what = `The basket of QUARTER for its rebalance on ${day} has been formed and is frozen`;
  return `${what}: ${enter}, 0 leave, 6 in all, from ${first} on.`;
}
