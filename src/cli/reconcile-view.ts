import { compare, type Decimal, decimal, multiply, toFixedText } from '../domain/decimal.ts';
import type { ReconciledLeg, ReconciledOffer, Reconciliation } from '../select/reconcile.ts';
import type { OfferTerms } from '../select/standing.ts';
import { priceText } from '../select/trust.ts';
import { type Column, styleFor, table } from './terminal.ts';

const SHOWN = 30;

/** For people: who says how much, how far each two agree, and the prices on which they do not. */
export function showReconciliation(found: Reconciliation, date: string, all: boolean): string[] {
  const style = styleFor(process.stdout, process.env);
  const rows = found.offers.flatMap((offer) => offer.legs.map((leg) => ({ offer, leg })));
  const different = rows.filter(({ leg }) => leg.verdict === 'differ').sort(widestFirst);
  const count = (verdict: string) => rows.filter(({ leg }) => leg.verdict === verdict).length;
  const shown = all ? rows : different.slice(0, SHOWN);
  const counts = `agree ${count('agree')}, differ ${count('differ')}, alone ${count('alone')}`;
  return [
    `Quotes that stand at the end of ${date}. Prices (offers and legs): ${counts}.`,
    '',
    ...sourceTable(found),
    '',
    ...(found.pairs.length > 0 ? [...pairTable(found), ''] : []),
    ...(shown.length > 0 ? priceTable(shown, found, all) : ['No prices differ.']),
    ...(shown.length < different.length
      ? [`… and ${different.length - shown.length} more that differ: --all, or --json`]
      : []),
  ];

  function sourceTable({ sources, offers }: Reconciliation): string[] {
    const columns = [{ title: 'source' }, right('offers'), right('alone'), right('silent')];
    return table(
      columns,
      sources.map(({ name, offers: own }) => {
        const alone = offers.filter(({ standing }) => standing.size === 1 && standing.has(name));
        return [name, String(own), String(alone.length), String(offers.length - own)];
      }),
      style,
    );
  }

  function pairTable({ pairs }: Reconciliation): string[] {
    const titles = ['offers in both', 'prices in both', 'agree', 'differ', 'share'];
    return table(
      [{ title: 'pair' }, ...titles.map(right)],
      pairs.map(({ a, b, offers, legs, share }) => [
        `${a} / ${b}`,
        ...[offers.both, legs.agree + legs.differ, legs.agree, legs.differ].map(String),
        share ? percent(share) : '–',
      ]),
      style,
    );
  }

  function priceTable(
    lines: readonly { offer: ReconciledOffer; leg: ReconciledLeg }[],
    { sources }: Reconciliation,
    withVerdict: boolean,
  ): string[] {
    const columns: Column[] = [
      ...(withVerdict ? [{ title: 'verdict' }] : []),
      ...[{ title: 'seller' }, { title: 'model' }, { title: 'leg' }],
      ...sources.map(({ name }) => right(name)),
      right('ratio'),
    ];
    return table(
      columns,
      lines.map(({ offer, leg }) => [
        ...(withVerdict ? [leg.verdict] : []),
        ...[offer.terms.seller, modelText(offer.terms), leg.leg],
        ...sources.map(({ name }) => {
          const price = leg.prices.get(name);
          return price ? priceText(price) : '–';
        }),
        leg.verdict === 'differ' && leg.ratio ? toFixedText(leg.ratio, 2) : '',
      ]),
      style,
    );
  }
}

function right(title: string): Column {
  return { title, align: 'right' };
}

function percent(share: Decimal): string {
  return `${toFixedText(multiply(share, decimal(100)), 1)}%`;
}

/** Prices in different currencies come first: no ratio says how wide that is. */
function widestFirst(
  { leg: { ratio: a } }: { readonly leg: ReconciledLeg },
  { leg: { ratio: b } }: { readonly leg: ReconciledLeg },
): number {
  if (!a || !b) return Number(a !== null) - Number(b !== null);
  return compare(b, a);
}

function modelText({ model, region, serviceTier, contextFrom, windowUtc }: OfferTerms): string {
  const special = [
    region === 'global' ? '' : region,
    serviceTier === 'standard' ? '' : serviceTier,
    contextFrom === 0 ? '' : `from ${contextFrom}`,
    windowUtc,
  ].filter((text) => text !== '');
  return special.length === 0 ? model : `${model} [${special.join(', ')}]`;
}
