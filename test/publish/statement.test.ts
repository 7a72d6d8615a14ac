import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RECORD_FOLDERS } from '../../src/domain/records.ts';
import { RULEBOOK_SCHEMAS } from '../../src/domain/rulebook.ts';
import type { Answer, Reference } from '../../src/publish/statement/answer.ts';
import { ARTICLE_27 } from '../../src/publish/statement/article-27.ts';
import { renderStatement } from '../../src/publish/statement/document.ts';
import { IOSCO_PRINCIPLES } from '../../src/publish/statement/iosco.ts';
import { mtok } from '../cli/run.ts';
import { rulebook } from '../fix/small-book.ts';

const ANSWERS = [...ARTICLE_27, ...IOSCO_PRINCIPLES];
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');
const statement = (keys: Readonly<Record<string, string>> = {}) =>
  renderStatement([rulebook(keys)]);
const saysOf = (keys: Readonly<Record<string, string>>) => {
  const text = flat(statement(keys));
  return text.slice(text.indexOf('## 8. '), text.indexOf('## 9. '));
};

describe('the tables of the statement', () => {
  it('have a row for each of the 19 principles, by number and name', () => {
    expect(IOSCO_PRINCIPLES.map(({ point, about }) => `${point} ${about}`)).toEqual([
      '1 Overall Responsibility of the Administrator',
      '2 Oversight of Third Parties',
      '3 Conflicts of Interest for Administrators',
      '4 Control Framework for Administrators',
      '5 Internal Oversight',
      '6 Benchmark Design',
      '7 Data Sufficiency',
      '8 Hierarchy of Data Inputs',
      '9 Transparency of Benchmark Determinations',
      '10 Periodic Review',
      '11 Content of the Methodology',
      '12 Changes to the Methodology',
      '13 Transition',
      '14 Submitter Code of Conduct',
      '15 Internal Controls over Data Collection',
      '16 Complaints Procedures',
      '17 Audits',
      '18 Audit Trail',
      '19 Cooperation with Regulatory Authorities',
    ]);
  });

  it('have a row for each point of Article 27(1) and (2)', () => {
    expect(ARTICLE_27.map(({ point }) => point)).toEqual([
      '27(1) publication',
      ...['a', 'b', 'c', 'd'].map((letter) => `27(1)(${letter})`),
      ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `27(2)(${letter})`),
      '27(2a)',
    ]);
  });

  it('are in the statement, row by row', () => {
    const lines = statement().split('\n');
    for (const { point, about } of ANSWERS) {
      expect(lines.filter((line) => line.startsWith(`| ${point} | ${about} | `))).toHaveLength(1);
    }
  });

  it('say of what only an organization has that mtok cannot answer it', () => {
    const open = (point: string) => ANSWERS.find((one) => one.point === point)?.cannot;
    expect(open('3')).toContain('conflicts of interest');
    expect(open('4')).toContain('whistleblowing');
    expect(open('5')).toContain('oversight body');
    expect(open('16')).toContain('where to complain');
    expect(open('17')).toContain('independent auditor');
    const text = flat(statement());
    const last = text.slice(text.indexOf('## 11. '));
    for (const { cannot } of ANSWERS) if (cannot !== '') expect(last).toContain(`- ${cannot} (`);
  });

  it.each(ANSWERS)('name things that are there: $point', ({ by, answer, cannot }: Answer) => {
    expect(answer).not.toBe('');
    expect(by.length + cannot.length).toBeGreaterThan(0);
    for (const reference of by) expect(isThere(reference), JSON.stringify(reference)).toBe(true);
  });

  it('would be caught at naming what is not there', () => {
    const kinds = ['section', 'command', 'page', 'published', 'book'] as const;
    for (const kind of kinds) expect(isThere({ kind, name: 'nothing.md' })).toBe(false);
  });
});

const help = mtok(['--help']).out;
const COMMANDS = new Set([...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name));
const PUBLICATION = readFileSync('docs/publication.md', 'utf8');
const FORMATS = readFileSync('docs/formats.md', 'utf8');
const SHIPPED: readonly string[] = JSON.parse(readFileSync('package.json', 'utf8')).files;

function isThere({ kind, name }: Reference): boolean {
  switch (kind) {
    case 'section':
      return statement().includes(`\n## ${name}. `);
    case 'command':
      return COMMANDS.has(name);
    case 'page':
      return existsSync(name) && SHIPPED.some((path) => `${name}/`.startsWith(`${path}/`));
    case 'published':
      return (
        Object.values(RECORD_FOLDERS).includes(name.replace('/', '')) ||
        PUBLICATION.includes(`\`${name}${name.endsWith('/') ? '…' : ''}\``)
      );
    case 'book':
      return FORMATS.includes(`\`${name}\``);
  }
}

