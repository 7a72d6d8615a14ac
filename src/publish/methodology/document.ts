import type { Day } from '../../domain/dates.ts';
import { groupBy } from '../../domain/group.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { latestOf } from '../../domain/versions.ts';
import type { Evidence } from '../../normalize/evidence.ts';
import { isGeometric } from '../../weigh/weights.ts';
import { broadest, choices } from './choices.ts';
import type { Clause, Section } from './clauses/clause.ts';
import { STUDIES } from './clauses/studies.ts';
import { INTRODUCTION, LIMITS, SECTIONS } from './clauses.ts';
import { workedExample } from './example.ts';
import { indexSection } from './index-section.ts';
import { wrap } from './markdown.ts';

/**
 * Renders the methodology of a book from its rulebooks, with worked examples calculated from its
 * own data on a date. The same book and date give the same text.
 */
export function renderMethodology(
  rulebooks: readonly Rulebook[],
  evidence: Evidence,
  date: Day,
): string {
  const indices = [...groupBy(rulebooks, ({ index }) => index).values()];
  const started = indices.map(latestOf).filter(({ base }) => base.date <= date);
  const geometric = started.filter(isGeometric);
  const arithmetic = started.filter((rulebook) => !isGeometric(rulebook));
  const examples = [broadest(arithmetic), broadest(geometric)].filter((one) => one !== undefined);
  const sections = [
    ...INTRODUCTION,
    '## 2. The indices',
    ...indices.flatMap((versions) => indexSection(versions, evidence, date)),
    ...SECTIONS.flatMap(sectionText),
    ...LIMITS,
    '## 11. A worked example',
    ...examples.flatMap((rulebook) => workedExample(rulebook, evidence, date)),
    '## 12. What other choices would have given',
    ...choices(started, evidence, date),
    ...sectionText(STUDIES),
  ];
  return `${sections.map(wrap).join('\n\n')}\n`;
}

function sectionText({ title, clauses }: Section): string[] {
  return [`## ${title}`, ...clauses.flatMap(clauseText)];
}

/** A clause with its id as an anchor, and where it is done and held. */
function clauseText({ id, title, code, test, text }: Clause): string[] {
  const [first = '', ...rest] = text;
  const head = `<a id="${id}"></a>**${title}.**`;
  const isBlock = /^(- | {4})/.test(first);
  const held = `<sub>clause \`${id}\` · code \`${code}\` · test \`${test}\`</sub>`;
  return [...(isBlock ? [head, first] : [`${head} ${first}`]), ...rest, held];
}
