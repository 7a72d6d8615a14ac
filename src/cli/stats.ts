import { type Command, Option } from 'commander';
import type { Catalogue } from '../normalize/catalogue.ts';
import { type GroupOf, groupLevels, indexLevels } from '../study/levels.ts';
import { STATS_BY, type StatsBy, statsStudy } from '../study/stats.ts';
import { dayFlag, withBookFlags } from './book.ts';
import { giveStudy, requireStudyFlags, type StudyFlags, withStudyFlags } from './study.ts';
import { type HistoryFlags, readHistories } from './study-history.ts';

interface StatsFlags extends HistoryFlags, StudyFlags {
  readonly by: StatsBy;
}

/** `mtok stats`: how indices moved. */
export function addStats(program: Command): void {
  withStudyFlags(withBookFlags(program.command('stats')))
    .description('how indices moved: days with a move, monthly volatility, drawdown, ranges')
    .option('--index <id...>', 'one or several (default: all)')
    .option('--from <day>', 'the first day (default: the base date of each)', dayFlag)
    .option('--to <day>', 'the last day (default: the latest with data)', dayFlag)
    .addOption(new Option('--by <what>', 'of parts of an index').choices(STATS_BY).default('index'))
    .option('--publication <dir>', 'published fixings, instead of calculating from the book')
    .addHelpText(
      'after',
      `
List prices are step functions: they stand for weeks, then jump. Daily betas, correlations and
volatilities of such series are artefacts of the days on which nothing moved, so none is offered;
what is monthly rests on the last level of each month that is over.

With --by lab, class or open_weights each part of an index is a matched-model series: what the
models that the basket held on two days in a row cost, in the quantities of the later one, chained.

Examples:
  mtok stats
  mtok stats --index MTOK-LIST --by lab --from 2025-01-01
  mtok stats --index MTOK-LIST MTOK-OPEN --out stats.csv
  mtok stats --publication public --out stats.json && mtok chart --study stats.json --out f.svg`,
    )
    .action(run);
}

async function run(flags: StatsFlags): Promise<void> {
  requireStudyFlags(flags);
  const { histories, catalogue, from, to, origin, sources } = await readHistories(flags);
  const groupOf = GROUPS[flags.by](catalogue);
  const levels = histories.flatMap((history) =>
    groupOf === undefined ? [indexLevels(history)] : groupLevels(history, groupOf),
  );
  const unknown = levels.some(({ group }) => group === UNKNOWN);
  const warnings = unknown
    ? [`Of the models of "${UNKNOWN}" no catalogue that is at hand says what they are.`]
    : [];
  const study = statsStudy(levels, { by: flags.by, from, to, origin, sources, warnings });
  await giveStudy(study, flags, inputsOf(flags));
}

const UNKNOWN = 'unknown';

const GROUPS: Readonly<Record<StatsBy, (catalogue: Catalogue) => GroupOf | undefined>> = {
  index: () => undefined,
  lab: () => (_, member) => member.lab || UNKNOWN,
  class: () => (_, member) => member.class || UNKNOWN,
  open_weights: (catalogue) => (id) => {
    // A constituent that is one seller's model has the seller before it.
    const facts = catalogue.facts(id) ?? catalogue.facts(id.slice(id.indexOf('/') + 1));
    return facts === undefined ? UNKNOWN : facts.openWeights ? 'open' : 'closed';
  },
};

function inputsOf({ rulebook, quotes, usage, fx, models, sellers, corrections }: StatsFlags) {
  return [rulebook, fx, models, sellers, corrections, ...(quotes ?? []), ...(usage ?? [])];
}
