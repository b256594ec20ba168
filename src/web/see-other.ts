import type { Response } from 'express';

/**
 * Sends a browser on with 303, without a body: with one, express-session lets the headers out while the session is
 * still being written, and the browser's next request does not find what this one has put there.
 */
export function seeOther(response: Response, path: string): void {
  response.status(303).location(path).end();
}
