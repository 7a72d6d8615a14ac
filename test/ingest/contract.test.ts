import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseContract, readBook, toText } from '../../src/index.ts';
import { NO_FILES } from '../../src/ingest/book.ts';
import { brief, dataFile, dataFileNames } from './data-files.ts';

function read(name: string) {
  return parseContract(readFileSync(dataFile(name), 'utf8'), `${name}.yaml`);
}

/** Line, column and code of each fault, then what the message of the last has to say. */
const FAULTS: readonly (readonly [file: string, places: string, expected: string])[] = [
  ['unknown-key', '1:tick bad_term, 9:tikc bad_term', 'did you mean `tick`?'],
  [
    'unknown-nested-key',
    '13:final.deadline_day bad_term, 13:final.deadlin_day bad_term',
    'did you mean `deadline_day`?',
  ],
  [
    'ladder-unknown-key',
    '15:ladder.0.max_days bad_term, 15:ladder.0.max_dayz bad_term',
    'did you mean `max_days`?',
  ],
  ['proto-key', '14:__proto__ bad_term', 'a known key: __proto__ can be none'],
  ['duplicate-key', '14:column 1 malformed_yaml', 'valid YAML'],
  ['malformed', '10:column 1 malformed_yaml', 'valid YAML'],
  ['other-schema', '1:schema bad_term', 'mtok.contract/1'],
  ['missing-tie', '1:tie bad_term', '"nearer_prior"'],
  ['missing-final', '1:final bad_term', 'the key is missing'],
  ['unknown-tie', '10:tie bad_term', '"half_even"'],
  ['unknown-averaging', '8:averaging.method bad_term', "'business_days'"],
  ['unknown-zone', '13:final.zone bad_term', 'UTC or an IANA time zone'],
  ['impossible-time', '13:final.time bad_term', 'a time of day, HH:MM'],
  ['bad-first-day', '12:first_day bad_term', 'a day that exists, YYYY-MM-DD'],
  ['lower-case-index', '5:index bad_term', 'capitals, digits and single hyphens'],
  ['zero-tick', '9:tick bad_term', 'a number above 0'],
  ['float-words', '9:tick bad_term', 'a decimal number'],
  ['negative-multiplier', '7:multiplier.size bad_term', 'a number above 0'],
  ['no-observations', '11:min_observations bad_term', 'a whole number above 0'],
  [
    'last-fixing-with-many-observations',
    '11:min_observations bad_term',
    'at most 1, the days of the average',
  ],
  ['twap-ends-before-it-begins', '8:averaging.to bad_term', 'the first day or a later one'],
  ['deadline-before-first-day', '13:final.deadline_day bad_term', 'from_day or a later day'],
  ['price-without-series', '14:value bad_term', 'level: a price is of one series'],
  ['level-of-a-series', '14:value bad_term', 'price: a contract on one series'],
  ['series-zero', '14:series bad_term', 'a whole number above 0'],
  ['yuan-without-rates', '1:fx bad_term', 'the exchange rate by which dollars become CNY'],
  ['dollars-with-rates', '14:fx bad_term', 'the contract is in US dollars'],
  ['rates-without-source', '15:fx.sources bad_term', 'the source of the rates'],
  ['ladder-unknown-rule', '16:ladder.1.rule bad_term', "'previous' | 'other_index' | 'postpone'"],
  ['ladder-own-index', '15:ladder.0.index bad_term', 'an index other than its own'],
  ['event-unknown-action', '14:events.roll bad_term', '"continue"|"undetermined"'],
  ['swap-without-fixed', '14:cash.fixed bad_term', 'the key is missing'],
];

describe('each contract in test/data is refused as its name says', () => {
  it.each(FAULTS)('%s', (name, places, expected) => {
    const { contract, rejects } = read(`contract-${name}`);
    expect(contract).toBeUndefined();
    const found = rejects.map(({ line, column, code }) => `${line}:${column} ${code}`);
    expect(found.join(', ')).toBe(places);
    expect(rejects.at(-1)!.expected).toContain(expected);
    expect(rejects.every(({ file }) => file === `contract-${name}.yaml`)).toBe(true);
  });

  it('no file is left unread, and none is missing', () => {
    const read = [...FAULTS.map(([name]) => name), 'good', 'several-faults'];
    const files = dataFileNames().filter((name) => name.startsWith('contract-'));
    expect(files.sort()).toEqual(read.map((name) => `contract-${name}`).sort());
  });
});

describe('a contract', () => {
  it('is refused with all its faults at once', () => {
    expect(read('contract-several-faults').rejects.map(brief)).toEqual([
      '9:tick bad_term "-1"',
      '10:tie bad_term "half"',
      '14:tikc bad_term "1"',
    ]);
  });

  it('is known by the SHA-256 of its bytes', () => {
    const bytes = readFileSync(dataFile('contract-good'));
    const { contract } = read('contract-good');
    expect(contract!.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('that says only what it must settles on the level, in dollars, and invents nothing', () => {
    const { contract } = read('contract-good');
    expect(contract).toMatchObject({
      ...{ value: 'level', series: null, period: 'month', calendar: 'weekdays', currency: 'USD' },
      ...{ fx: null, ladder: [], repeats: 'fixing', revisions: 'until_final' },
      cash: { kind: 'settled_value' },
      events: {
        ...{ rulebook_change: 'continue', roll: 'continue', cessation: 'undetermined' },
        suspension: { days: 5, action: 'undetermined' },
      },
    });
    expect(toText(contract!.tick)).toBe('0.01');
  });

  it('that names a series settles on its price', () => {
    const text = `${readFileSync(dataFile('contract-good'), 'utf8')}series: 3\n`;
    expect(parseContract(text).contract).toMatchObject({ value: 'price', series: 3 });
  });

  it('is read with its book; a second one of its name is refused there', async () => {
    const paths = [dataFile('contract-good'), dataFile('contract-good')];
    const { contracts, contractRejects } = await readBook({ ...NO_FILES, contracts: paths });
    expect(contracts.map(({ contract }) => contract)).toEqual(['TEST-MONTH']);
    expect(contractRejects.map(({ code }) => code)).toEqual(['duplicate_contract']);
  });
});
