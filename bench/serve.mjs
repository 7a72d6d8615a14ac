/**
 * `mtok serve` against a bare node:http server that gives the same answers from memory, headers and
 * all, against one that leaves most headers out, and against nginx where it is on the path: requests
 * per second, p50 and p99 at 64 connections. Runs alternate; medians and ratios are printed. Then
 * its memory over a million requests.
 *
 *   npm run -s build && node bench/serve.mjs [--rounds 5] [--seconds 3] [--requests 1000000]
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from './load.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    requests: { type: 'string', default: '1000000' },
  },
});
const [rounds, seconds, requests] = [flags.rounds, flags.seconds, flags.requests].map(Number);
const root = fileURLToPath(new URL('..', import.meta.url));
const MTOK = join(root, 'dist/cli/main.js');
const place = mkdtempSync(join(tmpdir(), 'mtok-bench-'));
const publication = join(place, 'public');
const INDEX = 'MTOK-LIST';
const [FROM, TO] = ['2025-08-22', '2026-08-21'];

const FIXING = `/fixings/${INDEX}/${TO}.json`;
const YEAR = `/v1/indices/${INDEX}/fixings?from=${FROM}`;
const TARGETS = {
  latest: { path: `/v1/indices/${INDEX}/latest`, least: 0.85 },
  'latest.json': { path: '/latest.json', least: 0.85, isFile: true },
  'a fixing': { path: FIXING, least: 0.85, isFile: true },
  'a year, one query': { path: YEAR, least: 0.2 },
  // Answers are kept by address: each of these is made anew.
  'a year, each query another': {
    path: (at) => `${YEAR}&limit=${366 + (at % 9000)}`,
    plain: YEAR,
    least: 0.2,
  },
};

const env = { ...process.env, MTOK_PASSPHRASE: 'bench' };
const mtok = (...args) => execFileSync(process.execPath, [MTOK, ...args], { cwd: place, env });

console.error(`publishing ${INDEX} from ${FROM} to ${TO} …`);
mtok('key', 'new', '--name', 'bench.example/mtok', '--out', 'mtok.key');
const range = ['--index', INDEX, '--from', FROM, '--to', TO];
mtok('publish', ...range, '--out', publication, '--key', 'mtok.key');

const started = [];
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
process.on('exit', () => {
  for (const child of started) child.kill();
  rmSync(place, { recursive: true, force: true });
});

function start(command, args, pattern) {
  const child = spawn(command, args, { cwd: place });
  started.push(child);
  return new Promise((resolve, reject) => {
    let text = '';
    const look = (chunk) => {
      text += chunk;
      const [, port] = pattern.exec(text) ?? [];
      if (port) resolve(Number(port));
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('close', (code) => reject(new Error(`${command} ended with ${code}: ${text}`)));
  });
}

const args = [MTOK, 'serve', '--publication', publication, '--port', '0'];
const own = await start(process.execPath, args, /listening: \S+:(\d+)/);

const plainPath = ({ path, plain }) => plain ?? path;
const bodyOf = async (port, path) => {
  const plain = { headers: { 'accept-encoding': 'identity' } };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, plain);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  const {
    date: _,
    connection: __,
    'keep-alive': ___,
    ...headers
  } = Object.fromEntries(answer.headers);
  return { headers, bytes: Buffer.from(await answer.arrayBuffer()) };
};

/** The bare servers get the answers that ours gave: one all of them, one without most headers. */
async function startBare() {
  const answers = {};
  for (const [at, target] of Object.values(TARGETS).entries()) {
    const { headers, bytes } = await bodyOf(own, plainPath(target));
    const file = join(place, `answer-${at}`);
    writeFileSync(file, bytes);
    answers[plainPath(target)] = { headers, file };
  }
  writeFileSync(join(place, 'answers.json'), JSON.stringify(answers));
  const bare = join(root, 'bench/bare-server.mjs');
  const run = (headers) =>
    start(process.execPath, [bare, 'answers.json', headers], /listening: (\d+)/);
  return { 'node:http': await run('all'), 'few headers': await run('few') };
}

