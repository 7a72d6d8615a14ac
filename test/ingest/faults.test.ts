import { describe, expect, it } from 'vitest';
import { accepted, brief, dataFile, dataFileNames, readDataFiles } from './data-files.ts';

/** File, rows that are accepted, and rejects as `line:column code "value"`. */
type Expected = readonly [file: string, rows: string, ...rejects: string[]];

const ACCEPTED: readonly Expected[] = [
  ['quotes-bom', 'alpha'],
  ['quotes-crlf', 'alpha'],
  ['quotes-no-final-newline', 'alpha'],
  ['quotes-two-agree', 'alpha'],
  ['quotes-zero-cache-leg', 'alpha beta'],
  ['usage-adjoining-periods', 'alpha alpha'],
  ['usage-two-agree', 'alpha'],
  ['fx-two-agree', '2026-07-01'],
  ['models-alias-that-moves', 'alpha-latest alpha-latest'],
  ['models-same-alias-at-two-sellers', 'alpha-latest alpha-latest'],
  ['holds-good', 'release hold reject'],
  ['holds-two-agree', 'release'],
  ['judgements-good', 'alpha alpha'],
  ['judgements-two-agree', 'alpha'],
  ['succession-good', 'alpha-2 beta-2'],
  ['succession-two-agree', 'alpha-2'],
  ['revisions-good', '1 2'],
  ['revisions-two-agree', '1'],
  ['calendars-good', '2026-10-01 2026-10-10 2026-10-02'],
  ['calendars-dates-alone', '2026-12-25 2027-01-01'],
  ['calendars-of-several', '2026-10-01 2026-10-01'],
  ['calendars-two-agree', '2026-10-01'],
];

const HEADER = 'seller,model,effective_at,input';

const FILE_AND_HEADER: readonly Expected[] = [
  ['quotes-empty', '', '0: empty_file ""'],
  ['quotes-header-only', '', '1: no_rows ""'],
  ['quotes-gzip', '', '1: not_text "a gzip file"'],
  ['quotes-utf16', '', '1: not_text "UTF-16 text"'],
  ['quotes-duplicate-header', '', '1:input duplicate_column "input"'],
  ['quotes-alias-beside-column', '', '1:seller duplicate_column "seller"'],
  ['quotes-missing-output-column', '', `1:output missing_column "${HEADER}"`],
  ['quotes-unknown-column', '', '1:cached_inptu unknown_column "cached_inptu"'],
  ['quotes-unknown-column-far-from-any', '', '1:zzzzzzzzz unknown_column "zzzzzzzzz"'],
  ['quotes-proto-column', '', '1:__proto__ unknown_column "__proto__"'],
  ['quotes-constructor-column', '', '1:constructor unknown_column "constructor"'],
  ['usage-unknown-column', '', '1:prompt_tokens unknown_column "prompt_tokens"'],
  ['sellers-no-owner-column', '', '1:owner missing_column "seller"'],
];

const RECORDS: readonly Expected[] = [
  ['quotes-blank-lines', 'alpha', '5:input negative_price "-2"'],
  ['quotes-quoted-newline-in-source', 'alpha', '4:input negative_price "-2"'],
  ['quotes-quoted-crlf-in-source', 'alpha', '4:input negative_price "-2"'],
  ['quotes-quoted-newline-in-name', 'alpha gamma', '3:model bad_name "alpha\\nbeta"'],
  ['quotes-ragged-row', 'alpha delta', '3: ragged_row "4 cells"', '4: ragged_row "6 cells"'],
  ['quotes-stray-quote', 'alpha', '3: malformed_csv "Invalid Opening Quote"'],
  ['quotes-stray-closing-quote', 'alpha', '3: malformed_csv "Invalid Closing Quote"'],
  ['quotes-unclosed-quote', 'alpha', '3: malformed_csv "Quote Not Closed"'],
];

