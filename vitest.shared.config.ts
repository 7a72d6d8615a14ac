import { defineConfig } from 'vitest/config';

/** Tests on the data beside the project, which a user need not have: a further step of `.ci/run`. */
export default defineConfig({
  test: { include: ['test/shared/**/*.shared.ts'], testTimeout: 120_000 },
});
