// The page of `report` in a browser. COUNTERFOIL is the program, CHROMIUM the browser (default /usr/bin/chromium), and LOG a folder
// with `log.sqlite` and `trust.toml`; without LOG the log of `counterfoil demo`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const program = process.env.COUNTERFOIL;
const folder = mkdtempSync(join(tmpdir(), 'report-'));
const log = process.env.LOG ?? join(folder, 'demo');
const file = join(folder, 'page.html');
const url = pathToFileURL(file).href;
const audited = [join(log, 'log.sqlite'), '--trust', join(log, 'trust.toml')];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const run = (...args) => execFileSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });

let browser;
let exported;

before(async () => {
  if (!process.env.LOG) run('demo', '--out', log);
  run('report', ...audited, '-o', file);
  exported = JSON.parse(run('export', ...audited));
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic'];
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

// Opens the page and hands it to `look`; everything that it asks for and says is collected.
async function opened(options, look, fragment = '') {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const asked = [];
  const said = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  await page.goto(url + fragment);
  try {
    return await look(page, { asked, said });
  } finally {
    await context.close();
  }
}

test('it asks for nothing but itself, and breaks no policy of its own', async () => {
  await opened({}, async (page, { asked, said }) => {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.waitForTimeout(500);
    assert.deepEqual(asked, [url]);
    assert.deepEqual(said, []);
    assert.equal(await page.locator('script, link, img, iframe, object, embed, form, [style], [onload], [onclick]').count(), 0);
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.body).maxWidth), 'none', 'its own style is in force');
  });
});

test('what is put into it cannot run or be fetched', async () => {
  let reached = 0;
  const server = createServer((request, response) => { reached += 1; response.end(); });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${server.address().port}/`;
  const put = async (page) => {
    await page.evaluate((to) => {
      document.body.insertAdjacentHTML('beforeend', `<img src="${to}" onerror="window.ran = true">`);
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }));
    }, address);
    await page.waitForTimeout(300);
    return page.evaluate(() => window.ran);
  };
  try {
    assert.equal(await opened({}, put), undefined);
    assert.equal(reached, 0);
    assert.equal(await opened({ bypassCSP: true }, put), true, 'without its policy it would have run');
    assert.equal(reached, 1);
  } finally {
    server.close();
  }
});

for (const options of [
  { colorScheme: 'light', viewport: { width: 1200, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 1200, height: 900 } },
  { colorScheme: 'light', viewport: { width: 360, height: 700 } },
]) {
  test(`axe finds nothing in ${options.colorScheme} at ${options.viewport.width} pixels`, async () => {
    await opened({ ...options, bypassCSP: true }, async (page) => {
      await page.evaluate(() => {
        const all = [...document.querySelectorAll('details')];
        for (const details of all.slice(0, 200)) details.open = true;
        // What is alike a thousand times is looked at some hundred times.
        for (const rest of [...document.querySelectorAll('details.payment, details.run')].slice(200)) rest.remove();
      });
      await page.evaluate(axe);
      const found = await page.evaluate(() => window.axe.run(document));
      const broken = found.violations.map((it) => `${it.impact} ${it.id}: ${it.nodes[0].html}`);
      assert.deepEqual(broken, []);
      assert.ok(found.passes.length > 15, `${found.passes.length} rules were applied`);
    });
  });
}

test('its numbers are those of the export', async () => {
  await opened({}, async (page) => {
    const shown = await page.evaluate(() => {
      const value = (at, selector) => at.querySelector(selector).value;
      const names = ['count', 'exposure', 'settled', 'returned', 'reserved', 'owed'];
      return {
        root: document.querySelector('#root').textContent,
        count: value(document, '#count'),
        population: value(document, '#population'),
        assets: [...document.querySelectorAll('.asset')].map((at) => [at.querySelector('.id').textContent, ...names.map((name) => value(at, `data.${name}`))]),
        payments: [...document.querySelectorAll('details.payment')].map((at) => [at.querySelector('b').textContent, at.querySelector('.status').textContent, value(at, 'summary data')]),
      };
    });
    const { manifest, rows } = exported;
    assert.equal(shown.root, manifest.log.root);
    assert.equal(shown.count, String(manifest.count));
    assert.equal(shown.population, String(manifest.population));
    assert.ok(rows.length > 0);
    assert.deepEqual(shown.assets, manifest.totals.map((it) => [it.asset ?? '', it.count, it.exposure, it.settled, it.returned, it.reserved, it.owed].map(String)));
    assert.deepEqual(shown.payments, rows.map((it) => [String(it.payment), it.status, it.exposure ?? '']));
  });
});

test('a link to a payment opens it, and so does the keyboard', async () => {
  const { payment } = exported.rows.at(-1);
  await opened({}, async (page) => {
    const target = page.locator(`#p${payment}`);
    await target.waitFor({ state: 'visible' });
    assert.ok(await target.evaluate((it) => it.getBoundingClientRect().top < innerHeight));
  }, `#p${payment}`);
  await opened({}, async (page) => {
    const first = page.locator('details.payment').first();
    await first.locator('summary').focus();
    await page.keyboard.press('Enter');
    assert.equal(await first.evaluate((it) => it.open), true);
  });
});

test('it says the same without scripts', async () => {
  const text = (page) => page.locator('main').textContent();
  const [with_, without] = await Promise.all([true, false].map((javaScriptEnabled) => opened({ javaScriptEnabled }, text)));
  assert.equal(without, with_);
});

test('nothing is cut off on a phone or on paper', async () => {
  await opened({ viewport: { width: 320, height: 640 } }, async (page) => {
    const [scroll, width] = await page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
    assert.ok(scroll <= width, `${scroll} of ${width} pixels`);
  });
  await opened({}, async (page) => {
    await page.emulateMedia({ media: 'print' });
    const closed = page.locator('details.payment:not([open]) .reasons').first();
    assert.ok((await closed.boundingBox()).height > 50, 'what is closed on a screen is open on paper');
  });
});

test('how long it takes to open', async (t) => {
  const timed = async (address) => {
    const page = await browser.newPage();
    const began = performance.now();
    await page.goto(address);
    // Two frames: what is loaded is also painted.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const took = performance.now() - began;
    await page.close();
    return took;
  };
  const [empty, full] = [await timed('about:blank'), await timed(url)];
  t.diagnostic(`${exported.rows.length} payments, ${statSync(file).size} bytes: ${full.toFixed(0)} ms; an empty page ${empty.toFixed(0)} ms`);
});
