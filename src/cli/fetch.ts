import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { addDays, dayOf } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Asked, FeedSource } from '../ingest/fetch/source.ts';
import { SOURCES, sourceNamed } from '../ingest/fetch/sources.ts';
import { fetchFeed } from '../ingest/fetch/walk.ts';
import { PUBLIC_WIRE } from '../ingest/fetch/wire.ts';
import { writeAllDurably } from '../publish/durable.ts';
import { type RawPair, rawPairs } from '../publish/raw.ts';
import { dayFlag } from './book.ts';
import { note, print, printJson } from './output.ts';
import { progressOn } from './progress.ts';
import { styleFor, table } from './terminal.ts';

interface FetchFlags {
  readonly out: string;
  readonly only?: string[];
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** `mtok fetch`: a feed as it is now, in a dated file with its hash; the import is another step. */
export function addFetch(program: Command): void {
  program
    .command('fetch <feed>')
    .description('get a feed from its public address into a dated raw file')
    .option('--out <dir>', 'where raw files are kept', 'raw')
    .option('--only <name...>', 'some regions, providers or models of a feed that has them')
    .option('--from <day>', 'first day of a daily feed (default: 29 days before the last)', dayFlag)
    .option('--to <day>', 'last day of a daily feed (default: yesterday, UTC)', dayFlag)
    .option('--json', 'the records of the files as JSON')
    .addHelpText('after', help())
    .action((feed: string, flags: FetchFlags) => run(feed, flags, program.version() ?? ''));
}

function help(): string {
  const feeds = SOURCES.map(({ name, gets }) => `  ${name.padEnd(21)} ${gets}`).join('\n');
  const keys = SOURCES.flatMap(({ name, key }) =>
    key ? [`  ${key.variable} for ${name}${key.required ? '' : ', where there is one'}`] : [],
  );
  return `
Feeds:
${feeds}

Keys are read from the environment only:
${keys.join('\n')}

A file FEED.TIME.json (or .csv), or FEED.TIME.PART.json for each part or page, is the body as it
came; its record FEED.TIME.json.origin has the address, time, size and SHA-256. All of a feed is
kept, or nothing. Only the feed's own hosts are asked, over https, and no proxy.

Examples:
  mtok fetch litellm
  mtok import litellm raw/litellm.*.json --out quotes.csv
  mtok fetch aws-bedrock --only us-east-1 eu-central-1 --out feeds`;
}

async function run(feed: string, flags: FetchFlags, version: string): Promise<void> {
  const source = sourceNamed(feed);
  const asked = askedOf(source, flags);
  const key = keyOf(source);
  const progress = progressOn(process.stderr);
  const fetched = await fetchFeed(source, asked, key, {
    wire: PUBLIC_WIRE,
    userAgent: `mtok/${version} (LLM token price index; a few requests a day)`,
    nowMs: Date.now,
    sleep,
    tell: progress.show,
  }).finally(progress.clear);
  const pairs = rawPairs(fetched);
  for (const { name } of pairs) await refuseExisting(join(flags.out, name));
  // The record last: where it is, the file is whole.
  await writeAllDurably(
    pairs.flatMap(({ name, bytes, recordName, record }) => [
      { path: join(flags.out, name), chunks: [bytes] },
      { path: join(flags.out, recordName), chunks: [`${JSON.stringify(record, null, 2)}\n`] },
    ]),
  );
  if (flags.json) printJson(pairs.map(({ record }) => record));
  else for (const line of view(pairs)) print(line);
  note(`written: ${pairs.length} files and their records in ${flags.out}`);
}

function askedOf(source: FeedSource, flags: FetchFlags): Asked {
  const misused = (flag: string, what: string) =>
    new MtokError('usage', `${source.name} has no ${what}: leave out ${flag}`);
  if (flags.only && !source.parts) throw misused('--only', 'parts to choose from');
  const dated = flags.from ?? flags.to;
  if (dated !== undefined && !source.isDaily) throw misused('--from and --to', 'days');
  const to = flags.to ?? addDays(dayOf(Date.now()), -1);
  const from = flags.from ?? addDays(to, -29);
  if (from > to) throw new MtokError('usage', `expected --from at or before --to, found ${from}`);
  return { only: flags.only ?? [], from, to };
}

/** @throws {MtokError} of kind `usage`, without a word of what the variable holds. */
function keyOf({ name, key }: FeedSource): string | undefined {
  if (!key) return undefined;
  const value = process.env[key.variable] ?? '';
  if (value === '' && !key.required) return undefined;
  // Anything else could not be sent, and Node.js would say so by showing it.
  if (/^[\x21-\x7e]{1,500}$/.test(value)) return value;
  const found = value === '' ? 'nothing' : 'something else';
  const expected = `expected a key for ${name} in ${key.variable}, found ${found}`;
  throw new MtokError('usage', `${expected}: set the variable and try again`);
}

/** What was fetched is kept: a second fetch within a second does not replace the first. */
async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new MtokError('environment', `cannot write ${path}: it is there already`);
}

function view(pairs: readonly RawPair[]): string[] {
  const columns = [
    { title: 'file' },
    { title: 'bytes', align: 'right' as const },
    { title: 'SHA-256' },
  ];
  const rows = pairs.map(({ record }) => [record.file, String(record.bytes), record.sha256]);
  return table(columns, rows, styleFor(process.stdout, process.env));
}
