import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** One server of a cluster on this machine. */
export interface Node {
  readonly host: string;
  /** Runs a statement, with the rows that follow an INSERT. */
  run(sql: string, rows?: string): Promise<string>;
}

export interface Cluster {
  readonly nodes: readonly Node[];
  stop(): Promise<void>;
}

interface Ports {
  readonly http: number;
  readonly tcp: number;
}

const LONGEST_START_MS = 60_000;

/** Starts servers on loopback, each a shard of the cluster `all`, with their files in a folder. */
export async function startCluster(folder: string, size: number): Promise<Cluster> {
  const ports: Ports[] = [];
  for (let index = 0; index < size; index += 1) {
    ports.push({ http: await freePort(), tcp: await freePort() });
  }
  const servers = ports.map((own, index) => start(join(folder, `node-${index}`), own, ports));
  const stop = async () => {
    await Promise.all(servers.map(stopped));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const nodes = ports.map(nodeAt);
    for (const [index, node] of nodes.entries()) await answering(node, servers[index]!);
    return { nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function start(folder: string, { http, tcp }: Ports, all: readonly Ports[]): ChildProcess {
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  const shards = all.map(
    (one) => `<shard><replica><host>127.0.0.1</host><port>${one.tcp}</port></replica></shard>`,
  );
  const config = join(folder, 'config.xml');
  const users = join(folder, 'users.xml');
  const anywhere = '<networks><ip>::/0</ip></networks>';
  const rights = `${anywhere}<profile>default</profile><quota>default</quota>`;
  writeFileSync(
    users,
    `<yandex><profiles><default><insert_distributed_sync>1</insert_distributed_sync>
    <date_time_input_format>best_effort</date_time_input_format></default><readonly>
    <readonly>1</readonly><log_queries>1</log_queries></readonly></profiles>
    <quotas><default/></quotas><users><default><password></password>${rights}</default>
    <reader><password>hush</password>${anywhere}<profile>readonly</profile><quota>default</quota>
    </reader></users></yandex>`,
  );
  writeFileSync(
    config,
    `<yandex><logger><level>error</level><log>${folder}/log</log>
    <errorlog>${folder}/errors</errorlog></logger><http_port>${http}</http_port>
    <tcp_port>${tcp}</tcp_port><listen_host>127.0.0.1</listen_host><path>${folder}/data/</path>
    <tmp_path>${folder}/tmp/</tmp_path><users_config>${users}</users_config>
    <default_profile>default</default_profile><default_database>default</default_database>
    <mark_cache_size>5000000</mark_cache_size><timezone>Asia/Tokyo</timezone>
    <query_log><database>system</database><table>query_log</table>
    <flush_interval_milliseconds>200</flush_interval_milliseconds></query_log>
    <remote_servers><all>${shards.join('')}</all></remote_servers></yandex>`,
  );
  return spawn('clickhouse-server', [`--config-file=${config}`], { cwd: folder, stdio: 'ignore' });
}

function nodeAt({ http }: Ports): Node {
  const host = `127.0.0.1:${http}`;
  return {
    host,
    async run(sql, rows) {
      const query = rows === undefined ? '' : `?query=${encodeURIComponent(sql)}`;
      const response = await fetch(`http://${host}/${query}`, {
        method: 'POST',
        body: rows ?? sql,
      });
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return text;
    },
  };
}

async function answering(node: Node, server: ChildProcess): Promise<void> {
  for (let waited = 0; waited < LONGEST_START_MS; waited += 100) {
    if (server.exitCode !== null) throw new Error(`clickhouse-server ended: ${server.exitCode}`);
    const answer = await node.run('SELECT 1').catch(() => undefined);
    if (answer === '1\n') return;
    await pause(100);
  }
  throw new Error(`clickhouse-server did not answer at ${node.host}`);
}

function stopped(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) resolve();
    else {
      server.once('exit', () => resolve());
      server.kill('SIGKILL');
    }
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
