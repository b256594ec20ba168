/** SMTP and LMTP doors of worlds, opened as the program does at its start, and clients that speak to them. */
import { afterEach } from '@jest/globals';
import os from 'node:os';
import { loadCertificate } from '../../src/inbound/smtp/certificate.ts';
import { openSmtpDoor, type OpenDoor, type SmtpDoorOptions } from '../../src/inbound/smtp/smtp-door.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { SmtpClient } from './smtp-client.ts';
import type { World } from './world.ts';

export interface SmtpDoors {
  open: (world: World, options?: Partial<SmtpDoorOptions>) => Promise<OpenDoor>;
  connect: (port: number, greeting?: string) => Promise<SmtpClient>;
  /** Opens a door. @returns a client of it */
  enter: (world: World, options?: Partial<SmtpDoorOptions>) => Promise<SmtpClient>;
}

/** They are closed after each test. */
export function useSmtpDoors(): SmtpDoors {
  const doors: OpenDoor[] = [];
  const clients: SmtpClient[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const door of doors.splice(0)) await door.close();
  });

  async function open(world: World, options: Partial<SmtpDoorOptions> = {}): Promise<OpenDoor> {
    const certificate = await loadCertificate(world.parts.settings, os.hostname(), world.clock.now());
    const plain = { kind: 'smtp', port: 0, isTls: false, hostName: 'door.example', log: silentLog } as const;
    const door = await openSmtpDoor({ ...world.parts, ...plain, certificate, ...options });
    doors.push(door);
    return door;
  }

  async function connect(port: number, greeting?: string): Promise<SmtpClient> {
    const client = await SmtpClient.connect(port, greeting);
    clients.push(client);
    return client;
  }

  return {
    open,
    connect,
    enter: async (world, options) => {
      const { port } = await open(world, options);
      return connect(port, options?.kind === 'lmtp' ? 'LHLO client.example' : undefined);
    },
  };
}
