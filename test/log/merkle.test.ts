import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  type SubtreeReader,
} from '../../src/publish/log/merkle.ts';
import { openTileLog } from '../../src/publish/log/tiles.ts';
import * as reader from '../../src/verify/merkle.ts';
import { readTiles } from '../../src/verify/tiles.ts';
import { grow, hex, memorySource } from './logs.ts';

/** The entries of the reference implementation's own tests, and the root over the first n. */
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'].concat(
  '606162636465666768696a6b6c6d6e6f',
);
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const eight = openTileLog(() => undefined, 0);
for (const entry of ENTRIES) eight.append(Buffer.from(entry, 'hex'));

describe('a Merkle tree of RFC 6962', () => {
  it.each(ROOTS.map((root, size) => [size, root] as const))(
    'has over the first %i reference entries the reference root',
    (size, root) => {
      const log = openTileLog(() => undefined, 0);
      for (const entry of ENTRIES.slice(0, size)) log.append(Buffer.from(entry, 'hex'));
      expect(hex(log.root())).toBe(root);
    },
  );

  it.each([
    [0, 1, []],
    [0, 8, ['96a296d2', '5f083f0a', '6b47aaf2']],
    [5, 8, ['bc1a0643', 'ca854ea1', 'd37ee418']],
    [2, 3, ['fac54203']],
    [1, 5, ['6e340b9c', '5f083f0a', 'bc1a0643']],
  ])('proves entry %i in a tree of %i with the reference path', (index, size, path) => {
    const proof = inclusionProof(eight.subtree, index, size).map(hex);
    expect(proof.map((hash) => hash.slice(0, 8))).toEqual(path);
  });

  it.each([
    [1, 1, []],
    [1, 8, ['96a296d2', '5f083f0a', '6b47aaf2']],
    [6, 8, ['0ebc5d34', 'ca854ea1', 'd37ee418']],
    [2, 5, ['5f083f0a', 'bc1a0643']],
  ])('proves that %i entries begin %i with the reference hashes', (old, size, hashes) => {
    const proof = consistencyProof(eight.subtree, old, size).map(hex);
    expect(proof.map((hash) => hash.slice(0, 8))).toEqual(hashes);
  });

  it('refuses what does not lead to the root', () => {
    const tree = { size: 8, root: Buffer.from(ROOTS[8]!, 'hex') };
    const proof = inclusionProof(eight.subtree, 5, 8);
    const leaf = leafHash(Buffer.from(ENTRIES[5]!, 'hex'));
    reader.verifyInclusion(leaf, 5, tree, proof);
    expect(() => reader.verifyInclusion(leaf, 4, tree, proof)).toThrow(/does not lead/);
    expect(() => reader.verifyInclusion(leaf, 8, tree, proof)).toThrow(/expected entry 8/);
    expect(() => reader.verifyInclusion(leaf, 5, tree, proof.slice(1))).toThrow(/too short/);
    expect(() => reader.verifyInclusion(leaf, 5, tree, [...proof, leaf])).toThrow(/too long/);
    const [first, ...rest] = proof;
    expect(() => reader.verifyInclusion(leaf, 5, tree, [leaf, ...rest])).toThrow(/does not lead/);
    expect(first).toBeDefined();
  });
});

describe('proofs by the writer and by the reader from tiles', () => {
  const SIZE = 66_000;
  const log = grow(SIZE);
  const source = memorySource(log.files());
  const rootAt = (size: number) => log.rootAt(size);

  it('agree, and are accepted, for every size up to 70', async () => {
    for (let size = 1; size <= 70; size += 1) await agree(size, [...Array(size).keys()]);
  });

  it.each([255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, SIZE])(
    'agree, and are accepted, at size %i',
    (size) => agree(size, [0, 1, 254, 255, 256, 257, 511, 65_535, 65_536, size - 1]),
  );

  it('agree anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: SIZE }), fc.nat(), fc.nat(), (size, a, b) =>
        agree(size, [a % size, b % size]),
      ),
      { numRuns: 100 },
    );
  });

  async function agree(size: number, indices: readonly number[]) {
    const tiles = readTiles(source, SIZE);
    const tree = { size, root: rootAt(size) };
    const subtree: SubtreeReader = log.subtree;
    for (const index of indices.filter((one) => one < size)) {
      const inclusion = inclusionProof(subtree, index, size);
      expect((await tiles.inclusion(index, size)).map(hex)).toEqual(inclusion.map(hex));
      reader.verifyInclusion(reader.leafHash(log.entry(index)), index, tree, inclusion);
      const old = { size: index, root: rootAt(index) };
      const consistency = consistencyProof(subtree, index, size);
      expect((await tiles.consistency(index, size)).map(hex)).toEqual(consistency.map(hex));
      reader.verifyConsistency(old, tree, consistency);
      if (index === 0) continue;
      const forked = { size: index, root: reader.leafHash(tree.root) };
      expect(() => reader.verifyConsistency(forked, tree, consistency)).toThrow(/does not begin/);
    }
  }
});
