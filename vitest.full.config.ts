import { defineConfig } from 'vitest/config';

/** The tests that come in two sizes, in full: a further step of `.ci/run`. */
export default defineConfig({
  test: {
    include: [
      'test/publish/year.test.ts',
      'test/verify/bounded.test.ts',
      'test/verify/flipped.test.ts',
      'test/fault/fault.test.ts',
      'test/serve/openapi.test.ts',
      'test/serve/sockets.test.ts',
      'test/serve/whole.test.ts',
      'test/operate/quarter.test.ts',
      'test/ingest/engines/conformance.test.ts',
      'test/ingest/engines/million.test.ts',
      'test/ingest/engines/clickhouse/cluster.test.ts',
      'test/ingest/engines/clickhouse/conformance.test.ts',
      'test/site/pages.test.ts',
      'test/site/same-bytes.test.ts',
    ],
    env: { TEST_SCALE: 'full' },
    testTimeout: 3_600_000,
    fileParallelism: false,
  },
});
