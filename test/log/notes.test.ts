import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signerOf } from '../../src/publish/log/keys.ts';
import {
  checkpointBody,
  cosignatureLine,
  signatureLine,
  signedNote,
} from '../../src/publish/log/note.ts';
import { receiptText } from '../../src/publish/log/receipt.ts';
import { openCheckpoint, parseCheckpoint } from '../../src/verify/checkpoint.ts';
import { parseNote, signaturesBy, verifyNote } from '../../src/verify/note.ts';
import { parseReceipt, verifyReceipt } from '../../src/verify/receipt.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { hasOpenssl } from '../tools.ts';
import { grow } from './logs.ts';

const seed = (byte: number) => new Uint8Array(32).fill(byte);
const log = signerOf('index.example/mtok', 'log', seed(1));
const witness = signerOf('witness.example', 'witness', seed(2));
const stranger = signerOf('stranger.example', 'log', seed(3));
const logKey = parseVerifierKey(log.verifierKey);
const witnessKey = parseVerifierKey(witness.verifierKey);
const bytes = (text: string) => new TextEncoder().encode(text);

const grown = grow(5);
const body = checkpointBody(log.name, 5, grown.root());
const note = signedNote(body, [signatureLine(body, log)]);

describe('a verifier key', () => {
  it('of the specification is read, and its id is that of its key', () => {
    const vector = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
    const { name, id, role } = parseVerifierKey(vector);
    expect({ name, id, role }).toEqual({ name: 'example.com/foo', id: '530d903a', role: 'log' });
  });

  it('of the published example signs the published note', () => {
    const key = parseVerifierKey(
      'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    );
    const text =
      'If you think cryptography is the answer to your problem,\n' +
      "then you don't know what your problem is.\n";
    const line =
      '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
    const [signed] = verifyNote(parseNote(bytes(`${text}\n${line}`)), [key]);
    expect(signed?.key).toBe(key);
  });

  it.each([
    ['another id', log.verifierKey.replace(/\+[0-9a-f]{8}\+/, '+00000000+'), 'expected the id'],
    ['no key', 'index.example/mtok+00000000', 'expected'],
    ['a space in its name', `a b${log.verifierKey.slice(log.name.length)}`, 'expected a key as'],
    ['a broken key', `${log.verifierKey}=`, 'in base64'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => parseVerifierKey(text)).toThrow(message);
  });

  it('of another algorithm is refused by name', () => {
    expect(() =>
      parseVerifierKey('a.example+2fd7a7f0+AunGJ2D5Cz6Q6hvv6iYPpQqJ7sZGZ3dWnKtzQ0yq0L8K'),
    ).toThrow(/another algorithm|expected the id/);
  });
});

describe('a signed note', () => {
  const opened = (text: string, keys = [logKey]) => verifyNote(parseNote(bytes(text)), keys);

  it('is read back with its signature', () => {
    expect(opened(note)).toEqual([{ key: logKey }]);
    expect(parseCheckpoint(parseNote(bytes(note)).body)).toMatchObject({ size: 5 });
  });

  it('is split at its last empty line', () => {
    const text = 'one\n\ntwo\n\n\nthree\n';
    const split = parseNote(bytes(signedNote(text, [signatureLine(text, log)])));
    expect(split.body).toBe(text);
    expect(verifyNote(split, [logKey])).toHaveLength(1);
  });

  it('may carry many signatures, and unknown keys are passed over', () => {
    const names = Array.from({ length: 31 }, (_, at) => `w${at}.example`);
    const others = names.map((name, at) =>
      signatureLine(body, signerOf(name, 'log', seed(at + 9))),
    );
    expect(opened(signedNote(body, [...others, signatureLine(body, log)]))).toHaveLength(1);
  });

  it('is rejected where a known key signed something else, whoever else signed it', () => {
    const wrong = signatureLine(`${body}more\n`, log);
    const right = signatureLine(body, stranger);
    const keys = [logKey, parseVerifierKey(stranger.verifierKey)];
    expect(() => opened(signedNote(body, [right, wrong]), keys)).toThrow('is wrong');
  });

  it('is rejected where no known key signed it, and says who did', () => {
    const text = signedNote(body, [signatureLine(body, stranger)]);
    expect(() => opened(text)).toThrow(
      /expected a signature by index.example\/mtok\+.*, found str/,
    );
  });

  it.each([
    ['a carriage return', note.replace('\n', '\r\n'), 'control characters'],
    ['a tab', note.replace('5', '\t5'), 'control characters'],
    ['no empty line', body, 'an empty line'],
    ['no signature', `${body}\n`, 'at least one'],
    ['no last line feed', note.slice(0, -1), 'to end with'],
    ['a hyphen for the dash', note.replace('\u2014', '-'), 'signature line'],
    ['two spaces', note.replace('\u2014 ', '\u2014  '), 'signature line'],
    ['white space after it', `${note} \n`, 'signature line'],
    ['101 signatures', signedNote(body, Array(101).fill(signatureLine(body, stranger))), 'at most'],
    ['a signature too short', `${body}\n\u2014 a AAAA\n`, 'a key id'],
    ['padding that is not there', note.replace(/=\n$/, '\n'), 'base64'],
  ])('with %s is rejected', (_, text, message) => {
    expect(() => parseNote(bytes(text))).toThrow(message);
  });

  it('that is not UTF-8 is rejected', () => {
    expect(() => parseNote(Uint8Array.of(0xff, 10, 10))).toThrow('UTF-8');
  });

  it('is caught with any of its bytes changed', () => {
    const original = bytes(note);
    for (let at = 0; at < original.length; at += 1) {
      for (const bit of [0, 3, 7]) {
        const changed = Uint8Array.from(original);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(() => openCheckpoint(changed, [logKey]), `${at}.${bit}`).toThrow();
      }
    }
  });

  it.skipIf(!hasOpenssl)('is checked by openssl too', () => {
    const directory = temporaryDirectory();
    const [first] = parseNote(bytes(note)).signatures;
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), logKey.publicKey]);
    writeFileSync(join(directory, 'body'), body);
    writeFileSync(join(directory, 'signature'), first!.payload);
    writeFileSync(join(directory, 'key.der'), der);
    const flags = ['-verify', '-pubin', '-keyform', 'DER', '-inkey', 'key.der', '-rawin'];
    const { stdout } = spawnSync(
      'openssl',
      ['pkeyutl', ...flags, '-in', 'body', '-sigfile', 'signature'],
      { cwd: directory, encoding: 'utf8' },
    );
    expect(stdout).toContain('Signature Verified Successfully');
  });
});

