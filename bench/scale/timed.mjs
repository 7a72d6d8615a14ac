import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Runs a command, and watches the most memory that it held. */
export function timed([program, ...args], cwd) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const out = { text: '', err: '', peakMb: 0 };
    child.stdout.on('data', (chunk) => (out.text += chunk));
    child.stderr.on('data', (chunk) => (out.err += chunk));
    const watch = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        out.peakMb = Math.max(out.peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      } catch {}
    }, 20);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      if (code !== 0) reject(new Error(`${program} ${args.join(' ')}: ${out.err}`));
      else resolve({ seconds, ...out });
    });
  });
}
