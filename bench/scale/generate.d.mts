export function generate(
  file: string,
  rows: number,
): Promise<{ readonly rows: number; readonly faults: number }>;