describe('a checkpoint', () => {
  const opened = (of: string) =>
    openCheckpoint(bytes(signedNote(of, [signatureLine(of, log)])), [logKey]);

  it('is that of its origin alone', () => {
    const other = checkpointBody('other.example', 5, grown.root());
    expect(() => opened(other)).toThrow('expected a signature by');
  });

  it.each([
    ['a size with a leading zero', body.replace('\n5\n', '\n05\n'), 'the size of the tree'],
    ['a negative size', body.replace('\n5\n', '\n-5\n'), 'the size of the tree'],
    ['a size that no number holds', body.replace('\n5\n', '\n99999999999999999999\n'), 'decimal'],
    ['a short root', `${log.name}\n5\nAAAA\n`, '32 bytes'],
    ['two lines', `${log.name}\n5\n`, 'three lines'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => opened(text)).toThrow(message);
  });
});

describe('a cosignature', () => {
  const cosigned = signedNote(body, [
    signatureLine(body, log),
    cosignatureLine(body, 1_790_000_000, witness),
  ]);

  it('says when the witness saw the tree', () => {
    expect(signaturesBy(parseNote(bytes(cosigned)), [witnessKey])).toEqual([
      { key: witnessKey, timeS: 1_790_000_000 },
    ]);
  });

  it('has a key id of its own type', () => {
    const same = signerOf('witness.example', 'log', seed(2));
    expect(Buffer.from(same.keyId).equals(Buffer.from(witness.keyId))).toBe(false);
  });

  it('covers its time and the tree', () => {
    const later = cosignatureLine(body, 1_790_000_001, witness);
    const mixed = Buffer.from(later.split(' ')[2]!, 'base64');
    mixed[11] = (mixed[11] ?? 0) ^ 1;
    const line = `\u2014 ${witness.name} ${mixed.toString('base64')}\n`;
    expect(() => verifyNote(parseNote(bytes(signedNote(body, [line]))), [witnessKey])).toThrow(
      'is wrong',
    );
  });

  it('is no signature of the log', () => {
    expect(() => openCheckpoint(bytes(cosigned), [witnessKey])).toThrow('expected a signature');
  });
});

describe('a receipt', () => {
  const { subtree } = grown;
  const leaf = async () => (await import('../../src/verify/merkle.ts')).leafHash(grown.entry(3));

  it('leads from its entry to a signed checkpoint', async () => {
    const { inclusionProof } = await import('../../src/publish/log/merkle.ts');
    const text = receiptText(3, inclusionProof(subtree, 3, 5), note);
    const receipt = parseReceipt(bytes(text));
    expect(receipt.index).toBe(3);
    expect(verifyReceipt(receipt, await leaf(), [logKey]).size).toBe(5);
    const other = parseReceipt(bytes(text.replace('index 3', 'index 2')));
    const own = await leaf();
    expect(() => verifyReceipt(other, own, [logKey])).toThrow('does not lead');
  });

  it('of the only entry has no hashes', () => {
    const text = receiptText(0, [], note);
    expect(text.startsWith('c2sp.org/tlog-proof@v1\nindex 0\n\nindex.example/mtok\n')).toBe(true);
    expect(parseReceipt(bytes(text)).proof).toEqual([]);
  });

  it.each([
    ['another header', 'c2sp.org/tlog-proof@v2\nindex 0\n\n', 'tlog-proof@v1'],
    ['no index', 'c2sp.org/tlog-proof@v1\n0\n\n', 'the index'],
    ['no checkpoint', 'c2sp.org/tlog-proof@v1\nindex 0\n', 'an empty line'],
    ['a hash that is none', 'c2sp.org/tlog-proof@v1\nindex 0\n!\n\n', 'base64'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => parseReceipt(bytes(text))).toThrow(message);
  });
});
