import type { Day } from '../../domain/dates.ts';
import { type Decimal, decimal, multiply, toText, ZERO } from '../../domain/decimal.ts';
import type { LinkFormula } from '../../domain/formulas.ts';
import type { Workload } from '../../domain/good.ts';
import type { GoodId } from '../../domain/goods.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { latestOf, startOf } from '../../domain/versions.ts';
import { calculateFixing } from '../../fix/fixing.ts';
import type { Evidence } from '../../normalize/evidence.ts';
import { markdownTable } from './markdown.ts';

/** One index: what it measures, its rules in words, and its latest value. */
export function indexSection(
  versions: readonly Rulebook[],
  evidence: Evidence,
  date: Day,
): string[] {
  const rulebook = latestOf(versions);
  const { index, title } = rulebook;
  return [
    `### ${index}`,
    [`**${title}.**`, latest(versions, evidence, date)].filter(Boolean).join(' '),
    ruleTable(rulebook),
    ...versions.map(versionLine),
  ];
}

/** The rules of one version in words. */
export function ruleTable(rulebook: Rulebook): string {
  const rows = RULES.map(({ name, say }) => [name, say(rulebook)]).filter(
    ([, text]) => text !== '',
  );
  return markdownTable(['rule', 'this index'], rows);
}

function versionLine(rulebook: Rulebook): string {
  const { version, sha256, effective_from, change } = rulebook;
  const since = effective_from === null ? '' : `, in force from ${startOf(rulebook)} (${change})`;
  return `Rulebook ${version}${since}, SHA-256 \`${sha256}\`.`;
}

function latest(versions: readonly Rulebook[], evidence: Evidence, date: Day): string {
  const result = calculateFixing(versions, evidence, date);
  if (!result.fixing) return '';
  const { fixing } = result;
  if (!fixing.value) return `On ${date}: withheld (${fixing.withheld.join(', ')}).`;
  const { price } = fixing.value;
  return `On ${date}: ${price} ${fixing.unit}, level ${fixing.level}, ${fixing.constituents.length} constituents, ${fixing.basis}.`;
}

interface Rule {
  readonly name: string;
  /** Empty where the rulebook has no such rule. */
  readonly say: (rulebook: Rulebook) => string;
}

const WORKLOADS: Readonly<Record<GoodId, (workload: Workload) => string>> = {
  token: ({ shares, size, tier }) => {
    const share = (leg: string) => percent(shares[leg] ?? ZERO);
    return (
      `${share('input')} input, ${share('cached_input')} cached input, ${share('output')} output; ` +
      `prompts of ${size} tokens; ${tier} tier`
    );
  },
  gpu_hour: ({ size, tier }) =>
    `${size === 1 ? 'one GPU' : `${size} GPUs at once`}; offers: ${tier.replace('_', ' ')}`,
};

const RULES: readonly Rule[] = [
  {
    name: 'base',
    say: ({ base }) => `${toText(base.level)} on ${base.date}`,
  },
  {
    name: 'workload',
    say: (rulebook) => WORKLOADS[rulebook.good](rulebook.workload),
  },
  { name: 'universe', say: universe },
  { name: 'regions', say: ({ universe: { regions } }) => `${regions.join(', then ')}` },
  { name: 'constituent', say: ({ price }) => CONSTITUENTS[price.constituent] },
  { name: 'price from sellers', say: ({ price }) => SELLERS[price.sellers] },
  {
    name: 'screen',
    say: ({ price: { screen } }) => screenText(screen),
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
        : `settlement mode: ${fallback.map(fallbackText).join(', then ')}; then imputed`,
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
      `${cutoff.time} ${cutoff.zone}, ${CALENDARS[calendar] ?? `calendar ${calendar}`}`,
  },
  {
    name: 'published places',
    say: ({ rounding }) =>
      `price ${rounding.price}, level ${rounding.level}, ${rounding.mode.replace('_', ' ')}`,
  },
];

type Screen = Rulebook['price']['screen'];

function screenText(screen: Screen): string {
  switch (screen.method) {
    case 'none':
      return 'none';
    case 'mad':
      return `MAD, sigma ${toText(screen.sigma)}; ratio ${toText(screen.ratio)} where the MAD is 0`;
    case 'previous':
      return `beyond ${toText(screen.ratio)}× the price of the day before, up or down`;
  }
}

const CONSTITUENTS = {
  model: 'a model, priced from its sellers',
  seller_model: "one seller's model",
} as const;

const CALENDARS: Readonly<Record<string, string>> = {
  every_day: 'every day',
  weekdays: 'Monday to Friday',
};

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

const FORMULAS: Readonly<Record<LinkFormula, string>> = {
  laspeyres: 'arithmetic: Laspeyres within a series, chained',
  lowe: 'arithmetic: Lowe within a series (quantities of an earlier period), chained',
  young: 'arithmetic: Young within a series (shares of value of an earlier period), chained',
  carli: 'arithmetic: the mean of price relatives within a series (Carli), chained',
  dutot: 'arithmetic: the ratio of mean prices within a series (Dutot), chained',
  harmonic: 'the harmonic mean of price relatives within a series, chained',
  jevons: 'geometric: Jevons with weights within a series, chained',
  geometric_laspeyres: 'geometric: shares of value of the link within a series, chained',
  geometric_paasche: 'geometric: shares of value of the day, against the link, chained',
  paasche: 'the quantities of the day, against the link (Paasche), chained',
  fisher: 'the geometric mean of Laspeyres and Paasche (Fisher), against the link, chained',
  tornqvist: 'the mean shares of value of link and day (Törnqvist), chained',
  walsh: 'the geometric mean quantities of link and day (Walsh), chained',
  marshall_edgeworth: 'the mean quantities of link and day (Marshall-Edgeworth), chained',
};

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
      const output = rules.split?.output ?? workload.shares.output ?? ZERO;
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

type FallbackRule = Rulebook['fallback'][number];

function fallbackText({ rule, max_days }: FallbackRule): string {
  const limit = max_days === null ? '' : ` at most ${max_days} days`;
  switch (rule) {
    case 'carry_forward':
      return `carried forward${limit}`;
    case 'other_venue':
      return `the median of other sellers and venues${limit}`;
    case 'judgement':
      return `a signed-off judgement${limit}`;
  }
}

function rebalance({ rebalance: rules }: Rulebook): string {
  if (rules.frequency === 'none') return 'never: one basket';
  const on = rules.on.startsWith('first_') ? rules.on.replaceAll('_', ' ') : `first ${rules.on}`;
  const day = rules.frequency === 'daily' ? 'every day' : `${rules.frequency}, on the ${on}`;
  const lead = rules.announce_days > 0 ? `, announced ${rules.announce_days} days before` : '';
  return `${day}, ${rules.effective === 'at_fixing' ? 'at the fixing' : 'after the close'}${lead}`;
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
