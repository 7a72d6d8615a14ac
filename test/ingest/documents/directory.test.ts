import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFeedFiles } from '../../../src/ingest/documents/directory.ts';
import { LITELLM } from '../../../src/ingest/feeds/litellm.ts';
import { MODELS_DEV } from '../../../src/ingest/feeds/models-dev.ts';

const MODELS = 'providers/a/models';

function directoryWith(...files: readonly string[]): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mtok-')));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '[cost]\n');
  }
  return root;
}

async function filesIn(root: string): Promise<string[]> {
  const files = await readFeedFiles(MODELS_DEV, root);
  return files.map(({ file }) => file.slice(root.length + 1).replaceAll('\\', '/'));
}

describe('a directory of a feed', () => {
  it('is read in an order of its own, without what is no page', async () => {
    const files = [`${MODELS}/z.toml`, `${MODELS}/lab/b.toml`, 'models/lab/b.toml'];
    const others = [
      'README.md',
      '.git/models/x.toml',
      'providers/a/provider.toml',
      'x/models/y.toml',
    ];
    expect(await filesIn(directoryWith(...files, ...others))).toEqual([...files].reverse());
  });

  it('may have links within it, to directories too, and back to itself', async () => {
    const root = directoryWith(`${MODELS}/b.toml`);
    symlinkSync('b.toml', join(root, MODELS, 'a.toml'));
    symlinkSync('a', join(root, 'providers', 'c'));
    symlinkSync('..', join(root, MODELS, 'up'));
    expect(await filesIn(root)).toEqual([
      ...[`${MODELS}/a.toml`, `${MODELS}/b.toml`],
      ...['providers/c/models/a.toml', 'providers/c/models/b.toml'],
    ]);
  });

  it('is refused with a link that leads out of it', async () => {
    const [root, other] = [directoryWith(`${MODELS}/b.toml`), directoryWith('secret.toml')];
    symlinkSync(join(other, 'secret.toml'), join(root, MODELS, 'a.toml'));
    await expect(filesIn(root)).rejects.toThrow(/leads out of it/);
  });

  it('is refused with a link that leads nowhere', async () => {
    const root = directoryWith(`${MODELS}/b.toml`);
    symlinkSync('nowhere.toml', join(root, MODELS, 'a.toml'));
    await expect(filesIn(root)).rejects.toThrow(/a\.toml: it does not exist/);
  });

  it('has to hold something of the feed, and the feed to come as one', async () => {
    await expect(filesIn(directoryWith('README.md'))).rejects.toThrow(/found nothing of it/);
    await expect(readFeedFiles(LITELLM, directoryWith())).rejects.toThrow(/found a directory/);
  });
});
