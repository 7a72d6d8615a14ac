import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 300_000,
    maxWorkers: '100%',
    sequence: { shuffle: true },
  },
});
