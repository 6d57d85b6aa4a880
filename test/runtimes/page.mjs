// Serves a page that runs the bundle, under the strictest policy of contents that lets a page compile WebAssembly, on this machine only.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const PAGE =
  '<!doctype html><meta charset="utf-8"><title>Lictor</title><script type="module" src="/bundle.mjs"></script>';
const CONTENT_SECURITY_POLICY = "default-src 'none'; img-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const TIME_LIMIT_MS = 240_000;

/**
 * Prints the first text that the page logs; closes the browser. Playwright's and Puppeteer's have in common what is used of them.
 *
 * @param {string} bundle
 * @param {{ newPage(): Promise<any>, close(): Promise<void> }} browser
 */
export async function printFirstLog(bundle, browser) {
  const script = readFileSync(bundle);
  const server = createServer(({ url }, response) => {
    const [type, body] = url === '/bundle.mjs' ? ['text/javascript', script] : url === '/' ? ['text/html', PAGE] : [];
    // Browsers ask for an icon.
    if (type === undefined) return response.writeHead(204).end();
    const headers = { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': CONTENT_SECURITY_POLICY };
    return response.writeHead(200, headers).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const page = await browser.newPage();
    const logged = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('the page logged nothing in time')), TIME_LIMIT_MS).unref();
      page.on('pageerror', reject);
      page.on('console', (message) =>
        message.type() === 'error' ? reject(new Error(message.text())) : resolve(message.text()),
      );
    });
    const [text] = await Promise.all([
      logged,
      page.goto(`http://127.0.0.1:${server.address().port}/`, { timeout: TIME_LIMIT_MS }),
    ]);
    console.log(text);
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
}
