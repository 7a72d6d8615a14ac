import { type Answer, book, command, page, published, section } from './answer.ts';

/** IOSCO, Principles for Financial Benchmarks, final report of July 2013: the 19 by number. */
export const IOSCO_PRINCIPLES: readonly Answer[] = [
  {
    point: '1',
    about: 'Overall Responsibility of the Administrator',
    answer:
      'Every step from a capture to a fixing is a command whose result can be calculated again.',
    by: [...command('run', 'status', 'verify'), ...page('docs/publication.md')],
    cannot: 'who the administrator is, and that it takes responsibility',
  },
  {
    point: '2',
    about: 'Oversight of Third Parties',
    answer:
      'What a feed gave is kept byte for byte with its digest, time and address; sources are compared.',
    by: [...command('fetch', 'reconcile'), ...page('docs/formats.md')],
    cannot: 'agreements with third parties, and how they are overseen',
  },
  {
    point: '3',
    about: 'Conflicts of Interest for Administrators',
    answer:
      'A decision needs two different people, who are named in it; a fixing can need two different keys.',
    by: [...command('decide', 'approve'), ...book('holds.csv', 'judgements.csv')],
    cannot:
      'the policy on conflicts of interest, who has one, and how pay and ownership are kept apart',
  },
  {
    point: '4',
    about: 'Control Framework for Administrators',
    answer:
      'Bad rows stop a calculation, gates a fixing, missing approvals a publication; what was published cannot be changed unseen.',
    by: [...command('check', 'approve', 'verify'), ...page('docs/publication.md')],
    cannot: 'whistleblowing, expertise of staff, and the handling of risk in the organization',
  },
  {
    point: '5',
    about: 'Internal Oversight',
    answer: 'Material for an oversight body: the yearly report, the fixings, the decisions.',
    by: command('report', 'review'),
    cannot: 'the oversight body itself, its members and its minutes',
  },
  {
    point: '6',
    about: 'Benchmark Design',
    answer:
      'What is measured, from which market, with which weights; who could move it; what other choices would give.',
    by: [...section('3', '8'), ...command('methodology', 'sensitivity')],
    cannot: '',
  },
  {
    point: '7',
    about: 'Data Sufficiency',
    answer:
      'Gates on the number of constituents, labs, sellers and venues, on coverage and on confirmed prices; below them nothing is published as a value of the day.',
    by: [...section('8'), ...command('fix', 'report')],
    cannot: 'whether quotes stand for what is paid: transactions count only where a book has them',
  },
  {
    point: '8',
    about: 'Hierarchy of Data Inputs',
    answer:
      'The order of evidence, in common and for each index; each price is labelled with what it rests on.',
    by: [...section('4', '8'), ...page('methodology.md')],
    cannot: '',
  },
  {
    point: '9',
    about: 'Transparency of Benchmark Determinations',
    answer:
      'Each fixing is published with its constituents, evidence, exclusions, gates, decisions and the digests of its inputs.',
    by: [
      ...command('explain', 'verify'),
      ...published('fixings/<INDEX>/<date>.json', 'inputs/<sha256>.csv'),
    ],
    cannot: '',
  },
  {
    point: '10',
    about: 'Periodic Review',
    answer: 'The year in figures, and the index under other rules.',
    by: command('report', 'sensitivity', 'compare'),
    cannot: 'who reviews, how often, and what they conclude',
  },
  {
    point: '11',
    about: 'Content of the Methodology',
    answer: 'Rendered from the rulebooks that calculate; each clause names its code and its test.',
    by: [...command('methodology'), ...page('methodology.md')],
    cannot: 'procedures of internal review and approval',
  },
  {
    point: '12',
    about: 'Changes to the Methodology',
    answer:
      'A version for each change with its kind, announcement and first day; the level is linked across; a material change inside its notice period is refused; its impact is calculated beforehand.',
    by: [
      ...section('7', '8'),
      ...command('announce', 'compare', 'check'),
      ...published('rulebooks/<INDEX>/<version>.yaml', 'notices/'),
    ],
    cannot: 'the consultation itself: who was asked, and what they answered',
  },
  {
    point: '13',
    about: 'Transition',
    answer:
      'A notice of cessation names the last day and the successor; a frozen series can be priced on; contracts say what they settle on.',
    by: [...section('7'), ...command('announce', 'settle', 'fix'), ...published('notices/')],
    cannot: 'plans for another administrator, and talks with those who use the index',
  },
  {
    point: '14',
    about: 'Submitter Code of Conduct',
    answer:
      'Nobody submits prices for the benchmark: quotes are collected where sellers and catalogues publish them.',
    by: section('1', '4'),
    cannot: 'a code of conduct, where an administrator does take submissions',
  },
  {
    point: '15',
    about: 'Internal Controls over Data Collection',
    answer:
      'Captures are appended and never edited; of those that are logged, a stranger can check that a live fixing rests on none that came later; doubtful rows wait for a person, suspicious quotes are held, and what nobody has seen again is labelled.',
    by: [...command('ingest', 'import', 'review', 'verify'), ...published('captures/')],
    cannot: 'who has access to the machines, and how staff are kept from interested parties',
  },
  {
    point: '16',
    about: 'Complaints Procedures',
    answer: 'What a complaint is about can be shown: one file verifies a disputed fixing.',
    by: command('bundle', 'explain'),
    cannot: 'the procedure: where to complain, who decides, and by when',
  },
  {
    point: '17',
    about: 'Audits',
    answer:
      'One archive of a period for the auditor, which verifies and replays without the administrator.',
    by: command('evidence', 'verify', 'report'),
    cannot: 'the audit by an independent auditor, and its publication',
  },
  {
    point: '18',
    about: 'Audit Trail',
    answer:
      'Inputs, decisions with names and reasons, rulebooks, fixings and revisions are kept under their digests in an append-only log.',
    by: [
      ...command('evidence', 'verify'),
      ...published('receipts/<INDEX>/<date>.<state>.tlog-proof', 'tile/'),
    ],
    cannot: 'that the files are kept for five years and more, and what was said outside of them',
  },
  {
    point: '19',
    about: 'Cooperation with Regulatory Authorities',
    answer: 'The archive of a period can be handed over as it is.',
    by: command('evidence'),
    cannot: 'contact with the authorities, and the answers to their requests',
  },
];
