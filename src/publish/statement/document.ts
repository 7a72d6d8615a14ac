import type { Day } from '../../domain/dates.ts';
import { groupBy } from '../../domain/group.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { inOrder, latestOf, versionOn } from '../../domain/versions.ts';
import { wrap } from '../methodology/markdown.ts';
import { type Answer, answerTable } from './answer.ts';
import { ARTICLE_27 } from './article-27.ts';
import { EVERY_INDEX } from './every-index.ts';
import { indexStatement } from './index-statement.ts';
import { IOSCO_PRINCIPLES } from './iosco.ts';

/**
 * Renders the benchmark statement of the indices of a book from their rulebooks alone. The same
 * rulebooks give the same text.
 *
 * @param date of the versions that are described: the latest ones, unless it is given.
 */
export function renderStatement(rulebooks: readonly Rulebook[], date?: Day): string {
  const indices = [...groupBy(rulebooks, ({ index }) => index).values()].map(inOrder);
  const blocks = [
    ...EVERY_INDEX,
    '## 8. The indices',
    ...indices.flatMap((versions) =>
      indexStatement(date === undefined ? latestOf(versions) : versionOn(versions, date), versions),
    ),
    '## 9. Regulation (EU) 2016/1011, Article 27',
    'What the article asks of a benchmark statement, point by point, in words of our own; the regulation itself is what binds. Whether it applies to an index, and since its amendment by Regulation (EU) 2025/914 to which, is for the administrator to find out.',
    answerTable('point', ARTICLE_27),
    '## 10. IOSCO Principles for Financial Benchmarks',
    'The 19 principles of the final report of July 2013, by number and name. That a row names a command is no claim that an administrator keeps the principle.',
    answerTable('principle', IOSCO_PRINCIPLES),
    '## 11. What belongs to the administrator',
    'No software answers these. Whoever publishes an index under this statement has to say, in a document of its own:',
    [...ARTICLE_27.flatMap(open('Article ')), ...IOSCO_PRINCIPLES.flatMap(open('IOSCO '))].join(
      '\n',
    ),
  ];
  return `${blocks.map(wrap).join('\n\n')}\n`;
}

/** What a row leaves open, as an item of a list. */
function open(source: string): (answer: Answer) => string[] {
  return ({ point, cannot }) => (cannot === '' ? [] : [`- ${cannot} (${source}${point})`]);
}
