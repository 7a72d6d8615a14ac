/**
 * The part of a name that sellers of one model share, to compare their prices with one another. It
 * is a guess for guards, never an identity: which names are one model is for the catalogue to say.
 *
 * @example modelStem('us.anthropic.claude-sonnet-4-5-20250929-v1:0') // 'claude-sonnet-4-5'
 */
export function modelStem(name: string): string {
  const [last = ''] = name.toLowerCase().split('/').slice(-1);
  return last
    .replace(/^(?:[a-z]+(?:-[a-z]+)*\.)+(?=[a-z])/, '') // regions and labs: us.anthropic.
    .replace(/-v?\d+:\d+$/, '') // revisions at Bedrock: -v1:0
    .replace(/[:@].*$/, '') // variants and versions: :free, @20241022
    .replace(/-\d{4}-?\d{2}-?\d{2}(?=-|$)/, '') // dated snapshots
    .replace(/v(\d)p(\d)/, '$1-$2') // llama-v3p1 is llama-3.1
    .replace(/[^a-z0-9]+/g, '-');
}