describe('the statement', () => {
  it('names no command that there is not', () => {
    const keys = { mode: 'settlement', hold: '{ move: "3", max_hours: 24 }', approvals: '2' };
    const named = [...statement(keys).matchAll(/`mtok ([a-z]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((name) => !COMMANDS.has(name))).toEqual([]);
  });

  it('has tables whose rows have the columns of their titles', () => {
    const tables = statement()
      .split('\n\n')
      .filter((block) => block.startsWith('| '));
    expect(tables.length).toBe(4);
    for (const table of tables) {
      const cells = table.split('\n').map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(cells).size, table).toBe(1);
    }
  });

  it('gives each gate with its threshold and what it means', () => {
    const shape = (RULEBOOK_SCHEMAS.token as unknown as { def: { shape: Record<string, Schema> } })
      .def;
    const names = Object.keys(innermost(shape.shape.gates!));
    expect(names).toHaveLength(10);
    const limit = (name: string) =>
      /share|coverage|confirmed|seller$|move/.test(name) ? '0.5' : '3';
    const gates = names.map((name) => `${name}: "${limit(name)}"`).join(', ');
    const text = statement({ gates: `{ ${gates} }` });
    for (const name of names) expect(text).toContain(`| \`${name}\` | ${limit(name)} | `);
    expect(saysOf({})).toContain('The rulebook has no gates');
  });

  it('says what happens where a gate fails', () => {
    expect(saysOf({})).toContain('The fixing of such a day is withheld');
    expect(saysOf({ on_withheld: '{ previous: 3 }' })).toContain(
      'on at most 3 calendar days in a row; after them the index is suspended',
    );
  });

  it('has the order of the data of its rulebook', () => {
    const keys = {
      mode: 'settlement',
      price:
        '{ sellers: weighted_mean, basis_weights: { list: "1", curated: "0.25" }, confirm_within_hours: 30 }',
      fallback:
        '[{ rule: other_venue }, { rule: carry_forward, max_days: 5 }, { rule: judgement }]',
    };
    const text = flat(statement(keys));
    expect(text).toContain(
      '1. the weighted mean of the prices of its sellers, quotes weighed by their basis: list 1, curated 0.25; `unconfirmed` where nobody saw it again within 30 hours; ' +
        '2. for a member without one, its comparable successor, where `succession.csv` names one; ' +
        '3. the median of what other sellers ask for the model; ' +
        '4. its last price, carried forward, at most 5 days after its last quote; ' +
        '5. a price that two people judged and signed; 6. imputed:',
    );
    expect(saysOf({})).toContain("1. the list price of the lab's own seller, else the median");
    expect(saysOf({ price: '{ constituent: seller_model }' })).toContain(
      '1. the price of its seller;',
    );
  });

  it('says who may decide what, and how many have to agree', () => {
    const plain = saysOf({});
    expect(plain).toContain('- No quote is held');
    expect(plain).toContain('- No price is judged by people.');
    expect(plain).toContain('no approval but the signature of its publisher');
    const keys = {
      ...{ mode: 'settlement', hold: '{ move: "2.5", max_hours: 36 }', approvals: '2' },
      fallback: '[{ rule: judgement }]',
    };
    const held = saysOf(keys);
    expect(held).toContain('moves a leg by more than 2.5 times');
    expect(held).toContain('it is used after 36 hours');
    expect(held).toContain('two different people may judge one');
    expect(held).toContain('until 2 different keys, any keys, have signed its bytes');
  });

  it('says how long a fixing may be restated, and from which size on', () => {
    expect(saysOf({})).toContain('A fixing is final when it is published');
    expect(saysOf({ finality: '{ hours: 8, restate_above: "0.001" }' })).toContain(
      'provisional for 8 hours from its publication. Within them an error of its price or level beyond 0.1% may be restated',
    );
    expect(saysOf({ finality: '{ hours: 8 }' })).toContain('level of any size may be restated');
  });

  it('describes the version of a day, and lists them all', () => {
    const first = rulebook({ title: 'The first', notice_days: '30' });
    const second = rulebook({
      ...{ title: 'The second', version: '2.0.0', effective_from: '2026-09-01' },
      announced_at: '2026-07-20',
    });
    const both = [second, first];
    expect(renderStatement(both)).toContain('**The second.** Rulebook 2.0.0');
    expect(renderStatement(both, '2026-08-31')).toContain('**The first.** Rulebook 1.0.0');
    expect(renderStatement(both, '2026-08-31')).toContain('announced 30 days before');
    for (const text of [renderStatement(both), renderStatement(both, '2026-08-31')]) {
      expect(text).toContain('| 1.0.0 | 2026-07-01 | – | the first |');
      expect(text).toContain('| 2.0.0 | 2026-09-01 | 2026-07-20 | material |');
    }
  });

  it('keeps the words of a title where they are', () => {
    const title = '"x | <script> `a` \\u202e"';
    expect(statement({ title })).toContain('**x \\| &lt;script\\> \\`a\\`.**');
  });
});

type Schema = { def: { innerType?: Schema; in?: Schema; shape?: Record<string, Schema> } };

/** The keys of an object, through its defaults. */
function innermost({ def }: Schema): Record<string, Schema> {
  return def.shape ?? innermost((def.innerType ?? def.in)!);
}
