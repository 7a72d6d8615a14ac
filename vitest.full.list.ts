/** The tests that come in two sizes: `npm test` runs them small, `npm run test:full` in full. */
export const IN_TWO_SIZES = [
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
];
