/** Whoever may type an address into a form must not reach what is inside: in none of its spellings. */
import { describe, expect, it } from '@jest/globals';
import dns from 'node:dns/promises';
import net from 'node:net';
import {
  isPublicAddress,
  NetworkGuard,
  NO_PRIVATE_TARGETS,
  parsePrivateTargets,
} from '../../src/kernel/network-guard.ts';

const lookingUp =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: net.isIP(address) }));

async function permitted(
  host: string,
  allowed = '',
  lookUp?: ReturnType<typeof lookingUp>,
): Promise<string[]> {
  const guard = new NetworkGuard(parsePrivateTargets(allowed), lookUp);
  return guard.permit(host, await guard.resolve(host)).map(({ address }) => address);
}

describe('An address is public', () => {
  it.each([
    ['1.1.1.1', 'somebody on the internet'],
    ['93.184.216.34', 'somebody on the internet'],
    ['172.32.0.1', 'just outside of 172.16/12'],
    ['100.128.0.1', 'just outside of carrier-grade NAT'],
    ['2606:4700:4700::1111', 'somebody on the internet, by IPv6'],
  ])('%s: %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('An address is not public', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback too'],
    ['0.0.0.0', 'this host'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['169.254.169.254', "a cloud's metadata"],
    ['192.0.0.192', "a cloud's metadata"],
    ['192.0.2.1', 'documentation'],
    ['198.18.0.1', 'benchmarks'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'this host'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'IPv4 inside IPv6'],
    ['::ffff:8.8.8.8', 'IPv4 inside IPv6, whatever it is'],
    ['::127.0.0.1', 'IPv4 inside IPv6, the old way'],
    ['64:ff9b::7f00:1', 'IPv4 behind NAT64'],
    ['2002:7f00:1::', 'IPv4 behind 6to4'],
    ['2001::1', 'Teredo'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with its zone'],
    ['fec0::1', 'site-local, as it was'],
    ['fd00:ec2::254', "a cloud's metadata"],
    ['ff02::1', 'multicast'],
    ['4000::1', 'not given to anybody'],
    ['2130706433', 'no address as a resolver answers it'],
    ['', 'nothing'],
  ])('%s: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('The guard', () => {
  // What URL does not make plain, the system's resolver does: all end at 127.0.0.1.
  it.each(['127.1', '0x7f.0.0.1', '0177.0.0.1', '2130706433', 'localhost', 'LOCALHOST'])(
    'refuses %s, which is this host in other words',
    async (spelling) => {
      const found = await dns.lookup(spelling, { all: true });
      expect(found.some(({ address }) => ['127.0.0.1', '::1'].includes(address))).toBe(true);
      await expect(permitted(spelling)).rejects.toMatchObject({ code: 'target-refused', temporary: false });
    },
  );

  it('refuses a public name that leads inside', async () => {
    await expect(permitted('rebind.example', '', lookingUp('10.0.0.7'))).rejects.toThrow(
      'rebind.example is 10.0.0.7, which is no address on the public internet',
    );
  });

  it('connects only to those addresses of a name that are public', async () => {
    expect(await permitted('both.example', '', lookingUp('10.0.0.7', '93.184.216.34'))).toEqual([
      '93.184.216.34',
    ]);
  });

  it.each([
    ['chat.internal', '10.0.0.7', 'chat.internal'],
    ['chat.internal.', '10.0.0.7', 'Chat.Internal'],
    ['chat.internal', '10.0.0.7', '192.168.0.0/16, 10.0.0.0/8'],
    ['chat.internal', '10.0.0.7', '10.0.0.7'],
    ['chat.internal', 'fd00::7', 'fd00::/8'],
    ['chat.internal', '::ffff:10.0.0.7', '10.0.0.0/8'],
  ])('lets %s at %s be reached where the operator allows %s', async (host, address, allowed) => {
    expect(await permitted(host, allowed, lookingUp(address))).toEqual([address]);
  });

  it.each([
    ['other.internal', '10.0.0.7', 'chat.internal'],
    ['chat.internal.evil.example', '10.0.0.7', 'chat.internal'],
    ['chat.internal', '10.0.0.7', 'fd00::/8'],
    ['chat.internal', '10.1.0.7', '10.0.0.0/16'],
  ])('does not let %s at %s be reached where %s is allowed', (host, address, allowed) => {
    const guard = new NetworkGuard(parsePrivateTargets(allowed));
    expect(() => guard.permit(host, [{ address, family: net.isIP(address) }])).toThrow(
      'DATAMER_ALLOW_PRIVATE_TARGETS',
    );
  });

  it('says that a host is unknown, and that trying again may help', async () => {
    const nowhere = async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    await expect(new NetworkGuard(NO_PRIVATE_TARGETS, nowhere).resolve('gone.example')).rejects.toMatchObject(
      {
        message: 'There is no host gone.example. Check the address.',
        temporary: true,
      },
    );
  });

  it.each(['10.0.0.0/33', 'http://chat.internal', 'chat internal', '*', '10.0.0.256', '*.internal'])(
    'takes no list with %s in it',
    (word) => {
      expect(() => parsePrivateTargets(`10.0.0.1, ${word}`)).toThrow(word);
    },
  );
});
