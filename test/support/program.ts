/** The program as people run it: commands with their output and exit code, and `serve` as a process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { inPackage } from '../../src/kernel/package-root.ts';
import { waitFor } from './wait-for.ts';

const MAIN = inPackage('dist', 'src', 'main.js');

export type Environment = Record<string, string>;

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Only what a test says: nothing of the surrounding environment decides an outcome. */
function environmentOf(environment: Environment): Environment {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...environment };
}

export async function runProgram(
  args: readonly string[],
  environment: Environment,
  stdin = '',
): Promise<Outcome> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: environmentOf(environment) });
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (outcome.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (outcome.stderr += chunk.toString()));
  child.stdin.end(stdin);
  outcome.code = await new Promise((resolve) => child.once('close', resolve));
  return outcome;
}

const running = new Set<ChildProcess>();

export class Serve {
  readonly #child: ChildProcess;
  stdout = '';
  stderr = '';
  httpPort = 0;
  smtpPort = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    running.add(child);
    child.once('close', () => running.delete(child));
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  /** Starts and waits until it is ready. */
  static async start(environment: Environment): Promise<Serve> {
    const ports = { DATAMER_HTTP_PORT: '0', DATAMER_SMTP_PORT: '0' };
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      env: environmentOf({ ...ports, ...environment }),
    });
    const serve = new Serve(child);
    await waitFor(`readiness`, () => {
      if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}: ${serve.stderr}`);
      return READY.test(serve.stdout);
    });
    const [, http, smtp] = READY.exec(serve.stdout) ?? [];
    serve.httpPort = Number(http);
    serve.smtpPort = Number(smtp);
    return serve;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  /** Kill -9: no part of the program learns of it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async terminate(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const closed = new Promise<number | null>((resolve) => this.#child.once('close', resolve));
    this.#child.kill(signal);
    return closed;
  }
}

const READY = /^datamer ready http=(\d+) smtp=(\d+|off)$/m;

/** For afterEach: whatever a failed test left running. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}
