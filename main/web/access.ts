import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may talk to the server: who was handed its secret. The address that is opened carries it once; from then
 * on it is in a cookie that no script can read and that no other site's request carries.
 */
export class Access {
  readonly #token = randomBytes(32).toString('base64url');

  constructor(private readonly port: () => number) {}

  get address(): string {
    return `http://127.0.0.1:${this.port()}/?token=${this.#token}`;
  }

  /** A page of another name that resolves to this machine (DNS rebinding) does not get past this. */
  hostIsOurs({ headers }: IncomingMessage): boolean {
    return headers.host === `127.0.0.1:${this.port()}`;
  }

  /** Requests that change something or open a socket must come from our own page. */
  originIsOurs({ headers }: IncomingMessage): boolean {
    return headers.origin === `http://127.0.0.1:${this.port()}`;
  }

  tokenIsRight(token: string | null): boolean {
    const [given, right] = [Buffer.from(token ?? ''), Buffer.from(this.#token)];
    return given.length === right.length && timingSafeEqual(given, right);
  }

  /** Cookies do not know ports; the name does, so that two servers do not lock each other out. */
  get #cookieName(): string {
    return `sonidesk-${this.port()}`;
  }

  cookieIsRight({ headers }: IncomingMessage): boolean {
    const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
    return this.tokenIsRight(pairs.find(([name]) => name === this.#cookieName)?.[1] ?? null);
  }

  get cookie(): string {
    return `${this.#cookieName}=${this.#token}; HttpOnly; SameSite=Strict; Path=/`;
  }
}
