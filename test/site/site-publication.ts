import { parseMoment } from '../../src/domain/dates.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { writeSite } from '../../src/site/write-site.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { publishDays, REVISED, RULES, requestFor, SEEN, SIGNER } from '../publish/publications.ts';
import { GATED } from '../serve/served.ts';
import { july, settled } from '../settle/small-contract.ts';

/** The clauses that pages link to, as a methodology has them. */
export const METHODOLOGY = `# Methodology

## 1. What is measured

Prices & <script>alert(1)</script> of **tokens**; see [data](data/README.md).

<a id="in-force"></a>**The quote in force.** The latest one.

<sub>clause \`in-force\` · code \`x\`</sub>

| rule | this index |
| --- | --- |
| base | 100 &lt;b&gt; |
`;

/** BETA has a revision and is provisional; GATED is withheld on the third day. */
export async function sitePublication(): Promise<string> {
  const directory = temporaryDirectory();
  const rules = [...RULES, ...GATED];
  const changes = { rules, rows: SEEN, methodology: () => METHODOLOGY };
  await publishDays(directory, ['2026-07-01', '2026-07-02', '2026-07-03'], changes);
  const nowMs = parseMoment('2026-07-04T01:00:00Z') ?? Number.NaN;
  const revised = { ...changes, rules: RULES.slice(1), rows: REVISED, nowMs };
  await publish(directory, [SIGNER], requestFor('2026-07-03', '2026-07-03', revised));
  await writeSite(directory);
  return directory;
}

/** With a settlement, as far as the pages look at one. */
export async function settledSite(): Promise<string> {
  const directory = temporaryDirectory();
  await publishDays(directory, ['2026-07-01']);
  const at = '2026-08-03T18:00:00Z';
  const document = settled({ fixings: july(), at });
  const records = [{ record: 'settlement' as const, name: 'TEST-MONTH/2026-07.0.json', document }];
  const nowMs = parseMoment(at) ?? Number.NaN;
  await publish(directory, [SIGNER], requestFor('2026-07-01', '2026-07-01', { records, nowMs }));
  await writeSite(directory);
  return directory;
}
