import type { Day } from '../../domain/dates.ts';
import { type Decimal, decimal, multiply, toText } from '../../domain/decimal.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { calculateFixing } from '../../fix/fixing.ts';
import type { Evidence } from '../../normalize/evidence.ts';
import { markdownTable } from './markdown.ts';

/** One index: what it measures, its rules in words, and its latest value. */
export function indexSection(rulebook: Rulebook, evidence: Evidence, date: Day): string[] {
  const { index, title, version, sha256 } = rulebook;
  const rows = RULES.map(({ name, say }) => [name, say(rulebook)]).filter(
    ([, text]) => text !== '',
  );
  return [
    `### ${index}`,
    `**${title}.** ${latest(rulebook, evidence, date)}`,
    markdownTable(['rule', 'this index'], rows as string[][]),
    `Rulebook ${version}, SHA-256 \`${sha256}\`.`,
  ];
}

function latest(rulebook: Rulebook, evidence: Evidence, date: Day): string {
  const result = calculateFixing(rulebook, evidence, date);
  if (!result.fixing) return '';
  const { fixing } = result;
  if (!fixing.value) return `On ${date}: withheld (${fixing.withheld.join(', ')}).`;
  const { price } = fixing.value;
  return `On ${date}: ${price} USD/MTok, level ${fixing.level}, ${fixing.constituents.length} constituents, ${fixing.basis}.`;
}

interface Rule {
  readonly name: string;
  /** Empty where the rulebook has no such rule. */
  readonly say: (rulebook: Rulebook) => string;
}

const RULES: readonly Rule[] = [
  {
    name: 'base',
    say: ({ base }) => `${toText(base.level)} on ${base.date}`,
  },
  {
    name: 'workload',
    say: ({ workload }) =>
      `${percent(workload.input)} input, ${percent(workload.cached_input)} cached input, ${percent(workload.output)} output; ` +
      `prompts of ${workload.context_tokens} tokens; ${workload.service_tier} tier`,
  },
  { name: 'universe', say: universe },
  { name: 'regions', say: ({ universe: { regions } }) => `${regions.join(', then ')}` },
  { name: 'constituent', say: ({ price }) => CONSTITUENTS[price.constituent] },
  { name: 'price from sellers', say: ({ price }) => SELLERS[price.sellers] },
  {
    name: 'screen',
    say: ({ price: { screen } }) =>
      screen.method === 'none'
        ? 'none'
        : `MAD, sigma ${toText(screen.sigma)}; ratio ${toText(screen.ratio)} where the MAD is 0`,
  },
  { name: 'weights', say: weights },
  { name: 'caps', say: caps },
  { name: 'formula', say: ({ formula }) => FORMULAS[formula] },
  { name: 'rebalance', say: rebalance },
  {
    name: 'missing prices',
    say: ({ mode, fallback }) =>
      mode === 'research' || fallback.length === 0
        ? `${mode} mode: imputed, and labelled`
        : `settlement mode: ${fallback.map((rule) => `carried forward at most ${rule.max_days} days`).join(', then ')}; then imputed`,
  },
  {
    name: 'hold',
    say: ({ hold }) =>
      hold ? `a move of more than ${toText(hold.move)}×, for ${hold.max_hours} hours` : '',
  },
  { name: 'gates', say: gates },
  {
    name: 'cut-off',
    say: ({ cutoff, calendar }) =>
      `${cutoff.time} ${cutoff.zone}, ${calendar === 'every_day' ? 'every day' : 'Monday to Friday'}`,
  },
  {
    name: 'published places',
    say: ({ rounding }) =>
      `price ${rounding.price}, level ${rounding.level}, ${rounding.mode.replace('_', ' ')}`,
  },
];

const CONSTITUENTS = {
  model: 'a model, priced from its sellers',
  seller_model: "one seller's model",
} as const;

const SELLERS = {
  first_party: "the lab's own price only",
  first_party_else_median: "the lab's own price, else the median of the sellers",
  median: 'the median of the sellers',
  mean: 'the mean of the sellers',
  min: 'the seller with the lowest price of the workload',
  weighted_mean: 'the mean of the sellers, weighted by basis',
  weighted_median: 'the lower median of the sellers, weighted by basis',
  trimmed_mean: 'the trimmed mean of the sellers, weighted by basis',
} as const;

const FORMULAS = {
  laspeyres: 'arithmetic: Laspeyres within a series, chained',
  jevons: 'geometric: Jevons with weights within a series, chained',
} as const;

function universe({ universe: rules }: Rulebook): string {
  const { include, exclude } = rules;
  const listed = (what: string, names: readonly string[]) =>
    names.length > 0 ? [`${what} ${names.join(', ')}`] : [];
  const conditions = [
    ...listed('models', include.models),
    ...listed('labs', include.labs),
    ...listed('sellers', include.sellers),
    ...listed('class', include.classes),
    ...(include.open_weights === null
      ? []
      : [include.open_weights ? 'open weights' : 'closed weights']),
    ...listed('without models', exclude.models),
    ...listed('without sellers', exclude.sellers),
    ...(rules.min_history_days > 0 ? [`known for at least ${rules.min_history_days} days`] : []),
    ...(rules.max_model_age_days === null
      ? []
      : [`known for at most ${rules.max_model_age_days} days`]),
    ...(rules.min_sellers === null ? [] : [`priced by at least ${rules.min_sellers} owners`]),
    ...(rules.max_models_per_lab === null
      ? []
      : [`at most ${rules.max_models_per_lab} models of a lab`]),
  ];
  return conditions.length === 0 ? 'every model with a price' : conditions.join('; ');
}

function weights({ weights: rules, workload }: Rulebook): string {
  switch (rules.method) {
    case 'equal':
      return 'equal quantities';
    case 'equal_value':
      return 'equal shares of value';
    case 'equal_by_lab':
      return 'each lab the same share of value, its models in equal parts';
    case 'fixed':
      return `fixed quantities of ${Object.keys(rules.fixed).length} constituents`;
    case 'usage': {
      const output = rules.split?.output ?? workload.output;
      return (
        `usage (${rules.measure.replace('_', ' ')}) over ${rules.window_days} days, ` +
        `${rules.lag_days} days before the rebalance, at least ${rules.min_days} days known; ` +
        `totals split ${percent(output)} to output`
      );
    }
  }
}

function caps({ weights: { caps: rules } }: Rulebook): string {
  if (!rules) return 'none';
  const parts = [
    ...(rules.constituent ? [`constituent ${percent(rules.constituent)}`] : []),
    ...(rules.lab ? [`lab ${percent(rules.lab)}`] : []),
  ];
  return `${parts.join(', ')} of ${rules.of}`;
}

function rebalance({ rebalance: rules }: Rulebook): string {
  if (rules.frequency === 'none') return 'never: one basket';
  const on = rules.on.startsWith('first_') ? rules.on.replaceAll('_', ' ') : `first ${rules.on}`;
  const day = rules.frequency === 'daily' ? 'every day' : `${rules.frequency}, on the ${on}`;
  return `${day}, ${rules.effective === 'at_fixing' ? 'at the fixing' : 'after the close'}`;
}

function gates({ gates: rules }: Rulebook): string {
  const set = Object.entries(rules).filter(([, limit]) => limit !== null);
  if (set.length === 0) return 'none';
  return set
    .map(([name, limit]) => {
      const text = typeof limit === 'number' ? String(limit) : limit ? toText(limit) : '';
      return `${name.replaceAll('_', ' ')} ${text}`;
    })
    .join(', ');
}

function percent(share: Decimal): string {
  return `${toText(multiply(share, decimal(100)))}%`;
}
