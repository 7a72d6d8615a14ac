import type { Leg } from './feed.ts';
import type { Meter } from './meter.ts';
import { rejected, type Verdict } from './verdicts.ts';

/**
 * Reads a meter's name, such as `5.6 terra ShortCo Cd Inp Std DZ 1M Tokens`: each word that is
 * known says one thing, in many spellings, and what is left is the model.
 *
 * @param armRegion where the meter is listed; it is the region unless the name says another.
 */
export function meterOf(meter: string, armRegion: string): Meter {
  const said = new Set<Meaning>();
  const model: string[] = [];
  for (const word of wordsOf(meter)) {
    const [, number] = /^(\d[\d.]*)L$/.exec(word) ?? [];
    const meanings = number ? (['long'] as const) : meaningsOf(word);
    if (number || meanings.length === 0) model.push(number ?? word);
    for (const one of meanings) said.add(one);
  }
  const verdict = VERDICTS.find(([meaning]) => said.has(meaning))?.[1];
  if (verdict) return { verdict };
  const leg = legOf(said);
  if (!leg) return { verdict: rejected('unknown_side', 'its name says neither input nor output') };
  const tiers = TIERS.filter((tier) => said.has(tier));
  if (tiers.length > 1) {
    return { verdict: rejected('tier_unsupported', `both ${tiers.join(' and ')}`) };
  }
  if ([said.has('global'), said.has('zone'), said.has('regional')].filter(Boolean).length > 1) {
    return { verdict: rejected('routing_unsupported', 'its name says two kinds of deployment') };
  }
  return {
    ...{ model: model.join('-').toLowerCase(), leg, serviceTier: tiers[0] ?? 'standard' },
    ...{ region: regionOf(said, armRegion.toLowerCase()), isLong: said.has('long') },
  };
}

type Meaning =
  | ('input' | 'output' | 'cached' | 'write' | 'global' | 'zone' | 'regional' | 'unit')
  | ('batch' | 'flex' | 'priority' | 'standard' | 'short' | 'long')
  | ('tuned' | 'training' | 'modality' | 'provisioned' | 'characters');

const TIERS = ['batch', 'flex', 'priority'] as const;

/** In lower case. `opt` is output, not "optimized". */
const WORDS: Readonly<Record<Meaning, string>> = {
  input: 'inp inpt input in',
  output: 'outp opt outpt output out',
  cached: 'cd cached cchd ccchd',
  write: 'wr write',
  global: 'glbl gl global',
  zone: 'dz dzone datazone',
  regional: 'regnl rg regional',
  batch: 'batch',
  flex: 'flex',
  priority: 'pp priority',
  standard: 'std standard',
  short: 'shortco',
  long: 'longco',
  unit: '1k 1m token tokens unit units',
  tuned: 'ft finetuned',
  training: 'trng training grader hstng hosting',
  modality: 'aud audio rt realtime transcribe tts img image video speech',
  provisioned: 'provisioned ptu',
  characters: 'characters character chars',
};

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  (Object.keys(WORDS) as Meaning[]).flatMap((meaning) =>
    WORDS[meaning].split(' ').map((word) => [word, meaning] as const),
  ),
);

/** In the order in which they are asked: a fine-tuned model may be for audio. */
const VERDICTS: readonly (readonly [Meaning, Verdict])[] = [
  ['provisioned', rejected('unit_not_tokens', 'provisioned throughput')],
  ['characters', rejected('unit_not_tokens', 'it counts characters')],
  ['modality', rejected('non_text_modality', 'tokens of sound or pictures')],
  ['training', rejected('not_inference', 'training, grading or hosting, not inference')],
  ['tuned', rejected('custom_model', 'of a fine-tuned model')],
];

/** `BatchOutp` is two words, and an `L` at the end of a word stands for long context. */
function meaningsOf(word: string): Meaning[] {
  const own = MEANINGS.get(word.toLowerCase());
  if (own) return [own];
  const [, batch, rest = ''] = /^(batch)(.+)$/i.exec(word) ?? [];
  if (batch) {
    const meaning = MEANINGS.get(rest.toLowerCase());
    if (meaning) return ['batch', meaning];
  }
  if (word === 'L') return ['long'];
  const meaning = word.endsWith('L') ? MEANINGS.get(word.slice(0, -1).toLowerCase()) : undefined;
  return meaning ? ['long', meaning] : [];
}

function legOf(said: ReadonlySet<Meaning>): Leg | undefined {
  if (said.has('input') && said.has('output')) return undefined;
  if (said.has('write'))
    return said.has('cached') && !said.has('output') ? 'cache_write' : undefined;
  if (said.has('cached')) return said.has('input') ? 'cached_input' : undefined;
  if (said.has('input')) return 'input';
  return said.has('output') ? 'output' : undefined;
}

/** What is sold to governments is sold there alone, whatever its name says. */
function regionOf(said: ReadonlySet<Meaning>, armRegion: string): string {
  const isGovernment = armRegion.startsWith('usgov') || armRegion.startsWith('usdod');
  if (said.has('global') && !isGovernment) return 'global';
  if (!said.has('zone')) return armRegion;
  if (/us\d?$/.test(armRegion)) return 'us-datazone';
  return EU_REGIONS.test(armRegion) ? 'eu-datazone' : `${armRegion}-datazone`;
}

/** Regions in member states; Norway, Switzerland and the United Kingdom are in no data zone. */
const EU_REGIONS = new RegExp(
  [
    '^(?:(?:north|west)europe$|austria|belgium|denmark|finland',
    'france|germany|greece|italy|poland|spain|sweden)',
  ].join('|'),
);

/** Words are parted by spaces, hyphens and underscores; `Data Zone` is one. */
function wordsOf(meter: string): string[] {
  return meter
    .replace(/\bdata[\s-]zone\b/gi, 'DataZone')
    .split(/[\s\-_]+/)
    .filter(Boolean);
}
