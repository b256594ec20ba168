/** How much of a folder is fetched at once. */
import type { ImapFlow } from 'imapflow';
import { LARGEST_MAIL } from '../smtp/smtp-door.ts';

/** UIDs asked about at once; their sizes decide how many are fetched at once. */
export const LARGEST_SLICE = 500;
/** Memory that one mailbox's batch may take. */
const LARGEST_BATCH_BYTES = 16 * 1024 * 1024;

/** Cuts UIDs into batches of bounded size; what is over the limit stays on the server. */
export async function planBatches(
  client: ImapFlow,
  uids: number[],
): Promise<{ batches: number[][]; tooLarge: number }> {
  const sizes = await client.fetchAll(uids, { uid: true, size: true }, { uid: true });
  sizes.sort((a, b) => a.uid - b.uid);
  const batches: number[][] = [];
  let batch: number[] = [];
  let bytes = 0;
  let tooLarge = 0;
  for (const { uid, size = 0 } of sizes) {
    if (size > LARGEST_MAIL) {
      tooLarge += 1;
      continue;
    }
    if (bytes + size > LARGEST_BATCH_BYTES && batch.length > 0) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(uid);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return { batches, tooLarge };
}
