import { readFileSync, writeFileSync } from 'node:fs';

// What the runs left in out/mutation.json, in short: counts of each file and every survivor, into
// report.json beside this file, and as a table on stdout.

const { files } = JSON.parse(readFileSync('out/mutation.json', 'utf8'));
const counts = {};
const survivors = [];

for (const [file, { mutants, source }] of Object.entries(files).sort(byName)) {
  const lines = source.split('\n');
  const of = (...statuses) => mutants.filter(({ status }) => statuses.includes(status));
  const [killed, left] = [of('Killed', 'Timeout'), of('Survived', 'NoCoverage')];
  counts[file] = {
    ...{ mutants: killed.length + left.length, killed: of('Killed').length },
    ...{ timedOut: of('Timeout').length, survived: of('Survived').length },
    notCovered: of('NoCoverage').length,
  };
  for (const { location, mutatorName, replacement, status } of left.sort(byPlace)) {
    const { start, end } = location;
    const until = start.line === end.line ? end.column - 1 : undefined;
    const original = lines[start.line - 1].slice(start.column - 1, until);
    survivors.push({ file, line: start.line, mutator: mutatorName, original, replacement, status });
  }
}

const survivorLines = survivors.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
const countLines = Object.entries(counts).map(
  ([file, count]) => `    ${JSON.stringify(file)}: ${JSON.stringify(count)}`,
);
const text = `{\n  "files": {\n${countLines.join(',\n')}\n  },\n  "survivors": [\n${survivorLines}\n  ]\n}\n`;
writeFileSync(new URL('report.json', import.meta.url), text);

for (const folder of ['src/calculate/', 'src/weigh/', 'src/']) {
  const inside = Object.entries(counts).filter(([file]) => file.startsWith(folder));
  if (folder !== 'src/') for (const [file, count] of inside) row(file, [count]);
  row(
    `**${folder}**`,
    inside.map(([, count]) => count),
  );
}

function row(name, all) {
  const sum = (key) => all.reduce((total, count) => total + count[key], 0);
  const [mutants, killed] = [sum('mutants'), sum('killed') + sum('timedOut')];
  console.log(`| ${name} | ${mutants} | ${killed} | ${((100 * killed) / mutants).toFixed(1)}% |`);
}

function byName([a], [b]) {
  return a < b ? -1 : 1;
}

function byPlace(a, b) {
  const [one, other] = [a.location.start, b.location.start];
  return one.line - other.line || one.column - other.column;
}
