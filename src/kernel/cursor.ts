/** Places in a list, as opaque text for whoever asks for the next page. */
import type { z } from 'zod';
import { Invalid } from './errors.ts';

export function encodeCursor(position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws Invalid when the text is not a cursor of this list */
export function decodeCursor<T>(cursor: string, shape: z.ZodType<T>): T {
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new Invalid([{ field: 'cursor', message: 'This is no cursor of this list; start without one.' }]);
  }
}
