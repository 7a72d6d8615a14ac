import { addDays, type Day } from './dates.ts';
import type { RulebookRules } from './rulebook.ts';
import { rulesText } from './rules-text.ts';

/**
 * The rulebook of an index: one version, or all of them. A fixing uses the version in force on its
 * date, and the level links across versions.
 */
export type OneOrMore<Rules> = Rules | readonly Rules[];

/** Versions in the order in which they come into force. */
export function inOrder<Rules extends RulebookRules>(rules: OneOrMore<Rules>): readonly Rules[] {
  const versions: readonly Rules[] = Array.isArray(rules) ? rules : [rules as Rules];
  return [...versions].sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
}

/** From when a version is in force: the first one from the base date. */
export function startOf({ effective_from, base }: RulebookRules): Day {
  return effective_from === null || effective_from < base.date ? base.date : effective_from;
}

/** The version in force on a day; before the first, the first. */
export function versionOn<Rules extends RulebookRules>(
  versions: readonly Rules[],
  day: Day,
): Rules {
  const found = versions.findLast((rules) => startOf(rules) <= day) ?? versions[0];
  if (!found) throw new RangeError('expected at least one version of a rulebook');
  return found;
}

/** The version whose rules an index ends with. */
export function latestOf<Rules extends RulebookRules>(rules: OneOrMore<Rules>): Rules {
  const latest = inOrder(rules).at(-1);
  if (!latest) throw new RangeError('expected at least one version of a rulebook');
  return latest;
}

/** What may differ in a version that only clarifies: nothing that a value depends on. */
const WORDING = [
  ...['title', 'version', 'sha256', 'effective_from', 'announced_at', 'change', 'live_from'],
  ...['schedule', 'finality', 'approvals', 'approvers', 'notice_days'],
];

/** Why a later version cannot follow an earlier one; `undefined` where it can. */
export function whyNotAfter(
  later: RulebookRules,
  earlier: RulebookRules,
): { readonly path: string; readonly expected: string } | undefined {
  const { date } = earlier.base;
  if (startOf(later) === startOf(earlier)) {
    const expected = `a day after ${startOf(earlier)}, from which ${earlier.version} is in force`;
    return { path: 'effective_from', expected };
  }
  if (later.version === earlier.version) {
    return { path: 'version', expected: `another version than ${earlier.version}` };
  }
  if (rulesText(later.base) !== rulesText(earlier.base)) {
    return { path: 'base', expected: `the base of ${earlier.version}: ${date}, its level` };
  }
  if (later.good !== earlier.good) {
    return { path: 'good', expected: `${earlier.good}: another good is another index` };
  }
  const noticed = addDays(startOf(later), -earlier.notice_days);
  if (later.change === 'material' && earlier.notice_days > 0) {
    const { announced_at } = later;
    if (announced_at === null || announced_at > noticed) {
      const asked = earlier.notice_days;
      const days = `${asked} ${asked === 1 ? 'day' : 'days'} before it takes effect (notice_days)`;
      return { path: 'announced_at', expected: `${noticed} or earlier: ${days}` };
    }
  }
  if (later.change !== 'clarifying') return undefined;
  const [changed] = Object.keys(later).filter(
    (key) =>
      !WORDING.includes(key) &&
      rulesText(later[key as keyof RulebookRules]) !==
        rulesText(earlier[key as keyof RulebookRules]),
  );
  if (changed === undefined) return undefined;
  const expected = `the same as in ${earlier.version}: what changes a value is no clarification`;
  return { path: changed, expected };
}
