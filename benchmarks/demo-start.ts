/** From `npm run demo` to its ready line, on an empty folder and once more; with its resident memory. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inPackage } from '../src/kernel/package-root.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-bench-demo-'));
for (const turn of ['empty folder', 'again']) {
  const startedAt = performance.now();
  const demo = spawn(process.execPath, [inPackage('dist', 'src', 'demo', 'main.js')], {
    env: {
      PATH: process.env['PATH'],
      DATAMER_DATA_DIR: folder,
      DATAMER_HTTP_PORT: '0',
      DATAMER_SMTP_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    demo.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (/^datamer ready /m.test(printed)) resolve();
    });
    demo.once('close', (code) => {
      reject(new Error(`the demo ended with ${String(code)}: ${printed}`));
    });
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const status = fs.readFileSync(`/proc/${String(demo.pid)}/status`, 'utf8');
  const rss = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  process.stdout.write(`${turn.padEnd(14)} ready after ${seconds.toFixed(1)} s, ${rss} MB resident\n`);
  demo.removeAllListeners('close');
  demo.kill('SIGTERM');
  await new Promise((resolve) => demo.once('close', resolve));
}
fs.rmSync(folder, { recursive: true });
