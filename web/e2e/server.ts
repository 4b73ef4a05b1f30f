/** The site as it is deployed, with a small API that answers what a scene wants. */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** Stricter than what is deployed: what runs under this runs there. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
};
const PHOTO = `<svg xmlns="http://www.w3.org/2000/svg" width="1024" height="768"><rect width="1024" height="768" fill="#8c8f8d"/><path d="M0 520L1024 430V768H0z" fill="#55585a"/><ellipse cx="520" cy="600" rx="210" ry="70" fill="#2b2d2e"/><ellipse cx="520" cy="590" rx="180" ry="52" fill="#3a322b"/></svg>`;

export interface Reply {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** The connection breaks. */
  broken?: boolean;
}

export type Handler = (method: string, path: string, key: string, language: string) => Reply;

export interface Seen {
  method: string;
  url: string;
  referer: string;
}

export class FakeCity {
  /** Everything that was asked, as it was asked. */
  readonly seen: Seen[] = [];
  handler: Handler = () => ({ status: 404, body: { errors: [], request_id: "none" } });
  readonly #site: string;
  readonly #server: Server;

  constructor(site: string) {
    this.#site = site;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  async open(): Promise<string> {
    await new Promise<void>((go) => this.#server.listen(0, "127.0.0.1", go));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((go) => this.#server.close(go));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = "GET", url = "/" } = request;
    this.seen.push({ method, url, referer: String(request.headers.referer ?? "") });
    const path = new URL(url, "http://here").pathname;
    request.resume();
    if (path.startsWith("/api/")) this.#api(request, response, path);
    else if (path.startsWith("/photos/")) response.setHeader("Content-Type", "image/svg+xml").end(PHOTO);
    else this.#file(response, path);
  }

  #api(request: IncomingMessage, response: ServerResponse, path: string): void {
    const language = String(request.headers["accept-language"] ?? "");
    const reply = this.handler(request.method ?? "GET", path, String(request.headers["x-city311-key"] ?? ""), language);
    if (reply.broken) {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status ?? 200, { "Content-Type": "application/json", "Cache-Control": "no-store", ...reply.headers });
    response.end(JSON.stringify(reply.body ?? {}));
  }

  #file(response: ServerResponse, path: string): void {
    const file = path.endsWith("/") ? `${path}index.html` : path;
    const headers = { "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff" };
    try {
      const content = readFileSync(join(this.#site, file));
      response.writeHead(200, { ...headers, "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
      response.end(content);
    } catch {
      response.writeHead(404, { ...headers, "Content-Type": TYPES[".html"] ?? "" });
      response.end(readFileSync(join(this.#site, "404.html")));
    }
  }
}
