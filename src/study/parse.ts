import { MtokError } from '../domain/failure.ts';
import { type Study, studySchema } from '../domain/study.ts';

/**
 * A study from its document.
 *
 * @param name of the file, for what is said of it.
 * @throws {MtokError} for anything else, with what is wrong and where.
 */
export function parseStudy(text: string, name: string): Study {
  const advice = 'expected a study, as mtok stats --out study.json writes one';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MtokError('data', `${name} is not JSON: ${advice}`);
  }
  const found = studySchema.safeParse(value);
  if (found.success) return found.data;
  const faults = found.error.issues.slice(0, SHOWN).map(({ path, message }) => {
    const where = path.length === 0 ? '' : `${path.join('.')}: `;
    return `  ${where}${message}`;
  });
  throw new MtokError('data', [`${name}: ${advice}`, ...faults].join('\n'));
}

const SHOWN = 5;
