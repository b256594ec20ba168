/** The program as people run it: commands with their output and exit code, and `serve` as a process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { inPackage } from '../../src/kernel/package-root.ts';
import { waitFor } from './wait-for.ts';

const MAIN = inPackage('dist', 'src', 'main.js');

/** What `npm start` and `npm run demo` run. */
export const SERVE = [MAIN, 'serve'];
export const DEMO = [inPackage('dist', 'src', 'demo', 'main.js')];

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
    const serve = Serve.launch(environment);
    await serve.whenReady();
    return serve;
  }

  static launch(environment: Environment, program: readonly string[] = SERVE): Serve {
    const ports = { DATAMER_HTTP_PORT: '0', DATAMER_SMTP_PORT: '0' };
    return new Serve(spawn(process.execPath, program, { env: environmentOf({ ...ports, ...environment }) }));
  }

  async whenReady(patienceMs?: number): Promise<void> {
    await this.whenPrinted(READY, patienceMs);
    const [, http, smtp] = READY.exec(this.stdout) ?? [];
    this.httpPort = Number(http);
    this.smtpPort = Number(smtp);
  }

  async whenPrinted(text: RegExp, patienceMs?: number): Promise<void> {
    const isPrinted = (): boolean => {
      const { exitCode } = this.#child;
      if (exitCode !== null) throw new Error(`the program ended with ${exitCode}: ${this.stderr}`);
      return text.test(this.stdout);
    };
    await waitFor(String(text), isPrinted, patienceMs);
  }

  /** Resolves with the exit code. */
  async whenEnded(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    return new Promise((resolve) => this.#child.once('close', resolve));
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

  /** Ctrl-C. */
  async interrupt(): Promise<number | null> {
    return this.#end('SIGINT');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = this.whenEnded();
    this.#child.kill(signal);
    return ended;
  }
}

const READY = /^datamer ready http=(\d+) smtp=(\d+|off)$/m;

/** For afterEach: whatever a failed test left running. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}
