import { defineConfig } from 'vitest/config';
import { IN_TWO_SIZES } from './vitest.full.list.ts';

/** The tests that come in two sizes, in full: a further step of `.ci/run`. */
export default defineConfig({
  test: {
    include: IN_TWO_SIZES,
    env: { TEST_SCALE: 'full' },
    testTimeout: 3_600_000,
    maxWorkers: 2,
  },
});
