/**
 * DuckDB alone: the daily mean of each offer, from typed columns. Prints how many rows it counted.
 *
 *   node bench/scale/group-by.mjs FILE
 */
import { DuckDBInstance } from '@duckdb/node-api';

const [file] = process.argv.slice(2);
const COLUMNS = {
  ...{ seller: 'VARCHAR', model: 'VARCHAR', service_tier: 'VARCHAR', effective_at: 'TIMESTAMP' },
  ...{ input: 'DECIMAL(18,12)', output: 'DECIMAL(18,12)', currency: 'VARCHAR', unit: 'VARCHAR' },
};
const types = Object.entries(COLUMNS).map(([name, type]) => `'${name}': '${type}'`);
const csv = `read_csv('${file}', header = true, auto_detect = false, ignore_errors = true, columns = {${types.join(', ')}})`;
const from = file.endsWith('.parquet') ? `read_parquet('${file}')` : csv;
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const result = await connection.runAndReadAll(`
  SELECT count(*), sum(looks)::BIGINT FROM (
    SELECT seller, model, service_tier, effective_at::DATE AS day,
           avg(input) AS input, avg(output) AS output, count(*) AS looks
    FROM ${from}
    WHERE effective_at IS NOT NULL AND input > 0 AND output > 0 AND unit <> 'per_image' AND currency <> 'XXX'
    GROUP BY ALL)`);
const [[days, looks]] = result.getRows();
console.log(JSON.stringify({ days: Number(days), looks: Number(looks) }));
