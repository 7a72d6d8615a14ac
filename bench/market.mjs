/**
 * A market of the size of the benchmarks, as the rows of a book: change-points of every offer of
 * some sellers and models over some days, with rates, usage and a catalogue. The same numbers give
 * the same market on every machine.
 */
const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2023, 6, 1);

/** Three years from 2023-07-01: 24,000 offers, about 120,000 change-points. */
export const THREE_YEARS = { sellers: 40, models: 600, days: 1096, changes: 4.4, seed: 8 };

export const dayText = (day) => new Date(FIRST_MS + day * DAY_MS).toISOString().slice(0, 10);
export const lastDay = ({ days }) => dayText(days - 1);
export const modelName = (model) => `model-${String(model).padStart(3, '0')}`;
const sellerName = (seller) => `seller-${String(seller).padStart(2, '0')}`;
/** The first half of the sellers are labs, and sell their own models too. */
const labOf = (model, { sellers }) => model % Math.max(1, sellers >> 1);

/** One seller in ten does not ask dollars. */
function currencyOf(seller) {
  if (seller % 20 === 5) return 'CNY';
  return seller % 20 === 13 ? 'EUR' : 'USD';
}

/** The rows of a book. */
export function generateMarket(size = THREE_YEARS) {
  const random = randomFrom(size.seed);
  return {
    quotes: [...quotesOf(size, random)],
    usage: [...usageOf(size, random)],
    fx: [...ratesOf(size, random)],
    models: Array.from({ length: size.models }, (_, model) => ({
      model: modelName(model),
      lab: sellerName(labOf(model, size)),
      class: ['frontier', 'efficient', ''][model % 5 === 0 ? 0 : 1 + (model % 2)],
      openWeights: model % 3 === 0,
      ...{ seller: '', sellerModel: modelName(model), fromMs: null, untilMs: null },
    })),
    // Two of the hosts have one owner.
    sellers: [{ seller: sellerName(size.sellers - 1), owner: sellerName(size.sellers - 2) }],
  };
}

function* quotesOf(size, random) {
  for (let model = 0; model < size.models; model += 1) {
    const cents = Math.round(5 * 300 ** random());
    const ratio = 2 + Math.floor(random() * 4);
    for (let seller = 0; seller < size.sellers; seller += 1) {
      yield* offerOf(model, seller, { cents, ratio }, size, random);
    }
  }
}

/** Many offers hardly ever change, some come late, and a few end. */
function* offerOf(model, seller, { cents, ratio }, { days, changes }, random) {
  const currency = currencyOf(seller);
  const isCached = random() < 0.5;
  const offer = {
    ...{ seller: sellerName(seller), model: modelName(model), lab: '', venue: sellerName(seller) },
    ...{ region: random() < 0.03 ? 'us' : 'global', contextFrom: 0, windowUtc: '', currency },
    serviceTier: random() < 0.02 ? 'batch' : 'standard',
    ...{ isReconstructed: false, basis: 'list', source: '' },
  };
  let at = currency === 'CNY' ? cents * 7 : cents;
  let day = random() < 0.6 ? -1 - Math.floor(random() * 30) : Math.floor(random() * days);
  const busy = random() < 0.4 ? 0.3 : 1.7;
  const everyDays = days / (changes * busy);
  while (day < days) {
    at = Math.max(3, Math.round(at * (0.75 + 0.45 * random())));
    const effectiveAtMs = FIRST_MS + day * DAY_MS + Math.floor(random() * 24) * 3_600_000;
    const observedAtMs = effectiveAtMs + (random() < 0.1 ? DAY_MS : 600_000);
    const fate = random();
    const validUntilMs = fate < 0.02 ? effectiveAtMs + 30 * DAY_MS : null;
    const legs = {
      input: { digits: BigInt(at), scale: 2 },
      ...(isCached ? { cached_input: { digits: BigInt(at), scale: 3 } } : {}),
      output: { digits: BigInt(at * ratio), scale: 2 },
    };
    yield { ...offer, event: 'quote', effectiveAtMs, observedAtMs, validUntilMs, legs };
    day += 1 + Math.floor(-Math.log(1 - random()) * everyDays);
    if (fate > 0.99 && day < days) {
      const endsAtMs = FIRST_MS + day * DAY_MS;
      const end = { effectiveAtMs: endsAtMs, observedAtMs: endsAtMs, validUntilMs: null };
      yield { ...offer, event: 'withdrawn', ...end, legs: {} };
      return;
    }
  }
}

