// From a source's spelling of a seller and a model to the book's seller and canonical model.
// Two spellings that always mean one model at one seller are one offer; a name that moves from
// model to model is an offer of its own, and aliases.csv says what it meant when.

const ORGANIZATIONS =
  'deepseek-ai|moonshotai|minimaxai|zai-org|z-ai|qwen|openai|tencent|stepfun-ai|meta-llama|alibaba';
const FAMILIES = 'deepseek|kimi|minimax|glm|qwen|qwq|gpt-oss|step|meta-llama|llama|hy';
const ORGANIZATION = new RegExp(`^(${ORGANIZATIONS})-(?=${FAMILIES})`);
const BEDROCK_LABS =
  'anthropic|cohere|mistral|ai21|qwen|openai|google|minimax|moonshot|moonshotai|zai|xai|nvidia';
const BEDROCK_LAB = new RegExp(`^(?:(?:us\\.)?(?:meta|amazon)|${BEDROCK_LABS})\\.`);
const PACKAGING = /-(fp8|nvfp4|bf16|tee|hf)$/;

/** The name as the seller's customers write it: without a catalogue's prefix and URL escapes. */
export function ownName(event, mapping) {
  const name = event.quotedName.replaceAll('%2F', '/').trim();
  return name.startsWith(mapping.name_prefix) && !isFamilyPrefix(mapping)
    ? name.slice(mapping.name_prefix.length)
    : name;
}

// LiteLLM's oldest entries have no vendor: there the prefix picks the seller and stays.
function isFamilyPrefix(mapping) {
  return mapping.source === 'litellm' && mapping.source_seller === '';
}

export function findMapping(sellers, event) {
  return sellers.find(
    (row) =>
      row.source === event.source &&
      row.source_seller === event.vendor &&
      event.quotedName.startsWith(row.name_prefix),
  );
}

/** What is left of a name when packaging, organisation and spelling habits are taken off. */
export function fold(name, mapping) {
  let text = name.toLowerCase();
  if (mapping.seller === 'aws-bedrock') {
    text = text.replace(BEDROCK_LAB, '').replace(/-v\d+:\d+$/, '');
  }
  if (mapping.file === 'hosts') {
    text = text.slice(text.lastIndexOf('/') + 1).replace(ORGANIZATION, '');
  }
  if (mapping.seller === 'fireworks') text = text.replace(/(?<=\d)p(?=\d)/g, '.');
  return foldSpelling(text);
}

export function foldSpelling(text) {
  return text
    .replace(/^meta-llama/, 'llama')
    .replace(/^llama-v(?=\d)/, 'llama-')
    .replace(/^llama(?=\d)/, 'llama-')
    .replace(/^llama-(\d)[-_](\d)(?=-)/, 'llama-$1.$2')
    .replace(/^llama-31-/, 'llama-3.1-')
    .replace(PACKAGING, '')
    .replace('-instruct', '')
    .replace(/-v0[.:-]1$/, '')
    .replace(/-(17b-128e|17b-16e|17b)$/, '')
    .replace(/-17b-(128e|16e)-/, '-')
    .replace(PACKAGING, '');
}

export class NameBook {
  constructor(catalogue, overrides) {
    this.models = new Map(catalogue.map((row) => [row.model, row]));
    this.byName = new Map();
    for (const row of catalogue) {
      for (const name of [row.model, ...row.names.split(' ').filter(Boolean)]) {
        this.add(foldSpelling(name), row.model);
      }
    }
    this.overrides = new Map(overrides.map((row) => [`${row.seller} ${row.name}`, row]));
  }

  add(name, model) {
    const known = this.byName.get(name);
    if (known !== undefined && known !== model) throw new Error(`${name}: ${known} or ${model}?`);
    this.byName.set(name, model);
  }

  /** Gives `{ model }`, `{ alias }` or `{ leftOut: reason }`. */
  resolve(name, mapping) {
    const lower = name.toLowerCase();
    const override =
      this.overrides.get(`${mapping.seller} ${lower}`) ??
      this.overrides.get(`${mapping.seller} ${lower.slice(lower.lastIndexOf('/') + 1)}`);
    if (override?.model === '@') return { alias: override.name };
    if (override?.model === '') return { leftOut: override.reason };
    const model = override?.model ?? this.byName.get(fold(name, mapping));
    if (model === undefined) return { leftOut: unknownName(name, mapping) };
    if (mapping.file === 'first-party' && this.models.get(model).lab !== mapping.seller) {
      return { leftOut: "another lab's model at a first-party seller" };
    }
    if (mapping.file === 'hosts' && this.models.get(model).open_weights === 'false') {
      return { leftOut: 'a closed model resold by a host' };
    }
    return { model };
  }
}

function unknownName(name, mapping) {
  const routed = name.includes('/') || /^(us|us-gov|eu|global|apac|jp|au)\./.test(name);
  if (mapping.file === 'clouds' && routed) {
    return 'a regional or routed variant of a cloud offer';
  }
  return 'not in catalogue.csv: another kind of model, a variant, an alias or too few sellers';
}
