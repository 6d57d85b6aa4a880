// Opens the bundle in a page of Debian's Firefox, headless, by WebDriver BiDi, and prints what the page logs.
//
//   node start.mjs BUNDLE PROGRAM

import puppeteer from 'puppeteer-core';
import { printFirstLog } from '../page.mjs';

const [, , bundle = '', executablePath] = process.argv;

await printFirstLog(bundle, await puppeteer.launch({ browser: 'firefox', executablePath, headless: true }));
