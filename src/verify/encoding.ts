import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Refusal } from './refusal.ts';

/** Bytes and text as formats write them, read strictly: one text for each value. */
export function fromBase64(text: string, what: string): Uint8Array {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    // `atob` passes over white space and over bits that no byte holds.
    if (toBase64(bytes) === text) return bytes;
  } catch {
    // Refused below.
  }
  throw new Refusal(`expected ${what} in base64, found ${JSON.stringify(text.slice(0, 100))}`);
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** @throws {Refusal} for bytes that are not UTF-8. */
export function fromUtf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal(`expected ${what} to be UTF-8 text`);
  }
}

export function digestHex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** A count as a text of digits, without a leading zero. */
export function countOf(text: string, what: string): number {
  const count = /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count)) return count;
  throw new Refusal(`expected ${what} in decimal, found ${JSON.stringify(text.slice(0, 100))}`);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