/** Weekly figures of every third model, known two days after the week. */
function* usageOf({ models, days }, random) {
  for (let model = 0; model < models; model += 3) {
    const scale = 1e6 * 1e4 ** random();
    for (let day = -70; day < days; day += 7) {
      const periodStartMs = FIRST_MS + day * DAY_MS;
      const periodEndMs = periodStartMs + 7 * DAY_MS;
      const input = BigInt(Math.round(scale * (0.5 + random())));
      yield {
        ...{ model: modelName(model), seller: '', periodStartMs, periodEndMs, source: '' },
        publishedAtMs: periodEndMs + 2 * DAY_MS,
        tokens: { kind: 'split', input, cached: input / 5n, output: input / 3n },
      };
    }
  }
}

/** As the European Central Bank publishes them: euros, on weekdays. */
function* ratesOf({ days }, random) {
  let [dollars, yuan] = [10850, 78000];
  for (let day = -40; day < days; day += 1) {
    if (new Date(FIRST_MS + day * DAY_MS).getUTCDay() % 6 === 0) continue;
    dollars += Math.round(80 * (random() - 0.5));
    yuan += Math.round(500 * (random() - 0.5));
    const row = { date: dayText(day), base: 'EUR', source: '' };
    yield { ...row, quote: 'USD', rate: { digits: BigInt(dollars), scale: 4 } };
    yield { ...row, quote: 'CNY', rate: { digits: BigInt(yuan), scale: 4 } };
  }
}

/** The indices that are calculated over it, as the text of their rulebooks. */
export function rulebookTexts({ models }) {
  const list = Array.from({ length: Math.min(50, models) }, (_, place) =>
    modelName(Math.floor((place * models) / Math.min(50, models))),
  );
  return [
    rulebookText('ALL', { price: '{ sellers: median }' }),
    rulebookText('OPEN', {
      universe: '{ include: { open_weights: true }, regions: [global, us] }',
      gates: '{ min_constituents: 5, min_labs: 3, min_coverage: "0.8" }',
    }),
    rulebookText('FIFTY', {
      universe: `{ include: { models: [${list.join(', ')}] }, regions: [global, us] }`,
      price: '{ sellers: median, screen: { method: mad } }',
      rebalance: '{ frequency: none }',
    }),
    rulebookText('USED', {
      price: '{ sellers: median }',
      weights:
        '{ method: usage, window_days: 28, min_days: 28, lag_days: 7, ' +
        'caps: { of: value, constituent: "0.20", lab: "0.25" } }',
      gates: '{ min_coverage: "0.8", max_single_seller: "0.5" }',
    }),
    rulebookText('CHEAPEST', {
      price: '{ sellers: min }',
      weights: '{ method: equal_value }',
    }),
  ];
}

function rulebookText(name, keys) {
  const all = {
    schema: 'mtok.rulebook/1',
    index: `BENCH-${name}`,
    version: '1.0.0',
    base: `{ date: ${dayText(0)}, level: "100" }`,
    workload: '{ input: "0.7", cached_input: "0.1", output: "0.2", context_tokens: 8000 }',
    universe: '{ regions: [global, us] }',
    cutoff: '{ time: "16:00", zone: UTC }',
    ...keys,
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

/** Numbers from 0 to 1 (mulberry32): the same from the same seed. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
