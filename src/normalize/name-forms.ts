/** What was taken off a name, from what says least about the model to what says most. */
export type NameStep = 'region' | 'lab' | 'revision' | 'date' | 'packaging';

/** A name with some of its parts taken off, spelled one way. */
export interface NameForm {
  readonly text: string;
  readonly steps: readonly NameStep[];
}

/**
 * The forms in which a name can be compared with others, each with one part less than the one
 * before. Spelling is the same in all: lower case, single hyphens, no `v` before a number. A
 * variant such as `:free` or `:thinking` is another offer under the model's name: it has no forms.
 *
 * @example nameForms('us.anthropic.claude-opus-4-5-20251101-v1:0').at(-1)?.text
 * // 'claude-opus-4-5'
 */
export function nameForms(name: string): NameForm[] {
  if (VARIANT.test(name)) return [];
  const forms: NameForm[] = [];
  let rest = name.toLowerCase();
  const steps: NameStep[] = [];
  const add = () => {
    const text = spelled(rest);
    if (text !== '' && forms.at(-1)?.text !== text) forms.push({ text, steps: [...steps] });
  };
  add();
  for (const [step, part] of PARTS) {
    const shorter = rest.replace(part, '');
    if (shorter === rest) continue;
    rest = shorter;
    steps.push(step);
    add();
  }
  return forms;
}

const VARIANT = /:[a-z]/i;

const PARTS: readonly (readonly [NameStep, RegExp])[] = [
  // us.anthropic.…, global.…, azure/eu/…, bedrock/us-east-1/…
  ['region', /^(?:[a-z_]+\/)?(?:us|eu|apac|ap|jp|au|ca|sa|us-gov|global)[./](?=[a-z])/],
  ['region', /^(?:[a-z_]+\/)?[a-z]{2}(?:-gov)?-[a-z]+-\d\/(?=[a-z])/],
  // meta-llama/…, accounts/fireworks/models/…; then the lab at Bedrock
  ['lab', /^.*\/(?=[a-z0-9])/],
  ['lab', /^[a-z][a-z0-9-]*\.(?=[a-z])/],
  ['revision', /(?:-v\d+:\d+|@default)$/],
  ['date', /[-@]20\d{2}-?[01]\d-?[0-3]\d$/],
  ['packaging', /[-_](?:fp8|fp4|nvfp4|mxfp4|bf16|int4|int8|awq|hf|tee)$/],
  ['packaging', /[-_](?:instruct|it)$/],
];

function spelled(name: string): string {
  return name
    .replace(/(\d)p(\d)/g, '$1-$2') // llama-v3p1 is llama-3.1
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/(^|-)v(?=\d)/g, '$1')
    .replace(/^-|-$/g, '');
}
