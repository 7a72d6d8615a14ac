import { describe, expect, it } from 'vitest';
import { catalogueOf } from '../../src/normalize/catalogue.ts';
import { alias, at } from './rows.ts';

describe('a name (clause names)', () => {
  it('that is not mapped is its own', () => {
    const catalogue = catalogueOf([]);
    expect(catalogue.resolve('acme', 'alpha', at('2026-07-01'))).toBe('alpha');
    expect(catalogue.isMapped('acme', 'alpha')).toBe(false);
    expect(catalogue.everMeant('acme', 'alpha')).toEqual(['alpha']);
    expect(catalogue.facts('alpha')).toBeUndefined();
  });

  const moved = catalogueOf([
    alias('latest', 'alpha-1', { from: '2026-01-01', until: '2026-07-01' }),
    alias('latest', 'alpha-2', { from: '2026-07-01', until: '2026-08-01' }),
  ]);
  it.each([
    ['2025-12-31T23:59:59.999Z', 'latest'],
    ['2026-01-01', 'alpha-1'],
    ['2026-06-30T23:59:59.999Z', 'alpha-1'],
    ['2026-07-01', 'alpha-2'],
    ['2026-07-31T23:59:59.999Z', 'alpha-2'],
    ['2026-08-01', 'latest'],
  ])('that moves means at %s %s', (moment, model) => {
    expect(moved.resolve('acme', 'latest', at(moment))).toBe(model);
  });

  it('that moves lists what it has meant, and when it turned', () => {
    expect([...moved.everMeant('acme', 'latest')].sort()).toEqual(['alpha-1', 'alpha-2', 'latest']);
    expect(moved.turningPoints('acme', 'latest').map((ms) => ms - at('2026-01-01'))).toEqual(
      ['2026-01-01', '2026-07-01', '2026-07-01', '2026-08-01'].map(
        (day) => at(day) - at('2026-01-01'),
      ),
    );
    const from = (model: string, day: string) => moved.meansFrom('acme', 'latest', model, at(day));
    expect(from('alpha-2', '2026-02-01')).toBe(at('2026-07-01'));
    expect(from('alpha-2', '2026-07-15')).toBe(at('2026-07-15'));
    // It has ceased to mean alpha-1, never meant alpha-9, and is its own after 2026-08-01.
    expect(from('alpha-1', '2026-07-01')).toBeUndefined();
    expect(from('alpha-9', '2026-02-01')).toBeUndefined();
    expect(from('latest', '2026-08-02')).toBe(at('2026-08-02'));
  });

  it('without bounds holds always, and never stands for itself', () => {
    const catalogue = catalogueOf([alias('alpha-v1', 'alpha')]);
    expect(catalogue.resolve('any', 'alpha-v1', at('1970-01-01'))).toBe('alpha');
    expect(catalogue.everMeant('any', 'alpha-v1')).toEqual(['alpha']);
    const ever = catalogue.meansFrom('any', 'alpha-v1', 'alpha', at('1970-01-01'));
    expect(ever).toBe(at('1970-01-01'));
  });

  it('means at a seller what the row of that seller says, elsewhere what the general one says', () => {
    const rows = [alias('latest', 'general'), alias('latest', 'special', { seller: 'acme' })];
    for (const catalogue of [catalogueOf(rows), catalogueOf(rows.toReversed())]) {
      expect(catalogue.resolve('acme', 'latest', at('2026-07-01'))).toBe('special');
      expect(catalogue.resolve('other', 'latest', at('2026-07-01'))).toBe('general');
      expect(catalogue.resolve('', 'latest', at('2026-07-01'))).toBe('general');
    }
  });

  it.each(['__proto__', 'constructor', 'toString'])('may be %s', (name) => {
    const catalogue = catalogueOf([alias('alpha-v1', 'alpha')]);
    expect(catalogue.resolve(name, name, at('2026-07-01'))).toBe(name);
    expect(catalogue.facts(name)).toBeUndefined();
  });
});

it('a model has its lab and class under its own id', () => {
  const catalogue = catalogueOf([alias('alpha-v1', 'alpha')]);
  expect(catalogue.facts('alpha')).toMatchObject({
    ...{ lab: 'acme', class: 'frontier', openWeights: false },
  });
  expect(catalogue.isMapped('any', 'alpha')).toBe(true);
  expect(catalogue.isMapped('any', 'alpha-v1')).toBe(true);
});
