/**
 * Calculation only: reference price, level and published text of 10 indices on 1,000 days with 500
 * constituents each. The product's own functions against the same in decimal.js at 40 digits and
 * the same in doubles, in alternating rounds. All three publish the same numbers, but for the
 * doubles that fall on the other side of a rounding: those are counted.
 *
 * The other two add all terms every day; the product adds what moved, which is why it depends on how
 * often prices change. Give 1 as the second argument to have every price change on every day.
 *
 *   npm run build && node bench/calculation.mjs [ROUNDS] [A_PRICE_CHANGES_ONE_DAY_IN]
 */
import { cpus } from 'node:os';
import { Decimal } from 'decimal.js';
import { toPlaces } from '../dist/calculate/aggregate.js';
import { levelOf, priceOf } from '../dist/calculate/series.js';
import { decimal, divide, toFixedText, toText } from '../dist/domain/decimal.js';
import { parseRulebook } from '../dist/index.js';

const [DAYS, MEMBERS, INDICES, PLACES] = [1000, 500, 10, 4];
const rounds = Number(process.argv[2] ?? 5);
const Forty = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_EVEN });

const { rulebook: rules } = parseRulebook(`
schema: mtok.rulebook/1
index: BENCH
version: 1.0.0
base: { date: 2023-07-01, level: "100" }
workload: { input: "0.75", output: "0.25" }
`);

let state = 1;
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 4_294_967_296;
};

/** Prices in thousandths of a dollar; each day gives one in so many another. */
const changesOneIn = Number(process.argv[3] ?? 100);
const newPrice = () => ({ digits: BigInt(50 + Math.floor(15_000 * random() ** 3)), scale: 3 });
const prices = [Array.from({ length: MEMBERS }, newPrice)];
while (prices.length < DAYS) {
  prices.push(prices.at(-1).map((one) => (random() * changesOneIn < 1 ? newPrice() : one)));
}
/** As the chain has them: what stays is the same object. */
const standing = [];
for (const ofDay of prices) {
  const before = standing.at(-1);
  standing.push(
    ofDay.map((price, index) =>
      before?.[index].price === price ? before[index] : { id: String(index), price, legs: {} },
    ),
  );
}
/** Quantities as a basket has them: forty digits. */
const weights = Array.from({ length: INDICES }, () => {
  const raw = Array.from({ length: MEMBERS }, () => 1 + Math.floor(1e9 * random() ** 4));
  const total = decimal(raw.reduce((sum, one) => sum + one, 0));
  return raw.map((one) => divide(decimal(one), total));
});

const asText = (value) => toText(value);
const [foreignPrices, foreignWeights] = [prices, weights].map((all) =>
  all.map((row) => row.map((one) => new Forty(asText(one)))),
);
const [doublePrices, doubleWeights] = [prices, weights].map((all) =>
  all.map((row) => Float64Array.from(row, (one) => Number(asText(one)))),
);

/** The product: exact sums, divided once, rounded half-even. */
function ours() {
  const published = [];
  for (const ofIndex of weights) {
    const members = ofIndex.map((weight, index) => ({ id: String(index), weight }));
    const basket = { members };
    const link = { level: rules.base.level, price: priceOf(basket, standing[0], rules) };
    for (const ofDay of standing) {
      const price = priceOf(basket, ofDay, rules);
      const level = levelOf({ basket, link }, price, undefined, rules, undefined);
      published.push(toFixedText(toPlaces(price, PLACES), PLACES));
      published.push(toFixedText(toPlaces(level, PLACES), PLACES));
    }
  }
  return published;
}

function inDecimalJs() {
  const published = [];
  for (const ofIndex of foreignWeights) {
    const total = ofIndex.reduce((sum, one) => sum.plus(one));
    const referenceOn = (ofDay) =>
      ofIndex.reduce((sum, one, at) => sum.plus(one.times(ofDay[at])), new Forty(0)).div(total);
    const base = referenceOn(foreignPrices[0]);
    for (const ofDay of foreignPrices) {
      const price = referenceOn(ofDay);
      published.push(price.toFixed(PLACES, Decimal.ROUND_HALF_EVEN));
      const level = price.div(base).times(100);
      published.push(level.toFixed(PLACES, Decimal.ROUND_HALF_EVEN));
    }
  }
  return published;
}

function inDoubles() {
  const published = [];
  for (const ofIndex of doubleWeights) {
    let total = 0;
    for (let at = 0; at < MEMBERS; at += 1) total += ofIndex[at];
    const referenceOn = (ofDay) => {
      let sum = 0;
      for (let at = 0; at < MEMBERS; at += 1) sum += ofIndex[at] * ofDay[at];
      return sum / total;
    };
    const base = referenceOn(doublePrices[0]);
    for (const ofDay of doublePrices) {
      const price = referenceOn(ofDay);
      published.push(price.toFixed(PLACES));
      published.push(((price / base) * 100).toFixed(PLACES));
    }
  }
  return published;
}

const sides = { mtok: ours, 'decimal.js': inDecimalJs, doubles: inDoubles };
const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
const found = {};
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, run] of Object.entries(sides)) {
    const start = performance.now();
    found[name] = run();
    // The first round warms up; decimal.js gains nothing by it and takes the longest.
    if (round > 0) times[name].push(performance.now() - start);
  }
}

const differing = (name) => found[name].filter((text, at) => text !== found.mtok[at]).length;
if (differing('decimal.js') > 0) throw new Error(`${differing('decimal.js')} values differ`);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const terms = DAYS * MEMBERS * INDICES;
const change = `a price changes one day in ${changesOneIn}`;
const machine = `${cpus()[0].model}, ${cpus().length} cores`;
console.log(`${terms / 1e6} million terms, ${change}, ${found.mtok.length} published values`);
console.log(
  `Node.js ${process.version}, decimal.js 10.6.0, ${machine}, medians of ${rounds} rounds`,
);
for (const name of Object.keys(sides)) {
  const middle = median(times[name]);
  const ratio = median(times.mtok) / middle;
  console.log(
    `${middle.toFixed(1).padStart(9)} ms  ${(1 / ratio).toFixed(2).padStart(7)}×  ` +
      `${name}, ${differing(name)} values differ`,
  );
}
const [own, other, double] = ['mtok', 'decimal.js', 'doubles'].map((name) => median(times[name]));
console.log(
  `${(other / own).toFixed(1)}× faster than decimal.js, ${(own / double).toFixed(1)}× of doubles`,
);