const QUOTES: readonly Expected[] = [
  ['quotes-missing-output', 'alpha', '3:output missing_leg ""'],
  ['quotes-missing-input', 'alpha', '3:input missing_leg ""'],
  ['quotes-missing-seller', 'alpha', '3:seller missing_value ""'],
  ['quotes-negative', 'alpha', '3:input negative_price "-2"'],
  ['quotes-zero', 'alpha', '3:input zero_price "0"'],
  ['quotes-minus-one', 'alpha', '3:input sentinel_price "-1"'],
  ['quotes-nan', 'alpha', '3:input not_a_number "NaN"'],
  ['quotes-infinity', 'alpha', '3:input not_a_number "Infinity"'],
  ['quotes-decimal-comma', 'alpha', '3:input not_a_number "1,5"'],
  ['quotes-dollar-sign', 'alpha', '3:input not_a_number "$1.50"'],
  ['quotes-thousands-separator', 'alpha', '3:input not_a_number "1,500.00"'],
  ['quotes-exponent-overflow', 'alpha', '3:input not_a_number "1e999999999"'],
  ['quotes-plus-sign', 'alpha', '3:input not_a_number "+1"'],
  ['quotes-padded-price', 'alpha', '3:input not_a_number " 1"'],
  ['quotes-hex', 'alpha', '3:input not_a_number "0x10"'],
  ['quotes-fullwidth-digits', 'alpha', '3:input not_a_number "１"'],
  ['quotes-negative-cache-leg', 'alpha', '3:cached_input sentinel_price "-1"'],
  ['quotes-impossible-date', 'alpha', '3:effective_at bad_date "2026-02-30"'],
  ['quotes-local-time', 'alpha', '3:effective_at bad_date "2026-07-01T12:00:00"'],
  ['quotes-american-date', 'alpha', '3:effective_at bad_date "07/01/2026"'],
  [
    'quotes-ends-before-it-begins',
    'alpha',
    '3:valid_until ends_before_it_begins "2026-07-01"',
    '4:valid_until ends_before_it_begins "2026-07-02"',
  ],
  ['quotes-unknown-unit', 'alpha', '3:unit unknown_unit "per_character"'],
  ['quotes-proto-unit', 'alpha', '3:unit unknown_unit "constructor"'],
  [
    'quotes-unknown-currency',
    'alpha',
    '3:currency unknown_currency "usd"',
    '4:currency unknown_currency "BTC"',
  ],
  ['quotes-unknown-service-tier', 'alpha', '3:service_tier unknown_service_tier "turbo"'],
  ['quotes-unknown-event', 'alpha', '3:event unknown_event "removed"'],
  ['quotes-unknown-basis', 'alpha', '3:basis unknown_basis "rumour"'],
  ['quotes-bad-window', 'alpha', '3:window_utc bad_window "25:00-26:00"'],
  ['quotes-fractional-context', 'alpha', '3:context_from not_a_number "1.5"'],
  [
    'quotes-withdrawn-with-price',
    'alpha gamma',
    '3:input withdrawn_with_price "1"',
    '3:output withdrawn_with_price "2"',
  ],
  ['quotes-usd-column-with-unit', 'beta', '2:unit contradicts_header "per_token"'],
  ['quotes-usd-column-with-currency', 'beta', '2:currency contradicts_header "CNY"'],
  ['quotes-bidi-name', 'alpha', '3:model bad_name "be\u202eta"'],
  ['quotes-padded-name', 'alpha', '3:model bad_name " beta"'],
  ['quotes-name-too-long', 'alpha', `3:model bad_name "${'b'.repeat(201)}"`],
  [
    'quotes-two-disagree',
    'beta',
    '2: conflicting_quote "acme alpha 2026-07-01T00:00:00Z: input 1, output 2"',
    '4: conflicting_quote "acme alpha 2026-07-01T00:00:00Z: input 1.5, output 2"',
  ],
];

const USAGE: readonly Expected[] = [
  ['usage-missing-model', 'alpha', '3:model missing_value ""'],
  ['usage-only-input', 'alpha', '3:output_tokens missing_value ""'],
  ['usage-only-output', 'alpha', '3:input_tokens missing_value ""'],
  ['usage-no-tokens', 'alpha gamma', '3:total_tokens missing_value ""'],
  ['usage-cached-above-input', 'alpha', '3:cached_tokens cached_above_input "101"'],
  ['usage-total-differs', 'alpha', '3:total_tokens total_differs "151"'],
  ['usage-fractional-tokens', 'alpha', '3:input_tokens not_a_number "100.5"'],
  ['usage-negative-tokens', 'alpha', '3:input_tokens not_a_number "-100"'],
  ['usage-no-period', 'alpha', '3:period_start missing_value ""'],
  ['usage-no-period-end', 'alpha', '3:period_end missing_value ""'],
  ['usage-two-periods', 'alpha gamma', '3:date two_periods "2026-06-01"'],
  ['usage-ends-before-it-begins', 'alpha', '3:period_end ends_before_it_begins "2026-06-01"'],
  [
    'usage-conflicting',
    '',
    '2: conflicting_usage "alpha from 2026-06-01T00:00:00Z: 100+50, 0 cached tokens"',
    '3: conflicting_usage "alpha from 2026-06-01T00:00:00Z: 100+51, 0 cached tokens"',
  ],
];

