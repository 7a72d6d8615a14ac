/** The columns of the hours. */
export const HOURS_HEADER = 'seller,model,effective_at,observed_at,currency,input,output,source';

/**
 * Years of hourly looks at a few offers, as lines of CSV: prices move now and then, some come back,
 * and a few rows are at fault.
 */
export function hourlyLooks(offers: number, hours: number): string[] {
  const lines: string[] = [];
  for (let offer = 0; offer < offers; offer += 1) {
    for (let hour = 0; hour < hours; hour += 1) {
      const at = new Date(Date.UTC(2024, 0, 1, hour)).toISOString().replace('.000', '');
      const step = Math.floor((hour + offer * 37) / 150);
      // Every third offer returns to what it asked before.
      const cents = offer % 3 === 0 ? 100 + (step % 2) * 10 : 100 + step;
      const isFault = (hour * 31 + offer) % 20_011 === 7;
      const input = isFault ? '0.0000' : `${Math.floor(cents / 100)}.${cents % 100}00`.slice(0, 6);
      const name = `seller-${offer % 7},model-${offer}`;
      lines.push(`${name},${at},${at},USD,${input},3.0000,feed-${hour % 2}`);
    }
  }
  return lines;
}
