import { type Answer, book, command, page, published, section } from './answer.ts';

/**
 * Regulation (EU) 2016/1011, Article 27: the contents of a benchmark statement, point by point.
 * Points are cited by number; what they are about is said in words of our own.
 */
export const ARTICLE_27: readonly Answer[] = [
  {
    point: '27(1) publication',
    about: 'when a statement is published, reviewed and updated',
    answer:
      'A statement is rendered from the rulebooks; `--check` says whether one is out of date.',
    by: command('statement'),
    cannot: 'that it is published in time, with easy access, and reviewed at least every two years',
  },
  {
    point: '27(1)(a)',
    about: 'the market that is measured, and when its measure may be unreliable',
    answer:
      'Each index says what it measures, and its gates with their thresholds; each fixing has what was measured at each gate.',
    by: [...section('3', '8'), ...command('fix'), ...published('fixings/<INDEX>/<date>.json')],
    cannot: '',
  },
  {
    point: '27(1)(b)',
    about:
      'where discretion may be exercised, by which criteria and whom, and its evaluation afterwards',
    answer:
      'What may be decided, by which rule it waits, and by how many people; every decision is an input with names and reason; the yearly report lists them with what they did.',
    by: [
      ...section('5', '8'),
      ...command('review', 'decide', 'approve', 'report'),
      ...book('holds.csv', 'judgements.csv'),
    ],
    cannot: 'what office the people who decide hold',
  },
  {
    point: '27(1)(c)',
    about: 'notice that a change or the end of the benchmark may become necessary',
    answer:
      'Said in this statement; changes, consultations and an end are dated notices in the log.',
    by: [...section('7'), ...command('announce'), ...published('notices/')],
    cannot: '',
  },
  {
    point: '27(1)(d)',
    about: 'advice on what a change or an end means for contracts and instruments',
    answer:
      'Said in this statement; a contract file says what it does at a new rulebook, a roll, a suspension and a cessation.',
    by: [...section('7'), ...command('settle', 'compare'), ...page('docs/formats.md')],
    cannot: 'the contracts of others',
  },
  {
    point: '27(2)(a)',
    about: 'the key terms',
    answer: 'Defined here, and in the same words in every document.',
    by: [...section('2'), ...page('docs/formats.md')],
    cannot: '',
  },
  {
    point: '27(2)(b)',
    about: 'why this methodology was chosen, and how it is reviewed and approved',
    answer:
      'The methodology shows what other choices would have given; two rulebooks are compared over a history.',
    by: [...command('methodology', 'sensitivity', 'compare'), ...page('methodology.md')],
    cannot: 'who reviews and approves it, and their reasons',
  },
  {
    point: '27(2)(c)',
    about:
      'criteria and procedures: input data, their priority, the least that is needed, models, rebalancing',
    answer:
      'The rules of each index in words, with the order of the data and the gates; each clause of the methodology names its code and its test.',
    by: [...section('4', '8'), ...command('methodology', 'rebalance'), ...page('methodology.md')],
    cannot: '',
  },
  {
    point: '27(2)(d)',
    about: 'controls over judgement and discretion',
    answer:
      'Two different people for each decision, checked when the row is read; where the rulebook asks for it, two different keys for each fixing.',
    by: [
      ...section('5'),
      ...command('decide', 'approve', 'check'),
      ...book('holds.csv', 'judgements.csv'),
    ],
    cannot: 'guidance to the people who judge, beyond what the rulebook says',
  },
  {
    point: '27(2)(e)',
    about: 'stress, and sources that are insufficient, inaccurate or unreliable',
    answer:
      'Holds, fallbacks in their order, imputation that is labelled, gates, and what is published where they fail.',
    by: [...section('4', '8'), ...command('fix', 'review')],
    cannot: '',
  },
  {
    point: '27(2)(f)',
    about: 'errors in the data or in the benchmark, and when it is determined again',
    answer:
      'Corrections and revisions with their reasons; until when a fixing may be restated, and from which size on.',
    by: [
      ...section('6', '8'),
      ...command('restate', 'report'),
      ...book('corrections.csv', 'revisions.csv'),
      ...published('fixings/<INDEX>/<date>.json'),
    ],
    cannot: '',
  },
  {
    point: '27(2)(g)',
    about: 'limits, also in illiquid or fragmented markets, and the concentration of inputs',
    answer:
      'Limits are said here; each fixing says who could move it, and the yearly report how that changed.',
    by: [...section('3', '8'), ...command('fix', 'report')],
    cannot: '',
  },
  {
    point: '27(2a)',
    about: 'environmental, social and governance factors',
    answer: 'The indices pursue no such objectives, and this statement says so.',
    by: section('1'),
    cannot: '',
  },
];