const REFERENCE: readonly Expected[] = [
  ['fx-same-currency', '2026-07-01', '3:quote same_currency "USD"'],
  ['fx-zero-rate', '2026-07-01', '3:rate zero_price "0"'],
  ['fx-negative-rate', '2026-07-01', '3:rate negative_price "-1.1"'],
  ['fx-missing-rate', '2026-07-01', '3:rate missing_value ""'],
  ['fx-time-as-date', '2026-07-01', '3:date bad_date "2026-07-02T00:00:00Z"'],
  ['fx-unknown-currency', '2026-07-01', '3:base unknown_currency "EURO"'],
  [
    'fx-conflicting',
    '2026-07-02',
    '2: conflicting_rate "2026-07-01: 1 EUR = 1.1 USD"',
    '3: conflicting_rate "2026-07-01: 1 EUR = 1.2 USD"',
  ],
  ['models-missing-lab', 'alpha-latest', '3:lab missing_value ""'],
  ['models-bad-open-weights', 'alpha-latest', '3:open_weights bad_value "yes"'],
  ['models-ends-before-it-begins', 'alpha-latest', '3:until ends_before_it_begins "2026-07-01"'],
  ['sellers-missing-owner', 'acme', '3:owner missing_value ""'],
  [
    'sellers-two-owners',
    'beta',
    '2: conflicting_owner "acme owned by acme-holding"',
    '4: conflicting_owner "acme owned by someone-else"',
  ],
  ['corrections-half-a-price', 'alpha', '3:output missing_leg ""', '4:input missing_leg ""'],
  ['corrections-no-reason', 'alpha', '3:reason missing_value ""'],
  ['corrections-missing-was', 'alpha', '3:was_input missing_value ""'],
  [
    'corrections-other-good',
    'alpha',
    '3:input leg_of_another_good "9"',
    '4:rate leg_of_another_good "9"',
  ],
  ['corrections-local-known-since', 'alpha', '3:known_since bad_date "2026-07-03T12:00"'],
];

const DECISIONS: readonly Expected[] = [
  [
    'holds-one-approver',
    'release',
    '3:approvers missing_approver "a. smith"',
    '4:approvers missing_approver "a. smith;"',
  ],
  ['holds-same-approver-twice', 'release', '3:approvers missing_approver "a. smith; A. Smith"'],
  [
    'holds-no-rationale',
    'release',
    '3:rationale missing_value ""',
    '4:rationale missing_value "  "',
  ],
  ['holds-unknown-decision', 'release', '3:decision bad_decision "approve"'],
  ['holds-local-decided-at', 'release', '3:decided_at bad_date "2026-07-04T12:00"'],
  ['holds-no-decided-at', 'release', '3:decided_at missing_value ""'],
  [
    'holds-no-approvers-column',
    '',
    '1:approvers missing_column "seller,model,effective_at,decision,rationale,decided_at"',
  ],
  [
    'holds-conflicting',
    'hold',
    '2: conflicting_decision "release acme alpha"',
    '3: conflicting_decision "reject acme alpha"',
  ],
  ['judgements-one-approver', 'alpha', '3:approvers missing_approver "a. smith"'],
  ['judgements-no-approver', 'alpha', '3:approvers missing_value ""'],
  [
    'judgements-same-approver-twice',
    'alpha',
    '3:approvers missing_approver "a. smith;a. smith"',
    '4:approvers missing_approver "a. smith; b. jones; A. SMITH"',
  ],
  ['judgements-no-rationale', 'alpha', '3:rationale missing_value ""'],
  ['judgements-no-decided-at', 'alpha', '3:decided_at missing_value ""'],
  ['judgements-missing-output', 'alpha', '3:output missing_value ""'],
  ['judgements-zero-price', 'alpha', '3:input zero_price "0"', '4:output negative_price "-15"'],
  [
    'judgements-ends-before-it-begins',
    'alpha',
    '3:until ends_before_it_begins "2026-07-02"',
    '4:until ends_before_it_begins "2026-07-03"',
  ],
  ['judgements-time-as-day', 'alpha', '3:from bad_date "2026-07-03T00:00:00Z"'],
  [
    'judgements-conflicting',
    'beta',
    '2: conflicting_judgement "alpha from 2026-07-03: input 3, cached_input 0.3, output 15"',
    '3: conflicting_judgement "alpha from 2026-07-03: input 4, cached_input 0.3, output 15"',
  ],
  ['succession-of-itself', 'alpha-2', '3:successor succeeds_itself "beta"'],
  ['succession-bad-comparable', 'alpha-2', '3:comparable bad_value "yes"'],
  [
    'succession-zero-factor',
    'alpha-2',
    '3:factor zero_price "0"',
    '4:factor negative_price "-0.5"',
  ],
  ['succession-no-evidence', 'alpha-2', '3:evidence missing_value ""'],
  ['succession-one-approver', 'alpha-2', '3:approvers missing_approver "b. jones"'],
  ['succession-impossible-date', 'alpha-2', '3:effective_at bad_date "2026-02-30"'],
  [
    'succession-conflicting',
    'beta-2',
    '2: conflicting_succession "alpha by alpha-2, 0.8"',
    '3: conflicting_succession "alpha by alpha-3, 0.8"',
  ],
  ['revisions-number-zero', '1', '3:revision not_a_number "0"', '4:revision not_a_number "1.5"'],
  ['revisions-no-reason', '1', '3:reason missing_value ""'],
  ['revisions-no-known-at', '1', '3:known_at missing_value ""'],
  ['revisions-time-as-date', '1', '3:date bad_date "2026-07-04T00:00:00Z"'],
  [
    'revisions-conflicting',
    '2',
    '2: conflicting_revision "MTOK-ALL 2026-07-03, revision 1, known at 2026-07-05T12:00:00Z"',
    '3: conflicting_revision "MTOK-ALL 2026-07-03, revision 1, known at 2026-07-05T13:00:00Z"',
  ],
  [
    'calendars-conflicting',
    '2026-10-02',
    '2: conflicting_calendar "calendars-conflicting 2026-10-01 closed"',
    '3: conflicting_calendar "calendars-conflicting 2026-10-01 open"',
  ],
  ['calendars-unknown-status', '2026-10-01', '3:status bad_value "half-day"'],
  [
    'calendars-impossible-date',
    '2026-10-01',
    '3:date bad_date "2026-02-30"',
    '4:date bad_date "2026-10-02T00:00:00Z"',
  ],
  ['calendars-no-date-column', '', '1:date missing_column "name,status"'],
];

