import type { Fixing } from '../domain/fixing.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import { type Contents, type FixingRow, INPUT_KINDS } from '../domain/publication.ts';
import { sitePath } from '../domain/site-path.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import { checkConduct, checkRecords } from './conduct.ts';
import { inBatches, readDigested, readFile } from './documents.ts';
import { fromUtf8, sameBytes } from './encoding.ts';
import { checkInputs, entriesOf, fixingPath, readFixing, receiptPath } from './fixing.ts';
import { readLog, requireReplay, requireTile, type WholeLog } from './log.ts';
import { leafHash, verifyInclusion } from './merkle.ts';
import type { Opened } from './opened.ts';
import { parseReceipt } from './receipt.ts';
import {
  inputPath,
  type RulebookName,
  readRulebook,
  recompute,
  recomputeSeries,
  rulebookPath,
  rulebooksNamed,
} from './recompute.ts';
import { recordReceiptPath } from './records.ts';
import { ensure } from './refusal.ts';
import {
  checkSettlements,
  filesOf,
  type LoggedSettlement,
  type SettleAgain,
} from './settlements.ts';
import type { Source } from './source.ts';
import { counted, type Steps } from './steps.ts';
import { openLogged } from './trust.ts';

/** A fixing as it was published, with what index.json says of it. */
export interface Published {
  readonly row: FixingRow;
  readonly fixing: Fixing;
}

/** Verifies all that a publication holds: every entry, every file, every fixing. */
export async function verifyWhole(
  opened: Opened,
  steps: Steps,
  settleAgain: SettleAgain | undefined,
): Promise<void> {
  const { source, contents, checkpoint } = opened;
  const log = await steps.check('log', async () => {
    const found = await readLog(source, checkpoint);
    requireReplay(found, contents);
    return [`${checkpoint.size} entries and their tiles lead to the signed root`, found];
  });
  await steps.check('documents', async () => {
    const files = Object.entries(contents.files);
    await inBatches(files, async ([path, sha256]) => {
      await readDigested(source, path, sha256);
    });
    return [`${counted(files.length, 'file')} that may change, as they were signed`];
  });
  if (log) await checkReceipts(opened, log, steps);
  const published = await steps.check('fixing', async (): Promise<[string, Published[]]> => {
    const found = await readPublished(source, contents.fixings);
    return [`${counted(found.length, 'fixing')} with the digests that were logged`, found];
  });
  const records = await checkRecords(opened, contents.records, steps);
  if (published) {
    await checkFixings(opened, published, steps, async () => {
      await steps.check('series', async () => {
        await checkSeries(opened, published);
        return ['each series is that of its fixings'];
      });
    });
  }
  if (published && records) {
    await checkConduct(opened, published, records, steps);
    await checkSettlements(opened, records.settlements, settleAgain, steps);
  }
  if (log) await checkFiles(opened, log, published ?? [], records?.settlements ?? [], steps);
}

/** Every receipt, the keys' too, proves its entry in a tree that the log began with. */
async function checkReceipts(opened: Opened, log: WholeLog, steps: Steps): Promise<void> {
  const { source, contents } = opened;
  const receipts = receiptsOf(contents);
  await steps.check('inclusion', async () => {
    const opening = new Map<string, SignedCheckpoint>();
    await inBatches([...receipts], async ([path, number]) => {
      const receipt = parseReceipt(await readFile(source, path));
      ensure(receipt.index === number, `${path} is of entry ${receipt.index}, expected ${number}`);
      const text = fromUtf8(receipt.checkpoint, path);
      const tree = opening.get(text) ?? openLogged(receipt.checkpoint, contents.keys);
      opening.set(text, tree);
      const entry = log.entries[number];
      ensure(entry !== undefined, `${path} is of an entry that the log does not have`);
      verifyInclusion(leafHash(entry), number, tree, receipt.proof);
      ensure(sameBytes(log.rootOf(tree.size), tree.root), `${path} leads to another log`);
    });
    const trees = counted(opening.size, 'signed checkpoint');
    return [`${counted(receipts.size, 'receipt')}, under ${trees} of this log`];
  });
}

function receiptsOf({ fixings, keys, records }: Contents): Map<string, number> {
  const receipts = new Map<string, number>();
  for (const row of fixings) {
    for (const { number, entry } of entriesOf(row)) {
      if (entry.kind === 'fixing') receipts.set(receiptPath(row, entry.state), number);
    }
  }
  for (const row of records) receipts.set(recordReceiptPath(row), row.entry);
  for (const { added, revoked } of keys) {
    for (const number of [added, revoked]) {
      if (number !== null) receipts.set(`receipts/keys/${number}.tlog-proof`, number);
    }
  }
  return receipts;
}

/** Fixings with what index.json says of them. */
export async function readPublished(
  source: Source,
  rows: readonly FixingRow[],
): Promise<Published[]> {
  const found = new Map<FixingRow, Published>();
  await inBatches(rows, async (row) => {
    found.set(row, { row, fixing: await readFixing(source, row) });
  });
  // In the order of the rows, whichever was read first.
  return rows.flatMap((row) => found.get(row) ?? []);
}

/**
 * What fixings rest on, and whether they follow from it.
 *
 * @param before is done before they are calculated again, which takes longest.
 */