function startNginx() {
  const version = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
  if (version.error) {
    console.error('nginx is not on the path: apt-get install nginx-light, to compare with it');
    return undefined;
  }
  const port = 20_000 + (process.pid % 20_000);
  const conf = join(place, 'nginx', 'nginx.conf');
  mkdirSync(dirname(conf));
  writeFileSync(
    conf,
    `${process.getuid() === 0 ? 'user root; ' : ''}worker_processes auto; pid ${place}/nginx/pid; error_log stderr; daemon off;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  client_body_temp_path ${place}/nginx/a; proxy_temp_path ${place}/nginx/b;
  fastcgi_temp_path ${place}/nginx/c; uwsgi_temp_path ${place}/nginx/d;
  scgi_temp_path ${place}/nginx/e; types { application/json json; }
  server { listen 127.0.0.1:${port}; root ${publication}; }
}
`,
  );
  started.push(spawn('nginx', ['-c', conf, '-p', place], { stdio: 'ignore' }));
  return new Promise((resolve) => setTimeout(() => resolve(port), 1000));
}

const bare = await startBare();
const nginx = await startNginx();
const sides = { 'mtok serve': own, ...bare, ...(nginx ? { nginx } : {}) };

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
console.log(
  `${rounds} rounds of ${seconds} s, 64 connections, Node.js ${process.version}, ` +
    `${cpus().length} cores of ${cpus()[0].model}`,
);
let isEnough = true;
for (const [name, target] of Object.entries(TARGETS)) {
  const plain = plainPath(target);
  const { bytes } = await bodyOf(own, plain);
  const asked = Object.entries(sides).filter(([side]) => side !== 'nginx' || target.isFile);
  const found = new Map(asked.map(([side]) => [side, []]));
  for (const [side, port] of asked) {
    const other = await bodyOf(port, plain);
    if (!other.bytes.equals(bytes)) throw new Error(`${side} gives other bytes of ${plain}`);
    await load({ port, path: target.path, seconds: 1 });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [side, port] of asked) {
      found.get(side).push(await load({ port, path: target.path, seconds }));
    }
  }
  console.log(`\n${name}: ${bytes.length} bytes`);
  const middle = (side, key) => median(found.get(side).map((one) => one[key]));
  const reference = middle('node:http', 'perSecond');
  for (const [side] of asked) {
    const perSecond = middle(side, 'perSecond');
    const ratio = `${((100 * perSecond) / reference).toFixed(0)}%`;
    console.log(
      `${side.padEnd(12)} ${perSecond.toFixed(0).padStart(7)}/s ${ratio.padStart(5)}` +
        `   p50 ${middle(side, 'p50').toFixed(2)} ms   p99 ${middle(side, 'p99').toFixed(2)} ms`,
    );
  }
  const share = middle('mtok serve', 'perSecond') / reference;
  const isMet = share >= target.least;
  isEnough &&= isMet;
  console.log(`at least ${target.least * 100}% of node:http: ${isMet ? 'yes' : 'NO'}`);
}

/** Resident and used memory of the server, in MB. */
async function memory() {
  const { bytes } = await bodyOf(own, '/metrics');
  const value = (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(bytes.toString())[1]);
  const [rss, heap] = [
    value('process_resident_memory_bytes'),
    value('nodejs_heap_size_used_bytes'),
  ];
  return `${(rss / 1e6).toFixed(0)} MB resident, ${(heap / 1e6).toFixed(0)} MB of heap`;
}

console.log(`\nmemory over ${requests} requests of every kind`);
console.log(`${'0'.padStart(9)}  ${await memory()}`);
const PARTS = 5;
for (let part = 1; part <= PARTS; part += 1) {
  for (const { path } of Object.values(TARGETS)) {
    const share = requests / PARTS / Object.keys(TARGETS).length;
    await load({ port: own, path, seconds: 3600, requests: share });
  }
  console.log(`${String((part * requests) / PARTS).padStart(9)}  ${await memory()}`);
}
process.exit(isEnough ? 0 : 1);
