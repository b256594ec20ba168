/** A signed-in person without a browser: pages and forms over plain HTTP, with a cookie. */

/** Of everybody in stories. */
export const PASSWORD = 'correct horse battery';

export class BrowserSession {
  readonly #baseUrl: string;
  cookie = '';

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  static async signIn(baseUrl: string, email: string, password = PASSWORD): Promise<BrowserSession> {
    const session = new BrowserSession(baseUrl);
    const answer = await session.post('/login', { email, password });
    if (answer.status !== 303) throw new Error(`signing in as ${email} was answered ${answer.status}`);
    return session;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#fetch(path, { headers });
  }

  async post(
    path: string,
    fields: Record<string, string> | [name: string, value: string][],
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.#fetch(path, {
      method: 'POST',
      headers: { origin: this.#baseUrl, referer: `${this.#baseUrl}${path}`, ...headers },
      body: new URLSearchParams(fields),
    });
  }

  async #fetch(path: string, init: Sent): Promise<Response> {
    const cookies: Record<string, string> = this.cookie ? { cookie: this.cookie } : {};
    const headers = { ...cookies, ...init.headers };
    const response = await fetch(`${this.#baseUrl}${path}`, { ...init, headers, redirect: 'manual' });
    const [cookie] = response.headers.getSetCookie();
    if (cookie) this.cookie = cookie.split(';')[0] ?? '';
    return response;
  }
}

interface Sent {
  method?: string;
  headers: Record<string, string>;
  body?: URLSearchParams;
}
