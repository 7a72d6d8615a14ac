/**
 * Some tests are worth more the longer they run: `npm test` runs them in a small size, and
 * `npm run test:full`, a step of `.ci/run`, in full.
 */
const isFull = process.env.TEST_SCALE === 'full';

export function scaled<Size>(small: Size, full: Size): Size {
  return isFull ? full : small;
}
