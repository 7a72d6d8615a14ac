/**
 * Raw observations of a made-up market, the same bytes on every machine: three years, 40 sellers and
 * 600 models, some offers looked at each hour and the rest each day, in four currencies and four
 * units, standard and batch, with gaps, about one price change in a hundred rows, and one fault in a
 * thousand.
 *
 *   node bench/scale/generate.mjs FILE [ROWS]        # 10 million rows, about 650 MB
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pathToFileURL } from 'node:url';

export const HEADER = 'seller,model,service_tier,effective_at,input,output,currency,unit';
export const FIRST_DAY = '2023-07-01';
export const DAYS = 1096;
export const SELLERS = 40;
export const MODELS = 600;
const DAILY = 1_150;
const HOURLY = 350;
const DEFAULT_ROWS = 10_000_000;

/**
 * Writes a file of about so many rows. What is sold and what it costs is the same for every size;
 * a larger file looks at it more often, a smaller one sells less of it.
 */
export async function generate(file, rows) {
  const random = randomFrom(20_260_701);
  const share = Math.min(1, rows / DEFAULT_ROWS);
  const looks = Math.max(1, Math.round(rows / DEFAULT_ROWS));
  const offers = offersOf(random, Math.round(DAILY * share), Math.round(HOURLY * share));
  const stream = createWriteStream(file);
  stream.write(`${HEADER}\n`);
  const counts = { rows: 0, faults: 0 };
  const startMs = Date.parse(`${FIRST_DAY}T00:00:00Z`);
  for (let hour = 0; hour < DAYS * 24; hour += 1) {
    let text = '';
    for (let look = 0; look < looks; look += 1) {
      const atMs = startMs + hour * 3_600_000 + Math.floor((look * 3_600_000) / looks);
      const at = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
      for (const offer of offers) {
        const isDue = offer.isHourly || hour % 24 === 0;
        if (!isDue || random(50) === 0) continue;
        // A change every hundred looks of a file of the usual size, however often it is looked at.
        if (random(100 * looks) === 0) move(offer, random);
        counts.rows += 1;
        const isFaulty = random(1000) === 0;
        if (isFaulty) counts.faults += 1;
        const when = offer.isHourly || looks > 1 ? at : at.slice(0, 10);
        text += isFaulty
          ? faulty(offer, when, random)
          : line(offer, when, offer.input, offer.output);
      }
    }
    if (!stream.write(text)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  return counts;
}

function offersOf(random, daily, hourly) {
  const offers = [];
  const sold = new Set();
  while (offers.length < daily + hourly) {
    const seller = random(SELLERS);
    const model = random(MODELS);
    const tier = random(20) === 0 ? 'batch' : 'standard';
    const name = `${seller} ${model} ${tier}`;
    if (sold.has(name)) continue;
    sold.add(name);
    // A seller has one currency and one unit.
    const currency = ['USD', 'USD', 'USD', 'USD', 'USD', 'CNY', 'EUR', 'KRW'][seller % 8];
    const unit = UNITS[seller % UNITS.length];
    offers.push({
      ...{ tail: `,${currency},${unit.name}\n`, unit, isHourly: offers.length >= daily },
      head: `s${String(seller).padStart(2, '0')},m${String(model).padStart(3, '0')},${tier},`,
      micros: (1 + random(400)) * 50_000,
      factor: 2 + random(4),
      ...{ input: '', output: '' },
    });
    priced(offers.at(-1));
  }
  return offers;
}

const UNITS = [
  { name: 'per_mtok', places: 6 },
  { name: 'per_mtok', places: 6 },
  { name: 'per_1k', places: 9 },
  { name: 'per_token', places: 12 },
];

/** A step of 2% to 30%, up or down, within bounds. */
function move(offer, random) {
  const step = BigInt(offer.micros) * BigInt(2 + random(29));
  const by = Number(step / 100n);
  const next = random(2) === 0 ? offer.micros + by : offer.micros - by;
  offer.micros = next < 20_000 || next > 60_000_000 ? 1_000_000 : next - (next % 10);
  priced(offer);
}

function priced(offer) {
  offer.input = decimalText(offer.micros, offer.unit.places);
  offer.output = decimalText(offer.micros * offer.factor, offer.unit.places);
}

function decimalText(digits, places) {
  const text = String(digits).padStart(places + 1, '0');
  return `${text.slice(0, -places)}.${text.slice(-places)}`.replace(/\.?0+$/, '');
}

function line({ head, tail }, at, input, output) {
  return `${head}${at},${input},${output}${tail}`;
}

/** Each kind of fault in its turn. */
function faulty(offer, at, random) {
  const { head, tail, input, output } = offer;
  switch (random(10)) {
    case 0:
      return line(offer, at, `-${input}`, output);
    case 1:
      return line(offer, at, input, '0');
    case 2:
      return line(offer, at, '-1', '-1');
    case 3:
      return line(offer, at, input, '');
    case 4:
      return line(offer, at, `$${input}`, output);
    case 5:
      return line(offer, at, input, 'NaN');
    case 6:
      return line(offer, `${at.slice(0, 10)} 09:00`, input, output);
    case 7:
      return `${head}${at},${input},${output},XXX,${offer.unit.name}\n`;
    case 8:
      return `${head}${at},${input},${output}${tail.replace(/,[^,]*\n/, ',per_image\n')}`;
    default:
      return `${head}${at},${input}\n`;
  }
}

/** A generator of whole numbers below a bound: mulberry32, in integer arithmetic only. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [file, rows] = process.argv.slice(2);
  if (!file) throw new Error('expected a file to write');
  const written = await generate(file, Number(rows ?? DEFAULT_ROWS));
  console.log(`${file}: ${written.rows} rows, ${written.faults} of them faulty`);
}
