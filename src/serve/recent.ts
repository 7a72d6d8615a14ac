/** Keeps what was used last, up to a number of bytes; the oldest goes first. */
export interface Recent<Value> {
  readonly get: (key: string) => Value | undefined;
  readonly set: (key: string, value: Value, bytes: number) => void;
  readonly bytes: () => number;
}

/** An item of more than a quarter of the bytes is not kept. */
export function recent<Value>(mostBytes: number, mostItems: number): Recent<Value> {
  const items = new Map<string, { readonly value: Value; readonly bytes: number }>();
  let held = 0;
  let newest: string | undefined;
  const remove = (key: string): void => {
    held -= items.get(key)?.bytes ?? 0;
    items.delete(key);
  };
  return {
    get: (key) => {
      const found = items.get(key);
      if (!found) return undefined;
      // Put at the end again: the first of the map is the one that was used longest ago.
      if (key !== newest) {
        items.delete(key);
        items.set(key, found);
        newest = key;
      }
      return found.value;
    },
    set: (key, value, bytes) => {
      if (bytes > mostBytes / 4) return;
      remove(key);
      items.set(key, { value, bytes });
      newest = key;
      held += bytes;
      for (const oldest of items.keys()) {
        if (held <= mostBytes && items.size <= mostItems) break;
        remove(oldest);
      }
    },
    bytes: () => held,
  };
}
