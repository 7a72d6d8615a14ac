import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 look for what is no longer used when the heap has doubled, not when it is four times what
 * it was: a long calculation makes many prices that stand for some days, and no longer.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=100');
}
