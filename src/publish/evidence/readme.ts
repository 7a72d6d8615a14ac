import type { Day } from '../../domain/dates.ts';
import { byCodePoint, groupBy } from '../../domain/group.ts';
import type { Contents, FixingRow } from '../../domain/publication.ts';
import { markdownTable, wrap } from '../methodology/markdown.ts';

/** What an archive of evidence is of, and what lies in it. */
export interface EvidenceExtent {
  readonly index?: string;
  readonly from: Day;
  readonly to: Day;
  readonly contents: Contents;
  /** base64 */
  readonly root: string;
  readonly size: number;
  /** Of the fixings, where they all have one. */
  readonly calculation: readonly number[];
  /** The paths in the archive. */
  readonly paths: readonly string[];
}

/** The page that an auditor reads first: what is in the archive, and how to check all of it. */
export function evidenceReadme(extent: EvidenceExtent): string {
  const { index, from, to, contents, root, size, calculation, paths } = extent;
  const rows = contents.fixings.filter(
    (row) => row.date >= from && row.date <= to && (index === undefined || row.index === index),
  );
  const blocks = [
    `# Evidence of ${index ?? 'all indices'} from ${from} to ${to}`,
    `Published by the log \`${contents.origin}\`, whose tree has ${size} entries here and the root \`${root}\`. The same publication gives the same bytes of this file.`,
    fixingTable(rows),
    '## To verify it',
    '    mtok verify THIS-FILE --key PUBLIC-KEY',
    'checks, without a network and without the administrator: the signature of the log, that each fixing is in it with the state that is claimed, that fixings, inputs, decisions and rulebooks have the digests that were logged, that each fixing calculated again from its inputs is the same bytes, and where there are such records, that it was approved by as many keys as its rulebook asks for, that it rests on captures that were logged before it, and that each settlement settled again is the same bytes. Take the public key from elsewhere: without `--key` that in `keys.txt` counts. `--index`, `--date`, `--from` and `--to` verify a part.',
    `It needs a release of mtok with \`engine.calculation\` ${calculation.join(' and ')}.`,
    '## What is in it',
    'The file is one JSON document. Under `text` (and `base64`, where the bytes are no text) each file of the publication that is needed stands under its path, byte for byte:',
    markdownTable(
      ['path', 'files', 'what it is'],
      KINDS.flatMap(({ path, is, what }) => {
        const count = paths.filter(is).length;
        return count === 0 ? [] : [[`\`${path}\``, String(count), what]];
      }),
    ),
    '## To replay a day by hand',
    'This takes the rows and rules that a fixing names out of the archive, as a book:',
    ['```js', ...REPLAY, '```'].join('\n'),
    [
      '    node replay.mjs THIS-FILE fixings/INDEX/DATE.json replay',
      '    mtok fix --book replay --index INDEX --date DATE --json | cmp - replay/fixing.json',
    ].join('\n'),
    'A fixing that was made with a `known_at` of its own needs `--known-at` as well. What people decided is in the book too, with reasons, approvers and moments: `holds.csv`, `judgements.csv`, `corrections.csv`, `revisions.csv`. The fixing prints the decisions that bear on its prices.',
    '## What it does not show',
    'That the log shows the same history to everybody: compare its root with what other readers and its witnesses saw. That nothing was left out of `index.json`: `mtok verify` on the whole publication reads every entry. Rows that were not published for their licence: the log names their kinds, and those fixings are not calculated again.',
  ];
  return `${blocks.map(wrap).join('\n\n')}\n`;
}

/** Double quotes: it is text of a page, and no import of this module. */
const REPLAY = [
  'import { mkdirSync, readFileSync, writeFileSync } from "node:fs";',
  'import { dirname, join } from "node:path";',
  '',
  'const [archive, path, book] = process.argv.slice(2);',
  'const { text } = JSON.parse(readFileSync(archive, "utf8"));',
  'const put = (name, body) => {',
  '  mkdirSync(dirname(join(book, name)), { recursive: true });',
  '  writeFileSync(join(book, name), body);',
  '};',
  'const { index, inputs, rulebook } = JSON.parse(text[path]);',
  'for (const [kind, { sha256, count }] of Object.entries(inputs)) {',
  '  const isFolder = ["quotes", "usage", "fx", "calendars"].includes(kind);',
  '  const name = kind + (isFolder ? "/rows.csv" : ".csv");',
  '  if (count > 0) put(name, text["inputs/" + sha256 + ".csv"]);',
  '}',
  'for (const { version } of [rulebook, ...(rulebook.earlier ?? [])]) {',
  '  put("rulebooks/" + version + ".yaml", text["rulebooks/" + index + "/" + version + ".yaml"]);',
  '}',
  'put("fixing.json", text[path]);',
];

function fixingTable(rows: readonly FixingRow[]): string {
  const lines = [...groupBy(rows, (row) => row.index)]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([index, own]) => {
      const days = new Map(own.map((row) => [row.date, row]));
      const count = (holds: (row: FixingRow) => boolean) => String(own.filter(holds).length);
      const dates = [...days.keys()].sort(byCodePoint);
      return [
        ...[index, dates[0] ?? '', dates.at(-1) ?? '', String(days.size)],
        ...[count(({ revision }) => revision > 0), count(({ status }) => status === 'withheld')],
        ...[count(({ state }) => state === 'final')],
      ];
    });
  const titles = ['index', 'first', 'last', 'days', 'revisions', 'withheld', 'final'];
  return markdownTable(titles, lines);
}

interface Kind {
  readonly path: string;
  readonly is: (path: string) => boolean;
  readonly what: string;
}

const under = (folder: string, what: string): Kind => ({
  ...{ path: `${folder}/`, what },
  is: (path) => path.startsWith(`${folder}/`),
});

const KINDS: readonly Kind[] = [
  {
    path: 'checkpoint, index.json, keys.txt',
    is: (path) => ['checkpoint', 'index.json', 'keys.txt'].includes(path),
    what: 'the signed tree, what it says is published, and the public keys',
  },
  under(
    'fixings',
    'each fixing of the range, with its revisions; and those that settlements rest on',
  ),
  {
    path: 'inputs/*.csv',
    is: (path) => path.startsWith('inputs/') && path.endsWith('.csv'),
    what: 'rows that they rest on: prices, usage, rates, names, and what people decided',
  },
  {
    path: 'inputs/*.json',
    is: (path) => path.startsWith('inputs/') && path.endsWith('.json'),
    what: 'which files of the book the rows came from',
  },
  under('rulebooks', 'the rules in force, and those that the levels came through'),
  under('captures', 'what was collected, logged before anything was calculated from it'),
  under('approvals', 'the signatures of the people who approved the fixings'),
  under('notices', 'what users were told in the range'),
  under(
    'settlements',
    'settlements that were logged in the range, and those that they took the place of',
  ),
  under('contracts', 'the contracts of those settlements'),
  under('receipts', 'that the log holds each fixing in its state, each record, and each key'),
  under('tile', 'the parts of the log that the proofs need'),
  {
    path: 'methodology.md',
    is: (path) => path === 'methodology.md',
    what: 'the methodology as it was last published',
  },
];
