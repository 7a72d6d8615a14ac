import { describe, expect, it } from 'vitest';
import { parseStudy } from '../../src/study/parse.ts';
import { SMALL } from './small-study.ts';

const [months, models] = SMALL.tables as [(typeof SMALL.tables)[0], (typeof SMALL.tables)[0]];
const [levels] = SMALL.charts as [(typeof SMALL.charts)[0]];
const withRows = (rows: string[][]) => ({ ...SMALL, tables: [{ ...months, rows }, models] });
const withChart = (change: object) => ({ ...SMALL, charts: [{ ...levels, ...change }] });

describe('a study document', () => {
  it('is read as it was written', () => {
    expect(parseStudy(JSON.stringify(SMALL), 's.json')).toEqual(SMALL);
  });

  it.each<[string, unknown, string]>([
    ['an empty object', {}, 'schema'],
    ['a list', [], 'expected object'],
    ['another schema', { ...SMALL, schema: 'mtok.fixing/1' }, 'mtok.study/1'],
    ['an unknown key', { ...SMALL, more: 1 }, 'more'],
    ['no assumptions', { ...SMALL, assumptions: [] }, 'assumptions'],
    ['no table', { ...SMALL, tables: [], charts: [] }, 'tables'],
    ['a name with a path in it', { ...SMALL, study: '../x' }, 'small letters'],
    ['a short row', withRows([['2026-01']]), 'row 1: expected 5 cells, found 1'],
    ['a thirteenth month', withRows([['2026-13', '', '', '', '']]), 'a month (YYYY-MM)'],
    ['a float', withRows([['2026-01', '', '1e5', '', '']]), 'a decimal in plain digits'],
    ['half a token', withRows([['2026-01', '', '', '0.5', '']]), 'a whole number'],
    ['30 February', withRows([['2026-01', '', '', '', '2026-02-30']]), 'a day (YYYY-MM-DD)'],
    ['a number for text', { ...SMALL, title: 3 }, 'title'],
    ['two tables of a name', { ...SMALL, tables: [months, months], charts: [] }, 'months twice'],
    ['two charts of a name', { ...SMALL, charts: [levels, levels] }, 'levels twice'],
    ['a chart of no table', withChart({ table: 'other' }), 'there is no table other'],
    ['a chart of no column', withChart({ y: ['other'] }), 'months has no column other'],
    ['a chart of a label that is not there', withChart({ label: 'x' }), 'no column x'],
    ['a line over text', withChart({ x: 'group' }), 'expected days or months in group'],
    ['points over months', withChart({ kind: 'points' }), 'expected numbers in month'],
    ['a line of text', withChart({ y: ['group'] }), 'expected numbers in group'],
  ])('is refused with %s', (_, document, said) => {
    expect(() => parseStudy(JSON.stringify(document), 's.json')).toThrow(said);
    expect(() => parseStudy(JSON.stringify(document), 's.json')).toThrow(/^s\.json/);
  });

  it('is refused where it is no JSON', () => {
    for (const text of ['', 'x', '{"schema":', 'date,level\n']) {
      expect(() => parseStudy(text, 's.json')).toThrow('s.json is not JSON');
    }
  });
});
