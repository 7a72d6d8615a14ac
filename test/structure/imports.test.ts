import { describe, expect, it } from 'vitest';
import { importsOf, SOURCES } from './sources.ts';

/** The flow: a folder imports from itself and from those to its left. */
const FLOW = [
  ...['domain', 'ingest', 'normalize', 'select', 'weigh', 'calculate', 'fix'],
  ...['publish', 'verify', 'settle', 'study', 'operate', 'site', 'serve', 'client', 'cli'],
];

const edges = SOURCES.flatMap((source) =>
  importsOf(source)
    .filter((target) => target.endsWith('.ts'))
    .map((target) => ({ from: source.path, to: target })),
);

const folderOf = (path: string) => path.split('/')[0] ?? '';

describe('imports', () => {
  it('are found at all', () => {
    expect(SOURCES.length).toBeGreaterThan(40);
    expect(edges.length).toBeGreaterThan(150);
  });

  it('name files that exist', () => {
    const paths = new Set(SOURCES.map(({ path }) => path));
    expect(edges.filter(({ to }) => !paths.has(to))).toEqual([]);
  });

  it('stand in folders that the flow knows', () => {
    const unknown = SOURCES.filter(
      ({ path, folder }) => path !== 'index.ts' && !FLOW.includes(folder),
    );
    expect(unknown.map(({ path }) => path)).toEqual([]);
  });

  it('point from right to left along the flow', () => {
    const against = edges
      .filter(({ from }) => from !== 'index.ts')
      .filter(({ from, to }) => FLOW.indexOf(folderOf(to)) > FLOW.indexOf(folderOf(from)))
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(against).toEqual([]);
  });

  it('of ingest go from what is read to the feeds, and from them to the import', () => {
    const order = ['ingest/documents', 'ingest/feeds', 'ingest/import'];
    const place = (path: string) => order.indexOf(path.split('/').slice(0, 2).join('/'));
    const against = edges.filter(({ from, to }) => place(from) >= 0 && place(to) > place(from));
    expect(against).toEqual([]);
  });

  it('of domain stay within domain', () => {
    const outside = edges.filter(
      ({ from, to }) => folderOf(from) === 'domain' && folderOf(to) !== 'domain',
    );
    expect(outside).toEqual([]);
  });

  it('never name the command line or the library’s own front door', () => {
    const inward = edges.filter(
      ({ from, to }) => to === 'index.ts' || (folderOf(to) === 'cli' && folderOf(from) !== 'cli'),
    );
    expect(inward).toEqual([]);
  });

  it.each(['verify', 'serve', 'client'])('of %s do not reach the writers of publish', (folder) => {
    const reached = edges.filter(
      ({ from, to }) => folderOf(from) === folder && folderOf(to) === 'publish',
    );
    expect(reached).toEqual([]);
  });

  it('of the client go to the schemas and to what verifies, so that a browser can run it', () => {
    const own = SOURCES.filter(({ folder }) => folder === 'client');
    const reached = own.flatMap(importsOf).filter((to) => to.endsWith('.ts'));
    expect(own.length).toBeGreaterThan(0);
    expect(own.flatMap(importsOf).filter((to) => to.startsWith('node:'))).toEqual([]);
    const folders = new Set(reached.map(folderOf));
    expect([...folders].filter((to) => !['client', 'domain', 'verify'].includes(to))).toEqual([]);
  });

  it('of verify name the platform in one place, so that a browser can run the rest', () => {
    const platform = SOURCES.filter(
      (source) =>
        source.folder === 'verify' && importsOf(source).some((to) => to.startsWith('node:')),
    );
    expect(platform.map(({ path }) => path)).toEqual(['verify/directory.ts']);
  });

  it('of serve do not reach the writer of the site', () => {
    const reached = edges.filter(
      ({ from, to }) => folderOf(from) === 'serve' && folderOf(to) === 'site',
    );
    expect(reached).toEqual([]);
  });

  it('of the site touch the disk in one file, so that a browser can draw the rest', () => {
    const platform = SOURCES.filter(
      (source) =>
        source.folder === 'site' && importsOf(source).some((to) => to.startsWith('node:')),
    );
    expect(platform.map(({ path }) => path)).toEqual(['site/write-site.ts']);
  });

  it('form no cycle', () => {
    expect(firstCycle()).toEqual([]);
  });
});

function firstCycle(): string[] {
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const { to } of edges.filter(({ from }) => from === path)) {
      const cycle = visit(to, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const { path } of SOURCES) {
    const cycle = visit(path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
