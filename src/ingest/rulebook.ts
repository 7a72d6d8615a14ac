import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Reject } from '../domain/failure.ts';
import { checkRulebook, type Rulebook, type RulebookRules } from '../domain/rulebook.ts';
import { readYaml, type YamlKind } from './yaml.ts';

/** A rulebook, or what is wrong with it. */
export type RulebookReading =
  | { readonly rulebook: Rulebook; readonly rejects: readonly [] }
  | { readonly rulebook?: undefined; readonly rejects: readonly Reject[] };

const RULEBOOK: YamlKind<RulebookRules> = {
  noun: 'rulebook',
  code: 'bad_rule',
  check: (plain) => {
    const { rules, issues } = checkRulebook(plain);
    return rules ? { value: rules, issues } : { issues };
  },
};

/**
 * Reads a rulebook from the text of its YAML file. Scalars are kept as source text, so that no
 * number passes through a float; `sha256` is that of the text's UTF-8 bytes.
 *
 * @returns the rulebook, or every fault with its line.
 * @example parseRulebook(readFileSync('data/rulebooks/MTOK-LIST.yaml', 'utf8'), 'MTOK-LIST.yaml')
 */
export function parseRulebook(text: string, file = 'rulebook'): RulebookReading {
  const { value: rules, rejects } = readYaml(text, file, RULEBOOK);
  if (!rules) return { rejects };
  const digest = bytesToHex(sha256(utf8ToBytes(text)));
  return { rulebook: { ...rules, title: rules.title ?? rules.index, sha256: digest }, rejects: [] };
}
