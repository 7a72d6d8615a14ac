import { TestRunner, test } from 'vitest';

/**
 * Counts a test file that cannot be loaded as a failed test. Stryker looks at tests alone: a constant
 * that is broken so that its module throws would leave no test to fail, and pass as survived.
 */
export default class LoadingRunner extends TestRunner {
  override async importFile(path: string, source: 'collect' | 'setup'): Promise<unknown> {
    try {
      return await super.importFile(path, source);
    } catch (error) {
      if (source === 'setup') throw error;
      test('is loaded', () => {
        throw error;
      });
      return undefined;
    }
  }
}
