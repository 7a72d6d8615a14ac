import type { Day } from '../../domain/dates.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import type { Evidence } from '../../normalize/evidence.ts';
import { choices } from './choices.ts';
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
  const started = rulebooks.filter(({ base }) => base.date <= date);
  const sections = [
    ...INTRODUCTION,
    '## 2. The indices',
    ...rulebooks.flatMap((rulebook) => indexSection(rulebook, evidence, date)),
    ...CALCULATION,
    '## 11. A worked example',
    ...started.slice(0, 1).flatMap((rulebook) => workedExample(rulebook, evidence, date)),
    ...jevonsExample(started, evidence, date),
    '## 12. What other choices would have given',
    ...choices(started, evidence, date),
  ];
  return `${sections.map(wrap).join('\n\n')}\n`;
}

/** The first example may be arithmetic: then one with a geometric formula follows, where there is. */
function jevonsExample(rulebooks: readonly Rulebook[], evidence: Evidence, date: Day): string[] {
  const [first] = rulebooks;
  const other = rulebooks.find(({ formula }) => formula === 'jevons');
  return first && other && first !== other && first.formula !== 'jevons'
    ? workedExample(other, evidence, date)
    : [];
}
