import { compare, decimal, isPositive, multiply, toText } from '../../domain/decimal.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { startOf } from '../../domain/versions.ts';
import { ruleTable } from '../methodology/index-section.ts';
import { markdownTable, quoted } from '../methodology/markdown.ts';
import { gateSection } from './gates.ts';

/** What one index measures, when that is unreliable, and who may decide what in it. */
export function indexStatement(rulebook: Rulebook, versions: readonly Rulebook[]): string[] {
  const { index, title, version, mode, sha256 } = rulebook;
  return [
    `### ${index}`,
    `**${quoted(title)}.** Rulebook ${version}, ${mode} mode, SHA-256 \`${sha256}\`.`,
    '**What is measured.**',
    ruleTable(rulebook),
    geography(rulebook),
    '**When it becomes unreliable.**',
    ...gateSection(rulebook),
    '**The order of its data.**',
    dataOrder(rulebook),
    '**Where discretion is exercised.**',
    discretion(rulebook),
    `**Errors.** ${errors(rulebook)}`,
    `**Changes.** ${changes(rulebook)}`,
    versionTable(versions),
  ];
}

function geography({ universe: { regions } }: Rulebook): string {
  return `The market has no boundaries of its own: of each seller the first region is taken that it quotes, of ${regions.join(', then ')}.`;
}

/** What a price is taken from, first to last. */
function dataOrder({ price, mode, fallback }: Rulebook): string {
  const own =
    price.constituent === 'seller_model' ? 'the price of its seller' : SELLERS[price.sellers];
  const rungs = [
    `${own}${basis(price.basis_weights)}${confirmation(price)}`,
    'for a member without one, its comparable successor, where `succession.csv` names one',
    ...(mode === 'research' ? [] : fallback.map(fallbackText)),
    'imputed: the price of the day before, moved as its lab, else its class, else the basket moved; labelled, and not counted by gates',
  ];
  return rungs
    .map((rung, at) => `${at + 1}. ${rung}${at + 1 === rungs.length ? '.' : ';'}`)
    .join('\n');
}

const SELLERS: Readonly<Record<Rulebook['price']['sellers'], string>> = {
  first_party: "the list price of the lab's own seller",
  first_party_else_median: "the list price of the lab's own seller, else the median of the sellers",
  median: 'the median of the prices of its sellers',
  mean: 'the mean of the prices of its sellers',
  min: 'the price of the seller that is cheapest for the workload',
  weighted_mean: 'the weighted mean of the prices of its sellers',
  weighted_median: 'the lower weighted median of the prices of its sellers',
  trimmed_mean: 'the trimmed mean of the prices of its sellers',
};

function basis(weights: Rulebook['price']['basis_weights']): string {
  const named = Object.entries(weights)
    .sort(([nameA, a], [nameB, b]) => compare(b, a) || (nameA < nameB ? -1 : 1))
    .map(([name, weight]) => `${quoted(name)} ${toText(weight)}`);
  return named.length === 0 ? '' : `, quotes weighed by their basis: ${named.join(', ')}`;
}

function confirmation({ confirm_within_hours }: Rulebook['price']): string {
  if (confirm_within_hours === null) return '';
  return `; \`unconfirmed\` where nobody saw it again within ${confirm_within_hours} hours`;
}

function fallbackText({ rule, max_days }: Rulebook['fallback'][number]): string {
  const limit = max_days === null ? '' : `, at most ${max_days} days after its last quote`;
  switch (rule) {
    case 'carry_forward':
      return `its last price, carried forward${limit}`;
    case 'other_venue':
      return `the median of what other sellers ask for the model${limit}`;
    case 'judgement':
      return `a price that two people judged and signed${limit}`;
  }
}

/** Each place where a person decides, and how many have to agree. */
function discretion({ mode, hold, fallback, approvals, approvers }: Rulebook): string {
  const held =
    hold === null
      ? 'No quote is held: none waits for a decision, and none can be kept out by one.'
      : `A quote that moves a leg by more than ${toText(hold.move)} times, changes its currency, lacks a leg that it had, contradicts an independent venue by as much, or is the removal of a name from a catalogue, is held. Two different people may release or reject it, or hold one that no rule holds; where nobody decides, it is used after ${hold.max_hours} hours.`;
  const judges = mode === 'settlement' && fallback.some(({ rule }) => rule === 'judgement');
  const judged = judges
    ? 'Where a price is missing and no rung above gives one, two different people may judge one.'
    : 'No price is judged by people.';
  const named = approvers.length === 0 ? 'any keys' : `of ${approvers.length} named keys`;
  const approved =
    approvals < 2
      ? 'A fixing needs no approval but the signature of its publisher.'
      : `A fixing is a proposal until ${approvals} different keys, ${named}, have signed its bytes.`;
  return [held, judged, approved].map((line) => `- ${line}`).join('\n');
}

function errors({ finality }: Rulebook): string {
  const { hours, restate_above } = finality;
  if (hours === 0) {
    return 'A fixing is final when it is published, and is never changed: a later correction reaches the fixings after it alone.';
  }
  const share = toText(multiply(restate_above, decimal(100)));
  const size = isPositive(restate_above) ? `beyond ${share}%` : 'of any size';
  return `A fixing is provisional for ${hours} hours from its publication. Within them an error of its price or level ${size} may be restated: a new revision with its reason, beside the old one. After them nothing changes: a late correction becomes a dated notice.`;
}

function changes({ live_from, notice_days }: Rulebook): string {
  const live =
    live_from === null
      ? 'Every fixing is `reconstructed`: calculated later than its day, or from quotes that nobody is recorded to have seen then.'
      : `From ${live_from} on a fixing is \`live\` where all quotes behind it are recorded as seen by its day; else it is \`reconstructed\`.`;
  const notice =
    notice_days === 0
      ? 'The rulebook asks for no notice period.'
      : `The next material version has to be announced ${notice_days} days before its first day.`;
  return `${live} ${notice}`;
}

function versionTable(versions: readonly Rulebook[]): string {
  return markdownTable(
    ['version', 'in force from', 'announced', 'change'],
    versions.map((one, at) => [
      ...[one.version, startOf(one), one.announced_at ?? '–'],
      at === 0 ? 'the first' : one.change,
    ]),
  );
}
