/** Takes the demo's notices, so that they are sent and shown as sent, and leave this machine never. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface NoticeSink {
  url: string;
  close: () => Promise<void>;
}

export async function openNoticeSink(): Promise<NoticeSink> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData: (stream, _session, answer) => {
      stream.on('end', () => {
        answer();
      });
      stream.resume();
    },
  });
  // A connection that breaks off is the sender's to notice.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
