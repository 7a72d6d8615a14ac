import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_FILES, readBook } from '../../src/ingest/book.ts';
import { duckDbEngine } from '../../src/ingest/engines/duckdb/quotes.ts';
import { NODE_ENGINE } from '../../src/ingest/engines/node.ts';
import { filesNamed } from '../../src/ingest/named-files.ts';

const root = mkdtempSync(join(tmpdir(), 'mtok-named-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;

/** A folder with files of these names, each with this text. */
function folderWith(names: readonly string[], text = ''): string {
  folders += 1;
  const folder = join(root, String(folders));
  for (const name of names) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}

async function below(folder: string, ...names: readonly string[]): Promise<string[]> {
  const { paths } = await filesNamed(names.map((name) => join(folder, name)));
  return paths.map((path) => path.slice(folder.length + 1));
}

describe('a folder', () => {
  it('stands for the files of rows below it, in code-point order, without what is hidden', async () => {
    const folder = folderWith([
      ...[
        'b.csv',
        'a/z.csv.gz',
        'a/b/c.csv.zst',
        'a.parquet',
        'Z.csv',
        '\u{1f600}.csv',
        '\uff61.csv',
      ],
      ...['.hidden.csv', '.git/x.csv', 'README.md', 'a/notes.txt', 'x.csv.bak'],
    ]);
    expect(await below(folder, '')).toEqual([
      ...[
        'Z.csv',
        'a.parquet',
        'a/b/c.csv.zst',
        'a/z.csv.gz',
        'b.csv',
        '\uff61.csv',
        '\u{1f600}.csv',
      ],
    ]);
  });

  it('may hold links, also to itself', async () => {
    const folder = folderWith(['data/a.csv', 'other/b.csv']);
    symlinkSync(join(folder, 'other'), join(folder, 'data/linked'));
    symlinkSync(folder, join(folder, 'data/round'));
    const found = await below(folder, 'data');
    expect(found.slice(0, 2)).toEqual(['data/a.csv', 'data/linked/b.csv']);
    expect(new Set(found).size).toBe(found.length);
  });

  it.each([
    ['nothing', []],
    ['other files', ['README.md', '.hidden.csv']],
  ])('without rows is refused: %s', async (_, names) => {
    const folder = folderWith(['x', ...names]);
    await expect(filesNamed([folder])).rejects.toThrow(
      `expected a file, or a folder that holds files in .csv, .csv.gz, .csv.zst, .parquet: ${folder}`,
    );
  });

  it('with a link that leads nowhere is refused', async () => {
    const folder = folderWith(['a.csv']);
    symlinkSync(join(folder, 'gone'), join(folder, 'b.csv'));
    await expect(filesNamed([folder])).rejects.toThrow(/b\.csv: it does not exist/);
  });
});

describe('a glob', () => {
  const folder = folderWith([
    'a/1.csv',
    'a/2.csv.gz',
    'b/c/3.csv',
    'b/c/.4.csv',
    '[x].csv',
    'q.txt',
  ]);

  it.each([
    ['a/*.csv', ['a/1.csv']],
    ['**/*.csv', ['[x].csv', 'a/1.csv', 'b/c/3.csv']],
    ['**/*.{csv,csv.gz}', ['[x].csv', 'a/1.csv', 'a/2.csv.gz', 'b/c/3.csv']],
    ['[ab]/**', ['a/1.csv', 'a/2.csv.gz', 'b/c/3.csv']],
    ['?/1.csv', ['a/1.csv']],
    ['q.*', ['q.txt']],
    ['[x].csv', ['[x].csv']],
  ])('%s finds what it matches', async (glob, found) => {
    expect(await below(folder, glob)).toEqual(found);
  });

  it.each(['a/*.parquet', 'none/**/*.csv', '*.md'])(
    '%s that matches nothing is refused',
    async (glob) => {
      await expect(filesNamed([join(folder, glob)])).rejects.toThrow(/no file matches it/);
    },
  );

  it('names no file twice, and keeps the order of names', async () => {
    expect(await below(folder, 'b/c/3.csv', '**/*.csv', 'a', 'b/../b/c/3.csv')).toEqual([
      ...['b/c/3.csv', '[x].csv', 'a/1.csv', 'a/2.csv.gz'],
    ]);
  });

  it('leaves a name that is neither to be told as missing', async () => {
    expect((await filesNamed(['no/such.csv'])).paths).toEqual(['no/such.csv']);
  });
});

describe('a folder called key=value', () => {
  const rows = (columns: string, ...lines: string[]) => `${[columns, ...lines].join('\n')}\n`;

  it('says so of each row below it', async () => {
    const folder = folderWith([
      'seller=a%20b/date=2026-01-01/x=__HIVE_DEFAULT_PARTITION__/=y/p.csv',
    ]);
    const { paths, constants } = await filesNamed([folder]);
    expect(constants.get(paths[0]!)).toEqual({ seller: 'a b', date: '2026-01-01', x: '' });
  });

  it('is told in the name as well as below it, and %% that encodes nothing is kept', async () => {
    const folder = folderWith(['k=100%/p.csv']);
    for (const name of ['k=100%', 'k=100%/p.csv', 'k=*/*.csv']) {
      const { constants } = await filesNamed([join(folder, name)]);
      expect([...constants.values()]).toEqual([{ k: '100%' }]);
    }
  });

  it.each([NODE_ENGINE, duckDbEngine({ memoryMb: 256 })])(
    'gives columns that the file does not have: $name',
    async (engine) => {
      const folder = folderWith(
        ['seller=acme/date=2026-07-01/p.csv', 'seller=bolt/date=2026-07-02/p.csv'],
        rows('model,input,output', 'alpha,1,2', 'alpha,1,2', 'beta,3,4'),
      );
      const { paths, constants } = await filesNamed([folder]);
      const book = await readBook({ ...NO_FILES, quotes: paths, constants }, { engine });
      expect(book.rejects).toEqual([]);
      const said = book.rows.quotes.map(({ seller, model, effectiveAtMs, isReconstructed }) =>
        [seller, model, new Date(effectiveAtMs).toISOString().slice(0, 10), isReconstructed].join(),
      );
      expect(said.sort()).toEqual([
        ...['acme,alpha,2026-07-01,true', 'acme,beta,2026-07-01,true'],
        ...['bolt,alpha,2026-07-02,true', 'bolt,beta,2026-07-02,true'],
      ]);
    },
  );

  it.each([NODE_ENGINE, duckDbEngine({ memoryMb: 256 })])(
    'may say when a price was observed, and where it comes from: $name',
    async (engine) => {
      const folder = folderWith(
        ['observed_at=2026-07-05/source=s1/p.csv'],
        rows('seller,model,date,input,output', 'acme,a,2026-07-01,1,2', 'acme,a,2026-07-02,3,2'),
      );
      const { paths, constants } = await filesNamed([folder]);
      const { rows: read } = await readBook({ ...NO_FILES, quotes: paths, constants }, { engine });
      const said = read.quotes.map((one) => [one.observedAtMs, one.isReconstructed, one.source]);
      const observed = Date.UTC(2026, 6, 5);
      expect(said).toEqual([
        [observed, false, 's1'],
        [observed, false, 's1'],
      ]);
    },
  );

  it.each([
    ['seler=x/p.csv', ['unknown_column seler', 'missing_column seller']],
    ['seller=/p.csv', ['missing_value seller']],
    ['seller=acme/unit=furlong/p.csv', ['unknown_unit unit']],
  ])('is judged as a column is: %s', async (name, faults) => {
    const folder = folderWith([name], rows('model,date,input,output', 'alpha,2026-07-01,1,2'));
    const { paths, constants } = await filesNamed([folder]);
    const { rejects } = await readBook({ ...NO_FILES, quotes: paths, constants });
    expect(rejects.map(({ code, column }) => `${code} ${column}`)).toEqual(faults);
  });

  it('does not replace a column of the file', async () => {
    const text = rows('vendor,model,date,input,output', 'acme,alpha,2026-07-01,1,2');
    const folder = folderWith(['seller=bolt/p.csv'], text);
    const { paths, constants } = await filesNamed([folder]);
    const book = await readBook({ ...NO_FILES, quotes: paths, constants });
    expect(book.rows.quotes.map(({ seller }) => seller)).toEqual(['acme']);
  });

  it('leaves the address of a table as it is', async () => {
    const address = 'clickhouse://[::1]:8123/books.quotes';
    const { paths, constants } = await filesNamed([address]);
    expect(paths).toEqual([address]);
    expect(constants.size).toBe(0);
  });
});
