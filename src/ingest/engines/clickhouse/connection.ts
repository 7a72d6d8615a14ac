import { setTimeout as pause } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { MtokError } from '../../../domain/failure.ts';
import type { TableAddress } from './address.ts';
import type { Transport } from './answer.ts';
import { connectionFailure, isPassing, serverFailure } from './failure.ts';

/** How a server is spoken to, apart from its address. */
export interface ConnectionOptions {
  readonly user: string;
  readonly password: string;
  /** Until the server answers its first, small question. */
  readonly connectMs: number;
  /** How long it may be silent. */
  readonly silenceMs: number;
  /** Pauses before the attempts after the first. */
  readonly retryAfterMs: readonly number[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {MtokError} of kind usage where a timeout is no number of seconds. */
export function connectionOptions(environment: Environment): ConnectionOptions {
  return {
    user: environment.MTOK_CLICKHOUSE_USER || 'default',
    password: environment.MTOK_CLICKHOUSE_PASSWORD ?? '',
    connectMs: seconds(environment, 'MTOK_CLICKHOUSE_CONNECT_TIMEOUT', 10) * 1000,
    silenceMs: seconds(environment, 'MTOK_CLICKHOUSE_TIMEOUT', 300) * 1000,
    retryAfterMs: [200, 1_000],
  };
}

function seconds(environment: Environment, name: string, without: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return without;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new MtokError('usage', `expected ${name} as whole seconds, 1 to 99999: ${text}`);
}

/** How a connection to the server of a table is opened. */
export type OpensTransport = (address: TableAddress) => Promise<Transport>;

/** As the environment says. */
export function openByEnvironment(address: TableAddress): Promise<Transport> {
  return openClickHouse(address, connectionOptions(process.env));
}

/**
 * Opens a connection to the HTTP interface of a server by its official client, which is loaded only
 * here. The client opens sockets; it is asked for nothing but answers to reading queries.
 */
export async function openClickHouse(
  address: TableAddress,
  options: ConnectionOptions,
): Promise<Transport> {
  const { createClient } = await import('@clickhouse/client');
  const client = createClient({
    ...{ url: address.url, username: options.user, password: options.password },
    ...{ application: 'mtok', database: address.database, request_timeout: options.silenceMs },
    // Its log would go to the terminal, with the query in it.
    log: { LoggerClass: Silence },
    keep_alive: { enabled: false },
  });
  const server = new Server(client, address, options);
  return {
    answer: (sql) => server.answer(sql),
    failure: (text) => serverFailure(address, text),
    close: () => client.close(),
  };
}

class Server {
  readonly #client: ClickHouseClient;
  readonly #address: TableAddress;
  readonly #options: ConnectionOptions;
  #hasAnswered = false;

  constructor(client: ClickHouseClient, address: TableAddress, options: ConnectionOptions) {
    this.#client = client;
    this.#address = address;
    this.#options = options;
  }

  async *answer(sql: string): AsyncGenerator<Uint8Array> {
    let isBegun = false;
    for (let attempt = 0; ; attempt += 1) {
      let sinceMs = performance.now();
      try {
        for await (const bytes of await this.#stream(sql)) {
          isBegun = true;
          yield Buffer.isBuffer(bytes) ? bytes : Buffer.from(String(bytes));
          sinceMs = performance.now();
        }
        return;
      } catch (error) {
        // The client cuts the connection itself where it has waited for too long.
        const isSilent = isBegun && performance.now() - sinceMs >= this.#options.silenceMs * NEARLY;
        if (isSilent) throw connectionFailure(this.#address, new Error('Timeout'), isBegun);
        // Of an answer that has begun a part has been used already.
        const wait = this.#options.retryAfterMs[attempt];
        if (isBegun || wait === undefined || !isPassing(error)) {
          throw connectionFailure(this.#address, error, isBegun);
        }
        await pause(wait);
      }
    }
  }

  async #stream(sql: string): Promise<AsyncIterable<unknown>> {
    const query = `${sql} FORMAT TabSeparated`;
    if (this.#hasAnswered) return (await this.#client.exec({ query })).stream;
    const { connectMs } = this.#options;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), connectMs);
    try {
      const { stream } = await this.#client.exec({ query, abort_signal: controller.signal });
      this.#hasAnswered = true;
      return stream;
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      const within = `no answer within ${connectMs / 1000} s`;
      const remedy = 'see whether the address is right, or set MTOK_CLICKHOUSE_CONNECT_TIMEOUT';
      const { shown } = this.#address;
      throw new MtokError('environment', `cannot read ${shown}: ${within}: ${remedy}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** It waits since the last byte came, which was before that byte was used. */
const NEARLY = 0.9;

/** Errors are told once, by those who throw them. */
class Silence {
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}
