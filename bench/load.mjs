import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

/**
 * Asks for one address over some connections, each with one request under way, for a while. It
 * reads no more of an answer than its status and its length, so that it costs little beside the
 * server that is measured.
 *
 * @returns requests per second and latencies in milliseconds.
 */
export async function load({ port, path, connections = 64, seconds, requests = Infinity }) {
  const pathOf = typeof path === 'function' ? path : () => path;
  const latencies = [];
  let [asked, answered] = [0, 0];
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, () => {
      return new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1');
        socket.setNoDelay(true);
        // All answers of one load are as long: what the first one says holds for the others.
        let [sentAt, wanted, got] = [0, 0, 0];
        const ask = () => {
          if (asked >= requests || performance.now() >= end) {
            socket.end();
            resolve();
            return;
          }
          asked += 1;
          [got, sentAt] = [0, performance.now()];
          socket.write(`GET ${pathOf(asked)} HTTP/1.1\r\nHost: bench\r\n\r\n`);
        };
        socket.on('connect', ask).on('error', reject);
        socket.on('data', (chunk) => {
          if (wanted === 0) wanted = lengthOf(chunk);
          if (got === 0 && chunk[9] !== TWO) reject(new Error(chunk.latin1Slice(0, 200)));
          got += chunk.length;
          if (got < wanted) return;
          if (got > wanted) reject(new Error(`expected ${wanted} bytes, found ${got}`));
          latencies.push(performance.now() - sentAt);
          answered += 1;
          ask();
        });
      });
    }),
  );
  const tookS = (performance.now() - start) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
  return { perSecond: answered / tookS, p50: at(0.5), p99: at(0.99), answered };
}

/** The first digit of a status. */
const TWO = '2'.charCodeAt(0);

/** The length of a whole answer, from its first part: its headers come in one. */
function lengthOf(chunk) {
  const head = chunk.indexOf('\r\n\r\n');
  const text = chunk.latin1Slice(0, head);
  if (head < 0 || !text.startsWith('HTTP/1.1 200')) throw new Error(`expected 200: ${text}`);
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  if (length === undefined) throw new Error('expected a content-length');
  return head + 4 + Number(length);
}
