import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { parseMoment } from '../../src/domain/dates.ts';
import { toText } from '../../src/domain/decimal.ts';
import type { Feed, FeedImport } from '../../src/index.ts';
import { importFeed, quotesCsv, readLongContext, reportDocument } from '../../src/index.ts';
import { total } from '../ingest/feeds/documents.ts';

const FORMATS = '../shared/formats';

/** Imports a sample as its page says, with the lengths of long prompts that are shipped. */
export async function importSample(feed: Feed, sample: string, at: string): Promise<FeedImport> {
  const file = `${sample}.json`;
  const bytes = readFileSync(`${FORMATS}/${file}`);
  const longContext = await readLongContext('data/feeds/long-context.csv');
  const observedAtMs = parseMoment(at)!;
  return importFeed(feed, [{ observedAtMs, pages: [{ file, bytes }] }], { longContext });
}

/** The samples as pages of one document, which is seen again a day later. */
export async function importTwice(feed: Feed, samples: readonly string[]): Promise<FeedImport> {
  const pages = samples.map((sample) => {
    const file = `${sample}.json`;
    return { file, bytes: readFileSync(`${FORMATS}/${file}`) };
  });
  const longContext = await readLongContext('data/feeds/long-context.csv');
  const days = ['2026-10-07', '2026-10-08'].map((day) => parseMoment(day)!);
  const documents = days.map((observedAtMs) => ({ observedAtMs, pages }));
  return importFeed(feed, documents, { longContext });
}

/** The standard quotes and the rows that are not quoted are those beside the sample, all of them. */
export function expectAsOnThePage(result: FeedImport, sample: string, rows: number): void {
  expect(standardQuotes(result)).toBe(readFileSync(`${FORMATS}/${sample}.expected.csv`, 'utf8'));
  const expected = expectedLeftovers(sample);
  const [report] = result.documents;
  expect(report && total(report, 'rows')).toBe(rows);
  const notQuoted = report?.tally.filter(({ disposition }) => disposition !== 'accepted') ?? [];
  const codes = notQuoted.flatMap((line) =>
    Array<string>(line.rows).fill(`${line.disposition} ${line.code}`),
  );
  expect(codes.sort()).toEqual(expected.map(codeOf).sort());
  const reported = leftovers(result);
  const quoted = expected.filter((line) => !reported.includes(line));
  expect(reported.filter((line) => !expected.includes(line))).toEqual([]);
  // Of another tier with both sides: quotes of their own, and so not left over.
  for (const line of quoted) {
    const [, tier, price] = / other_tier tier_(\w+) (.*)$/.exec(line) ?? [];
    const own = result.quotes.filter(({ serviceTier }) => serviceTier === tier);
    const prices = own.flatMap(({ legs }) => Object.values(legs).map((leg) => toText(leg)));
    expect(prices, line).toContain(price);
  }
}

/** In the columns of the samples, which are the first of a quotes file. */
function standardQuotes({ quotes }: FeedImport): string {
  const standard = quotes.filter(({ serviceTier }) => serviceTier === 'standard');
  const rows = [...quotesCsv(standard)].join('').trimEnd().split('\n');
  return rows.map((row) => `${row.split(',').slice(0, 14).join(',')}\n`).join('');
}

/** `id disposition code price` */
function expectedLeftovers(sample: string): string[] {
  const [, ...rows] = readFileSync(`${FORMATS}/${sample}.rejected.csv`, 'utf8').trim().split('\n');
  return rows.map((row) => {
    const [id, , disposition, code, price] = row.split(',');
    return [id, disposition, code, price].filter(Boolean).join(' ');
  });
}

function leftovers(result: FeedImport): string[] {
  const [report] = reportDocument(result).documents;
  return (report?.leftovers ?? []).map(({ row, disposition, code, price_per_mtok }) =>
    [row, disposition, code, price_per_mtok].filter(Boolean).join(' '),
  );
}

function codeOf(line: string): string {
  return line.split(' ').slice(1, 3).join(' ');
}
