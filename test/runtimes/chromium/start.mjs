// Opens the bundle in a page of Debian's Chromium, headless, and prints what the page logs.
//
//   node start.mjs BUNDLE PROGRAM

import { chromium } from 'playwright-core';
import { printFirstLog } from '../page.mjs';

const [, , bundle = '', executablePath] = process.argv;
const QUIET = ['quic', 'background-networking', 'component-update', 'sync', 'gpu'].map((what) => `--disable-${what}`);

await printFirstLog(
  bundle,
  await chromium.launch({ executablePath, args: ['--no-sandbox', '--no-first-run', ...QUIET] }),
);
