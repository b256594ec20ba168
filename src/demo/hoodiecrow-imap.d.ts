/** The part of hoodiecrow-imap 2.1 that the demo uses; the package brings no types. */
declare module 'hoodiecrow-imap' {
  import type { EventEmitter } from 'node:events';
  import type { Server } from 'node:net';

  interface Folder {
    messages: unknown[];
  }

  interface Hoodiecrow extends EventEmitter {
    server: Server;
    listen: (port: number, host: string, onListening: () => void) => void;
    getMailbox: (path: string) => Folder;
    /** @param raw one character a byte */
    appendMessage: (path: string, flags: string[], internalDate: string, raw: string) => void;
  }

  interface Options {
    plugins: string[];
    users: Record<string, { password: string }>;
    storage: Record<string, { uidvalidity?: number }>;
  }

  export default function hoodiecrow(options: Options): Hoodiecrow;
}
