import { describe, expect, it } from 'vitest';
import { MtokError } from '../../src/domain/failure.ts';
import { findBook, NO_FILES, readBook } from '../../src/ingest/book.ts';
import { brief, dataFile, readDataFiles } from './data-files.ts';

async function failure(promise: Promise<unknown>): Promise<MtokError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MtokError);
  return error as MtokError;
}

describe('paths that cannot be read', () => {
  it('a directory given as a file is bad data', async () => {
    const error = await failure(readBook({ ...NO_FILES, quotes: ['test'] }));
    expect(error.kind).toBe('data');
    expect(error.message).toBe('expected a file, found a directory: test');
  });

  it('a directory given as a rulebook is bad data', async () => {
    const error = await failure(readBook({ ...NO_FILES, rulebooks: ['test'] }));
    expect(error.kind).toBe('data');
  });

  it('a missing file is the environment', async () => {
    const path = dataFile('quotes-that-is-not-there');
    const error = await failure(readBook({ ...NO_FILES, quotes: [path] }));
    expect(error.kind).toBe('environment');
    expect(error.message).toBe(`cannot read ${path}: it does not exist`);
  });

  it('a file given as a book is bad data', async () => {
    const error = await failure(findBook(dataFile('quotes-bom')));
    expect(error.kind).toBe('data');
  });

  it('a directory without rulebooks and quotes is no book', async () => {
    const error = await failure(findBook('test'));
    expect(error.kind).toBe('data');
    expect(error.message).toBe('test is no book: expected rulebooks/*.yaml and quotes/*.csv in it');
  });

  it('a missing book is the environment', async () => {
    expect((await failure(findBook('test/no-such-book'))).kind).toBe('environment');
  });
});

describe('files that disagree with one another', () => {
  it('rejects both quotes, each with the place of the other', async () => {
    const [a, b] = ['quotes-across-files-a', 'quotes-across-files-b'] as const;
    const { rows, rejects } = await readDataFiles([a, b]);
    expect(rows.quotes.map(({ model }) => model)).toEqual(['beta']);
    expect(rejects).toEqual([
      {
        ...{ code: 'conflicting_quote', file: dataFile(a), line: 2, column: '' },
        value: 'acme alpha 2026-07-01T00:00:00Z: input 1, output 2',
        expected: `the same as ${dataFile(b)}:3 (acme alpha 2026-07-01T00:00:00Z: input 1, output 3)`,
      },
      {
        ...{ code: 'conflicting_quote', file: dataFile(b), line: 3, column: '' },
        value: 'acme alpha 2026-07-01T00:00:00Z: input 1, output 3',
        expected: `the same as ${dataFile(a)}:2 (acme alpha 2026-07-01T00:00:00Z: input 1, output 2)`,
      },
    ]);
  });

  it('accepts a quote that two files agree on once', async () => {
    const { rows, rejects } = await readDataFiles(['quotes-across-files-a', 'quotes-two-agree']);
    expect(rejects).toEqual([]);
    expect(rows.quotes).toHaveLength(1);
  });

  it('rejects a second rulebook of one index and keeps the first', async () => {
    const paths = [dataFile('rulebook-good'), dataFile('rulebook-same-index')];
    const { rulebooks, rulebookRejects } = await readBook({ ...NO_FILES, rulebooks: paths });
    expect(rulebooks.map(({ index }) => index)).toEqual(['MTOK-TEST']);
    expect(rulebookRejects.map(brief)).toEqual(['1:effective_from bad_version "MTOK-TEST 1.0.0"']);
    expect(rulebookRejects[0]!.file).toBe(paths[1]);
  });

  it('keeps the versions of one index in the order in which they come into force', async () => {
    const paths = [dataFile('rulebook-version-next'), dataFile('rulebook-good')];
    const { rulebooks, rulebookRejects } = await readBook({ ...NO_FILES, rulebooks: paths });
    expect(rulebookRejects).toEqual([]);
    expect(rulebooks.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0']);
  });

  it.each([
    ['rulebook-version-other-base', '1:base bad_version "MTOK-TEST 2.0.0"', 'the base of 1.0.0'],
    [
      'rulebook-version-clarifies-a-value',
      '1:workload bad_version "MTOK-TEST 1.0.1"',
      'what changes a value is no clarification',
    ],
  ])('rejects a version that cannot follow: %s', async (file, place, expected) => {
    const paths = [dataFile('rulebook-good'), dataFile(file)];
    const { rulebooks, rulebookRejects } = await readBook({ ...NO_FILES, rulebooks: paths });
    expect(rulebooks.map(({ version }) => version)).toEqual(['1.0.0']);
    expect(rulebookRejects.map(brief)).toEqual([place]);
    expect(rulebookRejects[0]!.file).toBe(paths[1]);
    expect(rulebookRejects[0]!.expected).toContain(expected);
  });
});

it('collects the faults of every file of a book', async () => {
  const { rejects, rulebookRejects, rows, rulebooks } = await readBook({
    ...NO_FILES,
    rulebooks: [dataFile('rulebook-bad-date'), dataFile('rulebook-good')],
    quotes: [dataFile('quotes-negative')],
    usage: [dataFile('usage-only-input')],
    fx: [dataFile('fx-zero-rate')],
    models: [dataFile('models-missing-lab')],
    sellers: [dataFile('sellers-missing-owner')],
    corrections: [dataFile('corrections-no-reason')],
  });
  expect(
    [...rulebookRejects, ...rejects].map(({ file, code }) => `${file} ${code}`).sort(),
  ).toEqual(
    [
      `${dataFile('corrections-no-reason')} missing_value`,
      `${dataFile('fx-zero-rate')} zero_price`,
      `${dataFile('models-missing-lab')} missing_value`,
      `${dataFile('quotes-negative')} negative_price`,
      `${dataFile('rulebook-bad-date')} bad_rule`,
      `${dataFile('sellers-missing-owner')} missing_value`,
      `${dataFile('usage-only-input')} missing_value`,
    ].sort(),
  );
  expect(rulebooks).toHaveLength(1);
  const { quotes, usage, fx, models, sellers, corrections } = rows;
  const accepted = [quotes, usage, fx, models, sellers, corrections];
  expect(accepted.map((kind) => kind.length)).toEqual([1, 1, 1, 1, 1, 1]);
});
