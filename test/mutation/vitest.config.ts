import { defineConfig } from 'vitest/config';

/** The tests by hand, which are fast: properties and commands would take each mutant minutes. */
export default defineConfig({
  test: {
    include: ['test/{calculate,weigh,select,fix,formulas,published,oracle}/**/*.test.ts'],
    exclude: ['test/fix/environment.test.ts'],
    runner: './test/mutation/runner.ts',
    testTimeout: 120_000,
  },
});
