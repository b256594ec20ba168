/** A Dovecot of the tests' own, in a temp folder on free ports; any user, password `secret`. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { ImapFlow } from 'imapflow';
import { generate } from 'selfsigned';
import { freePort } from './postgres-cluster.ts';
import { waitFor } from './wait-for.ts';

export const DOVECOT_PASSWORD = 'secret';

export interface DovecotOptions {
  /** Between the names of a path. */
  separator?: '/' | '.';
  /** Before every name. */
  prefix?: string;
  /** Instead of what it can. */
  capabilities?: string;
}

export class Dovecot {
  port = 0;
  tlsPort = 0;
  readonly #program: string;
  readonly #options: DovecotOptions;
  #folder = '';
  #process: ChildProcess | null = null;

  constructor(program: string, options: DovecotOptions = {}) {
    this.#program = program;
    this.#options = options;
  }

  static async start(program: string): Promise<Dovecot> {
    const dovecot = new Dovecot(program);
    await dovecot.start();
    return dovecot;
  }

  async start(): Promise<void> {
    this.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-dovecot-'));
    this.port = await freePort();
    this.tlsPort = await freePort();
    await this.#configure();
    await this.resume();
  }

  async #configure(): Promise<void> {
    const [user, group] =
      process.getuid?.() === 0 ? ['nobody', 'nogroup'] : [os.userInfo().username, String(process.getgid?.())];
    const certificate = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
    });
    fs.writeFileSync(path.join(this.#folder, 'cert.pem'), certificate.cert);
    fs.writeFileSync(path.join(this.#folder, 'key.pem'), certificate.private, { mode: 0o600 });
    fs.mkdirSync(path.join(this.#folder, 'mail'));
    if (process.getuid?.() === 0) {
      spawnSync('chown', ['nobody:nogroup', path.join(this.#folder, 'mail')]);
      fs.chmodSync(this.#folder, 0o755);
    }
    fs.writeFileSync(
      path.join(this.#folder, 'dovecot.conf'),
      configuration(this.#folder, this.port, this.tlsPort, user, group, this.#options),
    );
  }

  /** Starts the server (again). */
  async resume(): Promise<void> {
    this.#process = spawn(this.#program, ['-F', '-c', path.join(this.#folder, 'dovecot.conf')], {
      stdio: 'ignore',
      detached: true,
    });
    await waitFor('Dovecot to answer', () => canConnect(this.port));
  }

  /** Ends the server with all its connections. */
  async pause(): Promise<void> {
    const { pid } = this.#process ?? {};
    if (!pid) return;
    this.#process = null;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
    await waitFor('Dovecot to be gone', async () => !(await canConnect(this.port)));
    fs.rmSync(path.join(this.#folder, 'run'), { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    await this.pause();
    fs.rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  }

  url(user: string, folder = 'INBOX', scheme: 'imap' | 'imaps' = 'imap'): string {
    const port = scheme === 'imap' ? this.port : this.tlsPort;
    return `${scheme}://${encodeURIComponent(user)}:${DOVECOT_PASSWORD}@127.0.0.1:${port}/${encodeURIComponent(folder)}`;
  }

  /** Runs something as a plain IMAP client of a user. */
  async asUser<T>(user: string, work: (client: ImapFlow) => Promise<T>): Promise<T> {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: this.port,
      secure: false,
      auth: { user, pass: DOVECOT_PASSWORD },
      tls: { rejectUnauthorized: false },
      logger: false,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.logout();
    }
  }

  async append(user: string, mails: readonly Buffer[], at?: Date, folder = 'INBOX'): Promise<void> {
    await this.asUser(user, async (client) => {
      for (const mail of mails) await client.append(folder, mail, [], at);
    });
  }

  async count(user: string, folder = 'INBOX'): Promise<number> {
    return this.asUser(user, async (client) => {
      const status = await client.status(folder, { messages: true });
      return status ? (status.messages ?? 0) : 0;
    });
  }

  /** Makes the server forget its UIDs: its folders get a new UIDVALIDITY. */
  forgetUids(user: string): void {
    const mail = path.join(this.#folder, 'mail', user);
    for (const file of fs.readdirSync(mail, { recursive: true, encoding: 'utf8' })) {
      if (path.basename(file).startsWith('dovecot')) fs.rmSync(path.join(mail, file), { recursive: true });
    }
  }
}

async function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

function configuration(
  folder: string,
  port: number,
  tlsPort: number,
  user: string,
  group: string,
  { separator = '/', prefix = '', capabilities }: DovecotOptions,
): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = ${user}
default_login_user = ${user}
default_internal_group = ${group}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:${folder}/mail/%u
mail_fsync = never
passdb {
  driver = static
  args = password=${DOVECOT_PASSWORD}
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${folder}/mail/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = ${separator}
  prefix = ${prefix}
}
${capabilities ? `protocol imap {\n  imap_capability = ${capabilities}\n}` : ''}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
`;
}
