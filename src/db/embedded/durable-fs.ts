/**
 * PGlite's file system for Node with real fsync. Stock NodeFS has none: PostgreSQL reports `fsync = on`
 * and nothing reaches the disk, so a power cut could take acknowledged mail. This reaches into an
 * internal object of the package; test/embedded-database.test.ts counts the calls and fails when an upgrade
 * takes the hook away. Needs `wal_sync_method=fsync`: fdatasync ends in a stub that returns at once.
 */
import fs from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';

interface OpenFile {
  nfd?: number;
  node: unknown;
}

interface NodeFileSystem {
  realPath: (node: unknown) => string;
  stream_ops: { fsync?: (file: OpenFile) => number };
}

interface EmscriptenModule {
  NODEFS: NodeFileSystem;
}

export class DurableNodeFS extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const result = await super.init(...args);
    const preRun = result.emscriptenOpts.preRun as unknown as ((module: EmscriptenModule) => void)[];
    preRun.push(({ NODEFS: files }) => {
      files.stream_ops.fsync = (file) => {
        if (file.nfd !== undefined) fs.fsyncSync(file.nfd);
        else fsyncFolder(files.realPath(file.node));
        return 0;
      };
    });
    return result;
  }
}

function fsyncFolder(folder: string): void {
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
