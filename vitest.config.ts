import { configDefaults, defineConfig } from 'vitest/config';
import { IN_TWO_SIZES } from './vitest.full.list.ts';

/** `.ci/run` says so where the full size of a test is its next step: twice would be once too often. */
const followsInFull = process.env.TEST_FULL_FOLLOWS === '1' ? IN_TWO_SIZES : [];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...followsInFull],
    testTimeout: 300_000,
    maxWorkers: '100%',
    sequence: { shuffle: true },
  },
});
