/** One line that is written over, on a terminal only. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

const EVERY_MS = 100;

export function progressOn(stream: NodeJS.WriteStream): Progress {
  let last = 0;
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  return {
    show: (text) => {
      const now = Date.now();
      if (now - last < EVERY_MS) return;
      last = now;
      stream.write(`\r\u001b[K${text}`);
    },
    clear: () => {
      if (last > 0) stream.write('\r\u001b[K');
    },
  };
}
