import { type Decimal, toText } from '../../domain/decimal.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { markdownTable } from '../methodology/markdown.ts';

type Gates = Rulebook['gates'];

/** What it says of the measurement where a gate fails. */
const MEANING: Readonly<Record<keyof Gates, string>> = {
  min_constituents: 'fewer constituents than this have a price that is not imputed',
  min_labs: 'the prices that are not imputed are of fewer labs',
  min_sellers: 'fewer owners of sellers stand behind the prices',
  min_venues: 'the prices were seen at fewer venues',
  min_coverage:
    'a smaller share of the value, at the prices of the link, has a price that is not imputed',
  min_confirmed:
    'a smaller share of the value was observed: the rest nobody saw again in time, or it is held, carried or imputed',
  max_single_seller: 'a larger share of the value rests on one seller',
  max_dispersion: 'the sellers of some constituent lie further apart',
  max_move: 'the level moved further in a day, as a share of it',
  max_fx_age_days: 'an exchange rate behind a price is older, in days',
};

/** When the measure becomes unreliable by the index's own rules, and what is published then. */
export function gateSection(rulebook: Rulebook): string[] {
  const set = (Object.keys(MEANING) as (keyof Gates)[]).flatMap((name) => {
    const limit = rulebook.gates[name];
    return limit === null ? [] : [[`\`${name}\``, textOf(limit), MEANING[name]]];
  });
  const gates =
    set.length === 0
      ? [
          'The rulebook has no gates: a fixing is published however little it rests on. Its coverage and its influence say how little that is.',
        ]
      : [
          'The rulebook takes the measure of a day as unreliable where a gate fails:',
          markdownTable(['gate', 'threshold', 'it fails where'], set),
        ];
  return [...gates, whatThen(rulebook)];
}

function textOf(limit: Decimal | number): string {
  return typeof limit === 'number' ? String(limit) : toText(limit);
}

function whatThen({ on_withheld }: Rulebook): string {
  const always =
    'A day is unreliable as well where no price is left to impute from (`no_matched_price`), and where a basket that is due cannot be formed (`empty_basket`, `short_usage`, caps that cannot be met), until a scheduled rebalance succeeds.';
  if (on_withheld === 'none') {
    return `${always} The fixing of such a day is withheld: it names what failed and has no value. The calculation runs on through it, so that the next published level is comparable with the last.`;
  }
  return `${always} On such a day the last print is published again, labelled with its own day and with what failed, on at most ${on_withheld.previous} calendar days in a row; after them the index is suspended and has no value. The calculation runs on through such days.`;
}
