import fs from 'node:fs';
import type { Prepared } from './global-setup.ts';
import { stopCluster } from './postgres-cluster.ts';

export default function cleanUp(): void {
  const prepared = JSON.parse(process.env['DATAMER_TEST_PREPARED'] ?? 'null') as Prepared | null;
  if (!prepared) return;
  if (prepared.postgres) stopCluster(prepared.postgres);
  fs.rmSync(prepared.folder, { recursive: true, force: true });
}
