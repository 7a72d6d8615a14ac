import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('ships the settlement cases as their source has them, all of them', () => {
  const cases = (path: string): { topic: string }[] => JSON.parse(readFileSync(path, 'utf8')).cases;
  const source = cases('../shared/oracle/methodology.json');
  expect(cases('test/oracle/settlement.json')).toEqual(
    source.filter(({ topic }) => topic === 'settlement'),
  );
});
