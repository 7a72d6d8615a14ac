import type { Day } from '../../domain/dates.ts';
import { groupBy } from '../../domain/group.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { latestOf } from '../../domain/versions.ts';
import type { Evidence } from '../../normalize/evidence.ts';
import { isGeometric } from '../../weigh/weights.ts';
import { broadest, choices } from './choices.ts';
import { CALCULATION, INTRODUCTION } from './clauses.ts';
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
    ...CALCULATION,
    '## 11. A worked example',
    ...examples.flatMap((rulebook) => workedExample(rulebook, evidence, date)),
    '## 12. What other choices would have given',
    ...choices(started, evidence, date),
  ];
  return `${sections.map(wrap).join('\n\n')}\n`;
}