/** Rows that are each right and together wrong, where no rule says which to keep. */
const TOGETHER: readonly (readonly [file: string, ...rejects: string[]])[] = [
  ['usage-overlapping-periods', '3:period_start overlapping_usage "alpha"'],
  [
    'usage-one-long-period-over-two',
    '3:period_start overlapping_usage "alpha"',
    '4:period_start overlapping_usage "alpha"',
  ],
  ['models-overlapping-alias', '3:seller_model overlapping_alias "alpha-latest"'],
  [
    'models-one-alias-over-two',
    '3:seller_model overlapping_alias "latest"',
    '4:seller_model overlapping_alias "latest"',
  ],
  [
    'models-conflicting-facts',
    '2: conflicting_model "alpha: acme, frontier, open_weights false"',
    '3: conflicting_model "alpha: other-lab, frontier, open_weights false"',
  ],
  [
    'models-conflicting-open-weights',
    '2: conflicting_model "alpha: acme, frontier, open_weights false"',
    '3: conflicting_model "alpha: acme, frontier, open_weights true"',
  ],
];

const SINGLE = [
  ...ACCEPTED,
  ...FILE_AND_HEADER,
  ...RECORDS,
  ...QUOTES,
  ...USAGE,
  ...REFERENCE,
  ...DECISIONS,
] as const;

describe('each file in test/data is read as its name says', () => {
  it.each(SINGLE)('%s', async (file, rows, ...rejects) => {
    const book = await readDataFiles([file]);
    expect(book.rejects.map(brief)).toEqual(rejects);
    expect(accepted(file, book)).toBe(rows);
    expect(book.rejects.every((reject) => reject.file === dataFile(file))).toBe(true);
  });

  it.each(TOGETHER)('%s', async (file, ...rejects) => {
    const book = await readDataFiles([file]);
    expect(book.rejects.map(brief)).toEqual(rejects);
  });
});

/** Read by tests of their own, in this folder. */
const ELSEWHERE = [
  'quotes-nul-byte',
  'quotes-invalid-utf8',
  'quotes-lone-cr',
  'quotes-lone-cr-in-row',
  'quotes-many-bad-rows',
  'quotes-across-files-a',
  'quotes-across-files-b',
];

it('no file in test/data is left unread, and none is missing', () => {
  const read = [...SINGLE, ...TOGETHER].map(([file]) => file);
  const csv = dataFileNames().filter((name) => !/^(rulebook|contract)-/.test(name));
  expect([...read, ...ELSEWHERE].sort()).toEqual(csv.sort());
});
