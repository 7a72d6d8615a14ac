import { toText } from '../domain/decimal.ts';
import { TOKEN } from '../domain/goods/token.ts';
import type { Study } from '../domain/study.ts';
import type { DeclaredWorkload, WorkloadEvidence } from '../domain/workload.ts';
import { column } from './column.ts';

const QUALITIES = ['measured', 'reported', 'assumed'] as const;

/** The declared workloads, and what each of their numbers rests on. */
export function workloadsStudy(workloads: readonly DeclaredWorkload[]): Study {
  const names = workloads.map(({ workload }) => workload);
  const from = new Set(workloads.flatMap(({ evidence }) => evidence.map(({ source }) => source)));
  return {
    schema: 'mtok.study/1',
    study: 'workloads',
    title: 'Declared workloads',
    about: `Token mixes, with what is known of each number: ${names.join(', ')}`,
    assumptions: [
      'Shares are of all tokens, those of the answer and of its reasoning included.',
      'The size of a prompt picks the context tier of a price list, and its mean stands for all.',
      'Writing to a cache, which some sellers bill apart, is not in the mix.',
    ],
    findings: workloads.map(({ workload, evidence }) => `${workload}: ${described(evidence)}.`),
    warnings: [
      'A mix is not a market: what others send may be far from these. mtok sensitivity shows ' +
        'what the choice does to an index.',
    ],
    tables: [
      {
        name: 'workloads',
        title: 'Token mixes',
        columns: [
          column('workload', 'text', 'Its name'),
          column('title', 'text', 'What it is'),
          ...TOKEN.valueLegs.map((leg) =>
            column(leg, 'decimal', `Share of the tokens that are ${leg.replace('_', ' ')}`),
          ),
          column('context_tokens', 'integer', 'Tokens of a prompt'),
          column('service_tier', 'text', 'The tier that is asked for'),
        ],
        rows: workloads.map((one) => [
          ...[one.workload, one.title],
          ...TOKEN.valueLegs.map((leg) => toText(one[leg])),
          ...[String(one.context_tokens), one.service_tier],
        ]),
      },
      {
        name: 'evidence',
        title: 'What the numbers rest on',
        columns: [
          column('workload', 'text', 'Its name'),
          column('of', 'text', 'The numbers that it is evidence of'),
          column('quality', 'text', 'measured, reported or assumed'),
          column('says', 'text', 'What is known'),
          column('source', 'text', 'Where it was counted or read'),
        ],
        rows: workloads.flatMap(({ workload, evidence }) =>
          evidence.map(({ of, quality, says, source }) => [
            ...[workload, of.join(' '), quality, says, source],
          ]),
        ),
      },
    ],
    charts: [],
    sources: [...from].filter((source) => source !== 'none' && source !== 'as above'),
  };
}

/** `input, output measured; cached_input assumed` */
function described(evidence: readonly WorkloadEvidence[]): string {
  return QUALITIES.flatMap((quality) => {
    const own = evidence.filter((one) => one.quality === quality).flatMap(({ of }) => of);
    return own.length === 0 ? [] : `${[...new Set(own)].join(', ')} ${quality}`;
  }).join('; ');
}

/** The lines of a rulebook that declare it. */
export function rulebookLines(workload: DeclaredWorkload): string[] {
  return [
    'workload:',
    ...TOKEN.valueLegs.map((leg) => `  ${leg}: "${toText(workload[leg])}"`),
    `  context_tokens: ${workload.context_tokens}`,
    `  service_tier: ${workload.service_tier}`,
  ];
}