export async function checkFixings(
  opened: Opened,
  published: readonly Published[],
  steps: Steps,
  before: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { source } = opened;
  await steps.check('inputs', async () => {
    const known = new Set<string>();
    await inBatches(published, async ({ row, fixing }) => {
      // Most days rest on files that the day before rests on too.
      const key = [row.manifest, ...INPUT_KINDS.map((kind) => fixing.inputs[kind].sha256)].join();
      if (known.has(key)) return;
      known.add(key);
      await checkInputs(source, row, fixing);
    });
    return [`the inputs of ${counted(published.length, 'fixing')} have the digests named there`];
  });
  await steps.check('rulebook', async () => {
    const named = new Map<string, { index: string; name: RulebookName }>();
    for (const { fixing } of published) {
      const { index } = fixing;
      for (const name of rulebooksNamed(fixing)) {
        named.set(`${index} ${name.version} ${name.sha256}`, { index, name });
      }
    }
    for (const { index, name } of named.values()) await readRulebook(source, index, name);
    return [`${counted(named.size, 'rulebook')} with the digests that were logged`];
  });
  await before();
  await steps.check('recompute', async () => {
    const open = published.filter(({ row }) => !row.digest_only);
    for (const group of groupBy(open, ({ row }) => row.index).values()) {
      await recomputeGroup(opened, group);
    }
    const kept = published.length - open.length;
    const without = kept > 0 ? `; of ${kept} not all rows are published` : '';
    return [`${counted(open.length, 'fixing')} calculated again: the same bytes${without}`];
  });
}

async function recomputeGroup({ source }: Opened, group: readonly Published[]): Promise<void> {
  const fixings = group
    .map(({ fixing }) => fixing)
    .sort((a, b) => byCodePoint(a.date, b.date) || a.revision - b.revision);
  const same = await recomputeSeries(source, fixings);
  for (const fixing of fixings) if (!same.has(fixing)) await recompute(source, fixing);
}

/** Dates, prices and levels of a series are those of the last revision of each day. */
async function checkSeries({ source, contents }: Opened, all: readonly Published[]): Promise<void> {
  for (const { index } of contents.indices) {
    const path = `series/${index}.csv`;
    const [header = '', ...lines] = fromUtf8(await readFile(source, path), path)
      .trimEnd()
      .split('\n');
    const columns = header.split(',');
    const expected = new Map<string, string>();
    const own = all.filter(({ row }) => row.index === index);
    for (const { fixing } of own.sort((a, b) => a.row.revision - b.row.revision)) {
      const { date, status, value, level } = fixing;
      expected.set(date, [date, status, value?.price ?? '', level ?? ''].join());
    }
    const found = lines.map((line) => {
      const cells = line.split(',');
      const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
      return ['date', 'status', 'price', 'level'].map(cell).join();
    });
    const sorted = [...expected].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
    const at = sorted.findIndex((line, row) => line !== found[row]);
    ensure(at < 0, `${path} has ${found[at] ?? 'nothing'} where the fixing says ${sorted[at]}`);
    ensure(found.length === sorted.length, `${path} has more days than there are fixings`);
  }
}

/** A checkpoint of this log that witnesses have signed: the log itself does not list them. */
async function isCosigned(
  source: Source,
  path: string,
  log: WholeLog,
  { keys }: Contents,
): Promise<boolean> {
  const size = /^cosigned\/([1-9]\d*)$/.exec(path)?.[1];
  if (size === undefined) return false;
  const tree = openLogged(await readFile(source, path), keys);
  ensure(tree.size === Number(size), `${path} is of a tree of ${tree.size} entries`);
  ensure(sameBytes(log.rootOf(tree.size), tree.root), `${path} leads to another log`);
  return true;
}

/** Nothing lies in the directory that the log does not vouch for. */
async function checkFiles(
  { source, contents }: Opened,
  log: WholeLog,
  published: readonly Published[],
  settlements: readonly LoggedSettlement[],
  steps: Steps,
): Promise<void> {
  const { list } = source;
  if (!list) {
    steps.skip('files', 'a web server does not say which files it has');
    return;
  }
  await steps.check('files', async () => {
    const known = new Set(['checkpoint', 'index.json', ...Object.keys(contents.files)]);
    for (const path of receiptsOf(contents).keys()) known.add(path);
    for (const { path } of contents.records) known.add(path);
    for (const one of settlements) for (const { path } of filesOf(one)) known.add(path);
    for (const row of contents.fixings) {
      known.add(fixingPath(row)).add(`inputs/${row.manifest}.json`);
    }
    for (const { row, fixing } of published) {
      for (const { version } of rulebooksNamed(fixing)) known.add(rulebookPath(row.index, version));
      for (const kind of INPUT_KINDS) {
        if (!row.digest_only?.includes(kind)) known.add(inputPath(fixing.inputs[kind].sha256));
      }
    }
    const listed = await list();
    // Pages for people are made from what is published: no entry of the log is of them.
    const paths = listed.filter((path) => !sitePath(path));
    const site = listed.length - paths.length;
    for (const path of paths) if (await isCosigned(source, path, log, contents)) known.add(path);
    const tiles = paths.filter((path) => path.startsWith('tile/'));
    await inBatches(tiles, async (path) => requireTile(log, path, await readFile(source, path)));
    const extra = paths.filter((path) => !path.startsWith('tile/') && !known.has(path));
    ensure(extra.length === 0, `the log does not know ${extra.slice(0, 5).join(', ')}`);
    const beside = site > 0 ? `; ${counted(site, 'file')} for people beside them` : '';
    return [`${paths.length} files, and none that the log does not know${beside}`];
  });
}
