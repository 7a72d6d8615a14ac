import { expect, it } from 'vitest';
import { newUser, page, runConsole } from './console.ts';

it('prints what the runbook shows for each of its commands', () => {
  expect(runConsole(page('docs/runbook.md'), newUser(), { blank: '…' })).toBeGreaterThan(50);
});
