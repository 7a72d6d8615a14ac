import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Contract, checkContract } from '../domain/contract.ts';
import type { Reject } from '../domain/failure.ts';
import { readYaml, type YamlKind } from './yaml.ts';

/** A contract, or what is wrong with it. */
export type ContractReading =
  | { readonly contract: Contract; readonly rejects: readonly [] }
  | { readonly contract?: undefined; readonly rejects: readonly Reject[] };

const CONTRACT: YamlKind<Omit<Contract, 'sha256'>> = {
  noun: 'contract',
  code: 'bad_term',
  check: (plain) => {
    const { terms, issues } = checkContract(plain);
    return terms ? { value: terms, issues } : { issues };
  },
};

/**
 * Reads a contract from the text of its YAML file. Scalars are kept as source text; `sha256` is
 * that of the text's UTF-8 bytes.
 *
 * @returns the contract, or every fault with its line.
 * @example parseContract(readFileSync('data/contracts/MTOK-LIST-USD-MONTH.yaml', 'utf8'))
 */
export function parseContract(text: string, file = 'contract'): ContractReading {
  const { value: terms, rejects } = readYaml(text, file, CONTRACT);
  if (!terms) return { rejects };
  return { contract: { ...terms, sha256: bytesToHex(sha256(utf8ToBytes(text))) }, rejects: [] };
}
