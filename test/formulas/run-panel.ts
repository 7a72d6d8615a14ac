import { afterAll, describe, expect, it } from 'vitest';
import { decimal, multiply, toFixedText, toText } from '../../src/domain/decimal.ts';
import { expectedOf, isWithin, type PanelFile, panelCalculator } from './panel-cases.ts';

const HUNDRED = decimal('100');

/** Runs every case of a panel by name, in exact decimals, and counts them. */
export function runPanel(panel: PanelFile): void {
  describe(panel.file, () => {
    const calculate = panelCalculator(panel);
    let passed = 0;
    afterAll(() => {
      console.log(`oracle: ${passed} of ${panel.cases.length} cases of ${panel.file} passed`);
    });

    it.each(panel.cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
      const found = calculate(one);
      const wanted = expectedOf(one, panel.inputs.products);
      expect(found.length).toBe(wanted.length);
      const off = found.flatMap((value, index) =>
        isWithin(value, wanted[index]!, one.tolerance)
          ? []
          : [`${index}: ${toText(value)}, expected ${wanted[index]}`],
      );
      expect(off).toEqual([]);
      if (one.publishedBase100HalfEven4dp) {
        const published = found.map((value) => toFixedText(multiply(HUNDRED, value), 4));
        expect(published).toEqual(one.publishedBase100HalfEven4dp);
      }
      passed += 1;
    });
  });
}
